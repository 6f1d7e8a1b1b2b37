"""A call of kubectl, helm or velero taken apart: command, arguments, flags.

Which commands and flags there are, and which flags take the next word as their value, is packaged data that is generated from the
programs' own help (:mod:`hopsdrill.runbook.generate`).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hopsdrill.runbook.command import Command, Word


@dataclass(frozen=True)
class Invocation:
    """A call.

    Attributes:
        program: ``kubectl``, ``helm`` or ``velero``.
        command: its words, such as ``create secret generic``; empty when it is none that is known.
        arguments: what is neither flag nor a flag's value.
        flags: each flag as written without its value, with its values; None stands for no value.
        unknown: flags the command does not have.
        exact: the command takes no further subcommand, so that its flags are known.
        given: the words that are flags' values.
    """

    program: str
    command: str
    arguments: tuple[Word, ...]
    flags: dict[str, list[str | None]]
    unknown: tuple[Word, ...]
    exact: bool
    given: tuple[Word, ...] = ()

    def value(self, *names: str) -> str | None:
        """The first value given to a flag by any of its names."""
        return next((value for name in names for value in self.flags.get(name, []) if value is not None), None)

    def has(self, *names: str) -> bool:
        """Whether the flag is there and not switched off."""
        return any(name in self.flags and self.flags[name] != ["false"] for name in names)


@cache
def known() -> dict[str, dict[str, dict[str, bool]]]:
    """Program, command, flag, and whether the flag takes the next word."""
    found: dict[str, dict[str, dict[str, bool]]] = json.loads(
        (Path(__file__).parent / "data" / "commands.json").read_text()
    )
    return found


def invocation(command: Command) -> Invocation | None:
    """Take a call apart; None when the program is none of those known."""
    commands = known().get(command.name)
    if commands is None:
        return None
    words, rest = _command(commands, list(command.words[1:]))
    taken = commands[words]
    arguments: list[Word] = []
    flags: dict[str, list[str | None]] = {}
    unknown: list[Word] = []
    given: list[Word] = []
    while rest:
        word = rest.pop(0)
        if word.text == "--":
            arguments += rest
            break
        if not word.text.startswith("-") or word.text == "-":
            arguments.append(word)
            continue
        name, value, is_known = _flag(word.text, taken)
        if value is None and taken.get(name) and rest:
            given.append(rest.pop(0))
            value = given[-1].text
        flags.setdefault(name, []).append(value)
        unknown += [] if is_known or name in {"-h", "--help"} else [word]
    exact = not any(each.startswith(f"{words} ") for each in commands) and bool(words)
    return Invocation(command.name, words, tuple(arguments), flags, tuple(unknown), exact, tuple(given))


def _command(commands: dict[str, dict[str, bool]], words: list[Word]) -> tuple[str, list[Word]]:
    """The longest known command, passing over flags that stand before or within it."""
    found, passed = "", []
    while words:
        text = words[0].text
        if text.startswith("-"):
            takes = (
                commands[found].get(text)
                if text in commands[found]
                else commands["get" if "get" in commands else ""].get(text)
            )
            passed += [words.pop(0)] + ([words.pop(0)] if takes and words else [])
        elif f"{found} {text}".strip() in commands:
            found = f"{found} {text}".strip()
            words.pop(0)
        else:
            break
    return found, [*passed, *words]


def _flag(text: str, taken: dict[str, bool]) -> tuple[str, str | None, bool]:
    """Name, the value written in the same word, and whether the command has it."""
    name, equals, value = text.partition("=")
    if text.startswith("--") or name in taken:
        return name, value if equals else None, name in taken
    short = text[:2]
    if taken.get(short):  # -ojson, -nvelero
        return short, text[2:].removeprefix("="), True
    if short in taken and all(f"-{letter}" in taken for letter in name[1:]):
        last = f"-{name[-1]}"
        return last, None, True
    return name, value if equals else None, False

"""A page with everything rules look at, computed once."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from hopsdrill.model.profile import Profile
from hopsdrill.runbook.command import Command
from hopsdrill.runbook.invocation import Invocation, invocation
from hopsdrill.runbook.manifest import Manifest, Unreadable, of_page
from hopsdrill.runbook.page import Page
from hopsdrill.runbook.shell import Script


class Book:
    """A page, its scripts and its manifests.

    Args:
        page: what was read.
        profile: names of the platform the page is about.
        shellcheck: the program, where there is one.
    """

    def __init__(self, page: Page, profile: Profile, shellcheck: Path | None = None) -> None:
        self.page, self.profile, self.shellcheck = page, profile, shellcheck

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """Every shell block, parsed."""
        return tuple(Script(block) for block in self.page.blocks if block.is_shell)

    @cached_property
    def documents(self) -> tuple[Manifest | Unreadable, ...]:
        """Every YAML and JSON document, and what should be one."""
        return tuple(of_page(self.page, self.scripts))

    @property
    def manifests(self) -> list[Manifest]:
        """The readable ones."""
        return [each for each in self.documents if isinstance(each, Manifest)]

    def of_kind(self, *kinds: str) -> list[Manifest]:
        """Kubernetes objects by their kind, whatever their version."""
        return [each for each in self.manifests if each.kind.rpartition("/")[2] in kinds]

    @property
    def values(self) -> list[Manifest]:
        """Documents that are no Kubernetes objects: values of a chart, and the like."""
        return [each for each in self.manifests if not each.kind and isinstance(each.value, dict)]

    @cached_property
    def commands(self) -> list[tuple[Script, Command]]:
        """Every command of every block, in the page's order."""
        return [(script, command) for script in self.scripts for command in script.commands]

    def invocations(self, *programs: str) -> Iterator[tuple[Script, Command, Invocation]]:
        """The calls of programs whose flags are known, taken apart; all of them unless some are named."""
        for script, command in self.commands:
            made = invocation(command)
            if made is not None and (not programs or made.program in programs):
                yield script, command, made

    @cached_property
    def told(self) -> str:
        """All that is said in words: prose, headings, and comments of the shell."""
        comments = [script.raw(each) for script in self.scripts for each in script.nodes("comment")]
        headings = [each.text for each in self.page.headings]
        return "\n".join([*(each.text for each in self.page.prose), *headings, *comments])

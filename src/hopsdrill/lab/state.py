"""``lab.json``: what the lab made, written whole or not at all."""

import os
from pathlib import Path

from pydantic import ValidationError

from hopsdrill.core.errors import PreconditionError
from hopsdrill.core.paths import state_dir
from hopsdrill.model.lab import LabState


def path() -> Path:
    """Where the lab's state is kept."""
    return state_dir() / "lab.json"


def find() -> LabState | None:
    """The lab's state, or None when there is no lab.

    Raises:
        PreconditionError: the file is there but is not a lab's state.
    """
    try:
        text = path().read_text()
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"Tried to read the lab's state {path()}; the system said: {error.strerror}."
        raise PreconditionError(msg, hint="check the folder's owner and permissions") from error
    try:
        return LabState.model_validate_json(text)
    except ValidationError as error:
        msg = f"{path()} is not a lab's state ({error.errors()[0]['msg']})."
        raise PreconditionError(msg, hint="hopsdrill lab down, then hopsdrill lab up") from error


def load() -> LabState:
    """The lab's state.

    Raises:
        PreconditionError: there is no lab.
    """
    state = find()
    if state is None:
        msg = f"There is no lab ({path()} does not exist)."
        raise PreconditionError(msg, hint="hopsdrill lab up")
    return state


def save(state: LabState) -> None:
    """Replace the lab's state; a crash leaves the old or the new one, never half of it."""
    path().parent.mkdir(parents=True, exist_ok=True)
    fresh = path().with_suffix(".new")
    fresh.write_text(state.model_dump_json(indent=1) + "\n")
    os.replace(fresh, path())  # noqa: PTH105 - atomicity is the point, and it has this name

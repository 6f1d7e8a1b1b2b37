"""The indices every platform has from its first day."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from standin.olk import api, indices
from standin.say import env, say


def wanted() -> dict[str, Any]:
    """``{name: body}`` as the chart gives it, bodies with settings, mappings and aliases."""
    found: dict[str, Any] = json.loads(Path(env("INDICES_FILE")).read_text(encoding="utf-8"))
    return found


def setup() -> None:
    """Make the mandatory indices that are missing; those that exist stay as they are."""
    api.wait(float(env("WAIT_SECONDS")))
    present = indices.existing()
    for name, body in wanted().items():
        if name in present:
            say(f"index {name} exists")
            continue
        api.call("PUT", f"/{quote(name)}", body)
        say(f"made index {name}")
    indices.whole_or_fail(sorted(wanted()))

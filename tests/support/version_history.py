"""A key's history told twice: what happened at each moment, and what a bucket would list of it in the end.

The reference knows what was there at every moment, since it saw it happen; what is listed is made by the rules of the S3 API:
with versioning on every write adds a version or a marker, without it a write replaces the one version named ``null``.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from hopsdrill.adapters.version_page import NULL, Item
from hopsdrill.core.clock import utc_text


START = datetime(2026, 1, 1, tzinfo=UTC)
ON, OFF, SUSPENDED = "on", "off", "suspended"


def moment(step):
    """The time of a step: several steps may have the same."""
    return START + timedelta(milliseconds=step)


@dataclass
class History:
    """One key.

    Attributes:
        entries: what is listed, the newest first.
        seen: after each event its time, the content then (None: no object), and the id of the version it is in.
    """

    key: str = "k"
    state: str = OFF
    entries: list = field(default_factory=list)
    seen: list = field(default_factory=list)
    ids: count = field(default_factory=count)

    def put(self, step, content):
        """Write an object."""
        self._add(step, content)

    def delete(self, step):
        """Remove it as anyone would."""
        if self.state == OFF:
            self.entries = []
            self.seen.append((step, None, ""))
        else:
            self._add(step, None)

    def _add(self, step, content):
        null = self.state != ON
        if null:
            self.entries = [each for each in self.entries if each.id != NULL]
        etag, size = ("", 0) if content is None else (f'"{content}"', len(content))
        name = NULL if null else f"v{next(self.ids)}"
        self.entries.insert(0, Item(self.key, name, utc_text(moment(step)), content is None, True, etag, size))
        self.seen.append((step, content, name))

    def state_at(self, step):
        """What was there after everything that happened up to a step: content and id of the version; (None, "") if nothing."""
        past = [each for each in self.seen if each[0] <= step]
        return past[-1][1:] if past and past[-1][1] is not None else (None, "")

    def listed(self):
        """Its versions and markers as a bucket lists them."""
        return [each._replace(latest=number == 0) for number, each in enumerate(self.entries)]

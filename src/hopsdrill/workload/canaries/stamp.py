"""What a canary says: its number, its store, when it was sent, and the nonce by which no older run can be shown in this one's place."""

import json
from dataclasses import dataclass
from datetime import datetime

from hopsdrill.core.clock import utc_text


@dataclass(frozen=True)
class Stamp:
    """What all canaries of one flock have in common.

    Attributes:
        nonce: the auditor's challenge, else one that the drill has drawn.
        token: the flock's own; another one of the same run has another.
    """

    nonce: str
    token: str

    def text(self, store: str, number: int, sent: datetime) -> str:
        """The content of a canary, the same each time it is asked for."""
        said = {"store": store, "number": number, "sent": utc_text(sent), "nonce": self.nonce, "flock": self.token}
        return json.dumps(said, sort_keys=True)

"""The recovery point, journalled: which backups, of which moment, where they lie and how they are kept there."""

from collections.abc import Sequence

from hopsdrill.core.clock import utc_text
from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.proof.objectives import worst_case
from hopsdrill.recovery.backup import BackupSet
from hopsdrill.site import Site


def declare(site: Site, backup: BackupSet, sizes: Sequence[int]) -> None:
    """Journal the recovery point, with the sizes of its objects in bytes; none where they are not known."""
    window = backup.rondb
    encryption, immutability = _shelter(site)
    site.recorder.write(
        ev.RecoveryPoint(
            scenario=site.recorder.scenario,
            ids=backup.ids,
            moment=utc_text(window.after + (window.before - window.after) / 2),
            rule=window.rule,
            schedule=site.schedule,
            worst_case_s=worst_case(site.schedule, backup.seconds),
            size_bytes=sum(sizes),
            object_count=len(sizes),
            location=f"bucket {site.store.ref.bucket} at {site.store.ref.endpoint}",
            encryption=encryption,
            immutability=immutability,
            expires=backup.expires,
        )
    )


def _shelter(site: Site) -> tuple[str, str]:
    """How the bucket is encrypted and locked; that it does not tell is told instead, for it is no part of a proof."""
    try:
        return site.store.shelter()
    except OperationError as error:
        return (f"not known: {error.message}",) * 2

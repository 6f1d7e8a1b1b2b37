"""After a restore: the restore block is removed, a plain upgrade passes, and a fresh backup of every store is whole."""

from hopsdrill.proof.key import Key
from hopsdrill.recovery.install import wait_serving
from hopsdrill.recovery.request import Request
from hopsdrill.recovery.restore import upgrade
from hopsdrill.run.proofs import contents_match, data_matches
from hopsdrill.run.stages import Recovered, back_up, snapshot_of
from hopsdrill.site import Site


def upgrade_plainly(site: Site) -> None:
    """Upgrade with the platform's own values and nothing else; wait until every store serves.

    Raises:
        OperationError: helm refused, or a Job failed.
        DeadlineExceeded: something did not become ready in time; names it.
    """
    asked = Request(None, in_place=None, force=None)
    call = f"helm upgrade {site.release.name} {site.release.shown} --version {site.release.version} (no restore block)"
    with site.recorder.operation(
        "upgrade without the restore block", call, target=site.namespace, destructive=True
    ) as done:
        upgrade(site, asked, "plain-upgrade-values")
        done.text = (
            f"every store serves after {wait_serving(site, site.deadlines.restore.total_seconds()).elapsed:.1f} s"
        )


def back_up_again(site: Site, recovered: Recovered, key: Key) -> None:
    """Prove that the data is still there, then take a fresh backup of every store and prove it whole.

    Raises:
        VerificationError: something is missing from it.
    """
    data_matches(site, recovered, key)
    contents_match(site, recovered, key)
    back_up(site, snapshot_of(site, key, recovered.snapshot.challenge), key)

"""Backup locations made rightly and wrongly, each awaited to the end of its deadline, and what was written through them."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from hopsdrill.core.clock import now
from hopsdrill.core.errors import DeadlineExceeded, VerificationError
from hopsdrill.recovery import location as places
from hopsdrill.recovery import velero
from hopsdrill.recovery.location import Location
from hopsdrill.run import corner as corners
from hopsdrill.run.corner import Corner
from hopsdrill.site import Site


USABLE_S = 60.0  # in the lab a good location is Available within seconds
UNUSABLE_S = 10.0  # enough for Velero to have tried, with all the retries of its client
OVERRUN_S = 5.0  # by this much a wait may end late: one observation
NOBODY = 1  # a port on which nothing listens
SERVICE = "store"  # another name for the store, inside the corner's first namespace
FOREIGN = "not-of-velero/data"  # a file below a folder that Velero does not know


@dataclass(frozen=True)
class Tried:
    """A location that was awaited.

    Attributes:
        ended: what the wait said when it ended without the location being Available; empty when it is.
        seconds: how long was waited.
        before: keys below the corner's folder in the bucket before the location was made.
    """

    location: Location
    state: velero.State
    ended: str
    seconds: float
    deadline: float
    before: tuple[str, ...]


def try_good(site: Site, corner: Corner) -> Tried:
    """Make a location as it should be."""
    corners.credentials(site, corner.location.secret)
    return try_location(site, corner, corner.location, USABLE_S)


def try_wrong(site: Site, corner: Corner, how: str) -> Tried:
    """Make a location with one thing wrong.

    Raises:
        VerificationError: the scenario names a fault nobody knows.
    """
    good = corner.location
    known = {
        "with a wrong secret key": lambda: good,
        "with an endpoint where nobody answers": lambda: replace(good, endpoint=nobody(site)),
        "without path style": lambda: replace(good, endpoint=_by_name(site, corner), path_style=False),
        "over folders that are not Velero's": lambda: good,
        "in a bucket that does not exist": lambda: replace(good, bucket=f"{corner.stem}-nowhere"),
        "in a Velero that has no plugin": lambda: good,
    }
    if how not in known:
        msg = f"There is no fault {how!r} of a location."
        raise VerificationError(msg, hint=f"known: {', '.join(known)}")
    keys = places.credentials_file(site)
    corners.credentials(site, good.secret, _spoiled(keys) if how == "with a wrong secret key" else keys)
    if how == "over folders that are not Velero's":
        site.store.put(f"{good.prefix}/{FOREIGN}", b"somebody else's")
    return try_location(site, corner, known[how](), UNUSABLE_S)


def _spoiled(keys: str) -> str:
    """The same access key with a secret key that is not its own."""
    return "".join(
        f"{line}-not-this-one\n" if line.startswith("aws_secret_access_key") else f"{line}\n"
        for line in keys.splitlines()
    )


def nobody(site: Site) -> str:
    """The store's address with a port on which nothing listens."""
    parts = urlsplit(site.store.ref.internal_endpoint)
    return f"{parts.scheme}://{parts.hostname}:{NOBODY}"


def _by_name(site: Site, corner: Corner) -> str:
    """A name for the store: by an address no client would ask for a bucket's own host name, so path style would not matter."""
    parts, space = urlsplit(site.store.ref.internal_endpoint), corner.namespaces[0]
    port = parts.port or 80
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
    ports = [{"name": "s3", "port": port, "protocol": "TCP"}]
    meta = {"name": SERVICE, "namespace": space}
    site.create({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"ports": ports}})
    site.create(
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**meta, "labels": {"kubernetes.io/service-name": SERVICE}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [parts.hostname]}],
            "ports": ports,
        }
    )
    return f"{parts.scheme}://{SERVICE}.{space}.svc.cluster.local:{port}"


def try_location(site: Site, corner: Corner, location: Location, deadline: float) -> Tried:
    """Make a location and wait until it is Available, or until the time is up."""
    site.ledger("s3-prefix", corner.root)
    before = _keys(site, corner)
    corners.make_location(site, location)
    start, ended, told = now().mono, "", ""
    call = f"at most {deadline:.0f} s until {location.name} is Available"
    with site.recorder.operation("wait for the backup location", call, target=site.cluster_uid) as done:
        try:
            told = places.course(places.await_available(site, location.name, deadline))
        except DeadlineExceeded as error:
            ended = error.message
        done.text = ended or told
    return Tried(location, places.state(site, location.name), ended, now().mono - start, deadline, before)


def _keys(site: Site, corner: Corner) -> tuple[str, ...]:
    return tuple(each.key for each in site.store.entries(corner.root))


def prove_available(site: Site, tried: Tried) -> None:
    """Record that it became Available in time."""
    site.recorder.proof(
        "location-is-available",
        store="kubernetes",
        passed=tried.state.phase == "Available" and not tried.ended and tried.seconds <= tried.deadline + OVERRUN_S,
        expected=f"Available within {tried.deadline:.0f} s",
        observed=tried.ended or f"{tried.state.phase} after {tried.seconds:.1f} s",
        data=False,
    )


def prove_written(site: Site, corner: Corner) -> None:
    """Take a backup through the location and record that it lies under its prefix."""
    corners.settle(site, corner)
    corners.take(site, corner, "1")
    wanted = [
        name for each in corner.taken["1"].values() for name in (f"{each}/velero-backup.json", f"{each}/{each}.tar.gz")
    ]
    lying = {each.key.removeprefix(f"{corner.location.prefix}/backups/") for each in site.store.entries(corner.root)}
    missing = sorted(set(wanted) - lying)
    site.recorder.proof(
        "backup-lies-under-the-prefix",
        store="kubernetes",
        passed=not missing,
        expected=f"description and archive of {len(corner.taken['1'])} backups under {corner.location.prefix}",
        observed="all there" if not missing else f"{len(missing)} missing",
        differences=missing,
        data=False,
    )


def prove_unavailable(site: Site, corner: Corner, tried: Tried, said: str) -> None:
    """Record that the wait ended at its deadline and said phase and reason, and that nothing was written."""
    lacking = [each for each in ("Unavailable", said) if each not in tried.ended]
    on_time = tried.deadline <= tried.seconds <= tried.deadline + OVERRUN_S
    site.recorder.proof(
        "wait-ended-with-the-reason",
        store="kubernetes",
        passed=bool(tried.ended) and on_time and not lacking,
        expected=f"no location after {tried.deadline:.0f} s; phase Unavailable and {said!r} in the message",
        observed=f"after {tried.seconds:.1f} s: {tried.ended or tried.state}",
        differences=[f"the message does not say {each!r}" for each in lacking],
        data=False,
    )
    added = sorted(set(_keys(site, corner)) - set(tried.before))
    site.recorder.proof(
        "nothing-was-written",
        store="kubernetes",
        passed=not added,
        expected=f"under {corner.root} as before: {len(tried.before)} objects",
        observed=f"{len(added)} more" if added else "as before",
        differences=added,
        data=False,
    )

"""Of which Velero backup the objects in a cluster are: compared with the archive of that backup, and of others."""

from collections.abc import Sequence

from hopsdrill.proof import kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints
from hopsdrill.site import Site


def expected_of(site: Site, backup: str, namespaces: Sequence[str], key: Key, *, prefix: str = "") -> Prints:
    """The objects of some namespaces as a backup's archive has them.

    Args:
        site: where.
        backup: name of the Velero backup.
        namespaces: only objects of these count.
        key: the run's.
        prefix: Velero's folder in the bucket; the platform's when it is empty.

    Raises:
        OperationError: the archive is missing or damaged, or the bucket does not answer.
    """
    archive = kubernetes.from_backup(site.store, prefix or site.profile.kubernetes.bucket_prefix, backup, key)
    wanted = tuple(f" {each}/" for each in namespaces)
    return {title: each for title, each in archive.items() if any(part in title for part in wanted)}


def differing(site: Site, expected: Prints, namespaces: Sequence[str], key: Key) -> list[str]:
    """In what the live objects differ from those expected, what is there beside them included.

    Raises:
        OperationError: the cluster does not answer.
    """
    if not expected:
        return [f"the backup holds no object of {', '.join(namespaces)}, so it proves nothing"]
    return kubernetes.compare(expected, kubernetes.read(site.kube, namespaces, key)).all


def differences(site: Site, backup: str, namespaces: Sequence[str], key: Key, *, prefix: str = "") -> list[str]:
    """In what the live objects of some namespaces differ from a backup's archive.

    Raises:
        OperationError: the archive is missing or damaged, or cluster or bucket do not answer.
    """
    return differing(site, expected_of(site, backup, namespaces, key, prefix=prefix), namespaces, key)


def prove_objects_of(  # noqa: PLR0913 - what is compared with what
    site: Site, backup: str, others: Sequence[str], namespaces: Sequence[str], key: Key, *, prefix: str = ""
) -> bool:
    """Record that the objects of some namespaces are those of one backup and of none of the others.

    ``others`` must hold something else, or the proof could not tell them apart and is red. A proof of data.

    Raises:
        OperationError: an archive is missing or damaged, or cluster or bucket do not answer.
    """
    found = differences(site, backup, namespaces, key, prefix=prefix)
    same = [
        f"they are those of {other} as well"
        for other in others
        if not differences(site, other, namespaces, key, prefix=prefix)
    ]
    return site.recorder.proof(
        "objects-are-of-the-backup",
        store="kubernetes",
        passed=not found and not same,
        expected=f"the objects of {', '.join(namespaces)} are those of {backup}"
        + (f", and not those of {', '.join(others)}" if others else ""),
        observed="so they are" if not found and not same else f"{len(found)} differences, first: {[*found, *same][0]}",
        differences=[*found, *same],
    )

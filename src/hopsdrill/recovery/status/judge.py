"""Facts in, status out: a pure function, one rule per service."""

from hopsdrill.model.profile import Profile
from hopsdrill.recovery.status.facts import Facts
from hopsdrill.recovery.status.model import Finding, Level, Service, Status, service, whole
from hopsdrill.recovery.status.recorded import recorded
from hopsdrill.recovery.status.velero import kubernetes


def judge(facts: Facts, profile: Profile) -> Status:
    """The status of every service, and the platform's."""
    found = {name: recorded(name, facts, profile) for name in profile.recorded}
    found["hopsfs"] = hopsfs(facts)
    found["kubernetes"] = kubernetes(facts, profile)
    found["kafka"] = Service(Level.NONE, {"backup": "none: rows in flight must be produced again after a disaster"})
    if profile.registry is None:
        found["registry"] = Service(
            Level.NONE, {"backup": "not the platform's: back the container registry up by its own means"}
        )
    order = ("rondb", "opensearch", "hopsfs", "kubernetes", "registry", "kafka")
    services = {name: found[name] for name in order if name in found}
    return Status(whole(services), services)


def hopsfs(facts: Facts) -> Service:
    """The file system's backup is the bucket's older versions, and nothing else."""
    seen = facts.versioning
    if seen.unread:
        cure = "name the bucket: --store-endpoint, --bucket, --store-credentials"
        return service(
            {"bucket versioning": "unknown"},
            [Finding(Level.UNKNOWN, f"Whether the bucket keeps versions is not known: {seen.unread}", cure)],
        )
    told = {"bucket versioning": seen.value or "never switched on"}
    if seen.value == "Enabled":
        return service(told, [])
    cure = "switch versioning on before the next backup: `aws s3api put-bucket-versioning --versioning-configuration Status=Enabled`"
    if seen.value == "Suspended":
        text = "Versioning of the bucket is suspended: blocks deleted since then are gone for good, whatever the backup says."
        return service(told, [Finding(Level.PARTIAL, text, cure)])
    text = "The bucket keeps no versions: a block deleted after a backup cannot come back."
    return service(told, [Finding(Level.DISABLED, text, cure)])

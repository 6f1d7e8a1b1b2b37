"""What must be so before backups are enabled, judged by the values themselves: whatever the release refuses or lets pass."""

from typing import Any

from hopsdrill.core import ttl
from hopsdrill.core.cron import fault
from hopsdrill.core.errors import PreconditionError
from hopsdrill.recovery import values
from hopsdrill.site import Site


S3 = frozenset({"", "S3"})  # the platform's words for object storage whose backups work
VERSIONED = "Enabled"


def backup_values(site: Site, **wanted: object) -> dict[str, Any]:
    """The platform's values with some of the profile's ``backup_values`` set.

    Raises:
        PreconditionError: the profile does not say where one of them stands.
    """
    made = values.platform_values(site)
    for name, value in wanted.items():
        if name not in site.profile.backup_values:
            msg = f"The platform profile does not say by which value {name!r} of its backups is set."
            raise PreconditionError(msg, hint="add it under `backup_values:`")
        values.set_path(made, site.profile.backup_values[name], value)
    return made


def require_enablable(site: Site, given: dict[str, Any]) -> None:
    """See that backups by these values can work, before anything is asked of the platform.

    Raises:
        PreconditionError: another kind of storage than S3, a bucket without object versions, a schedule or a ttl that is none.
    """
    asked = {name: values.at_path(given, path) for name, path in site.profile.backup_values.items()}
    if asked.get("enabled") is False:
        return
    provider = str(asked.get("provider") or "")
    if provider not in S3:
        msg = f"Backups work on S3-compatible object storage only; {site.profile.backup_values['provider']} is {provider!r}."
        raise PreconditionError(msg, hint="nothing was touched; use an S3-compatible store, or leave backups off")
    if wrong := fault(str(asked.get("schedule") or site.schedule)):
        hint = 'nothing was touched; write five fields, such as "0 2 * * 0", or a nickname such as "@weekly"'
        msg = f"{wrong}."
        raise PreconditionError(msg, hint=hint)
    for name, value in asked.items():
        if name.startswith("ttl") and (wrong := ttl.fault(name, str(value or ""))):
            msg = f"{site.profile.backup_values[name]}: {wrong}."
            raise PreconditionError(msg, hint="nothing was touched; each store understands its own form only")
    for bucket in sorted({site.store.ref.bucket, str(asked.get("bucket") or site.store.ref.bucket)}):
        state = site.store.other(bucket).versioning()
        if state != VERSIONED:
            msg = f"The bucket {bucket} keeps no object versions (versioning: {state or 'never set'}): what is deleted after a backup could not be brought back."
            raise PreconditionError(msg, hint="nothing was touched; switch versioning on before backups are enabled")

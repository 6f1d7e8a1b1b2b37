"""The rules that know how Hopsworks is backed up and restored; names come from the platform profile."""

from hopsdrill.runbook.finding import Rule
from hopsdrill.runbook.hopsworks import ids, location, markers, retention, values, velero


HOPSWORKS: tuple[Rule, ...] = (
    ids.backup_id_order,
    ids.metadata_rotated,
    ids.backup_set_mixed,
    ids.backup_id_unmatched,
    location.s3_path_style,
    location.location_prefix,
    location.location_credential,
    location.location_writable,
    velero.sync_any_backup,
    velero.latest_not_veleros,
    velero.restore_source,
    velero.restore_name_fixed,
    velero.restore_warnings_unread,
    retention.ttl_unit,
    retention.ttl_uneven,
    retention.lifecycle_too_short,
    retention.lifecycle_current_versions,
    values.restore_block_left,
    values.override_without_id,
    values.in_place_guard,
    values.payload_exclusion,
    markers.markers_incomplete,
    markers.restore_end_unseen,
)

"""Every rule of the Hopsworks pack, red by a minimal page and green by its corrected form."""

import pytest
from pages import block, found, lines, sh, yml

from hopsdrill.runbook import HOPSWORKS


LIST_DB = "kubectl get configmap db-record -n a -o json | jq -r '.data | to_entries[] | select(.value | fromjson | .ok) | .key'"
LIST_IDX = LIST_DB.replace("db-record", "index-record")
BY_LABEL = (
    "kubectl get configmap -l app=record -n a -o json | "
    "jq -r '[.items[].data | to_entries[]] | sort_by(.value | fromjson | .start_time) | .[].key'"
)
RESTORE = """
apiVersion: velero.io/v1
kind: Restore
metadata:
  name: objects-$STAMP
spec:
  scheduleName: nightly
"""
NAMED = RESTORE.replace("scheduleName: nightly", "backupName: nightly-20260102030405")
LOCATION = """
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata:
  name: hopsworks-bsl
spec:
  provider: aws
  accessMode: ReadOnly
  config:
    s3Url: https://store.example
    s3ForcePathStyle: "true"
  credential: {name: creds, key: cloud}
  objectStorage:
    bucket: b
    prefix: k8s_backup
"""
SECRET = "kubectl create secret generic creds --from-file=cloud=x --dry-run=client -o yaml | kubectl apply -f -"
BACKUPS = "kubectl get backups -n velero -o json"
SYNC = f"until [ \"$({BACKUPS} | jq '[.items[] | FILTER] | length')\" -gt 0 ]; do sleep 1; done"
ID = 'global:\n  _hopsworks:\n    restoreFromBackup:\n      backupId: "254811200"\n'
KEPT = "global:\n  _hopsworks:\n    backups:\n      schedule: '@weekly'\n      ttl: 30d\n"
LIFECYCLE = '{"Rules": [{"Filter": {},\n"NoncurrentVersionExpiration": {"NoncurrentDays": DAYS}}]}'
VELERO_TTL = "hopsworks:\n  velero:\n    backup:\n      ttl: "
UPGRADE = (
    "helm upgrade a ./b --set-string global._hopsworks.restoreFromBackup.backupId=254811200 "
    "--set global._hopsworks.restoreFromBackup.inPlace=true"
)
FORCED = UPGRADE + " --set global._hopsworks.restoreFromBackup.forceDataClear=true"
WIPE = "kubectl delete job restore-native-backup-$ID setup-mysqld-dont-remove-$ID"
CASES = [
    ("backup-id-order", "sort -n", sh(LIST_DB + " \\\n| sort -nr"), 4, sh(BY_LABEL)),
    ("backup-id-order", "jq", sh(BY_LABEL.replace(".value | fromjson | .start_time", ".key")), 3, sh(BY_LABEL)),
    ("metadata-rotated", "by name", sh(LIST_DB), 3, sh(BY_LABEL)),
    ("backup-set-mixed", "by schedule", sh(LIST_DB) + yml(RESTORE), 12, sh(LIST_DB) + yml(NAMED)),
    (
        "backup-set-mixed",
        "compared",
        yml(ID) + sh(BACKUPS + " | jq '.items | sort_by(.status.startTimestamp) | .[-1]'"),
        10,
        yml(ID) + sh(BACKUPS + " | jq '.items | sort_by(.status.startTimestamp) | .[-1]'\ncomm -12 a b"),
    ),
    (
        "backup-id-unmatched",
        "two stores",
        sh(f"{LIST_DB}\n{LIST_IDX}") + yml(ID),
        11,
        sh(f"{LIST_DB} > a\n{LIST_IDX} > b\ncomm -12 a b") + yml(ID),
    ),
    ("s3-path-style", "a manifest", yml(LOCATION.replace('    s3ForcePathStyle: "true"\n', "")), 11, yml(LOCATION)),
    (
        "s3-path-style",
        "a manifest that is indented wrongly",
        yml("apiVersion: velero.io/v1\nkind: BackupStorageLocation\nspec:\nconfig:\n  s3Url: https://x"),
        7,
        yml(LOCATION),
    ),
    (
        "s3-path-style",
        "the command line",
        sh("velero backup-location create a --provider aws --bucket b --config s3Url=https://x"),
        3,
        sh("velero backup-location create a --provider aws --bucket b --config s3Url=https://x,s3ForcePathStyle=true"),
    ),
    ("location-prefix", "none", yml(LOCATION.replace("    prefix: k8s_backup\n", "")), 3, yml(LOCATION)),
    (
        "location-credential",
        "another Secret",
        sh(SECRET.replace("creds", "keys")) + yml(LOCATION),
        7,
        sh(SECRET) + yml(LOCATION),
    ),
    (
        "location-credential",
        "another key",
        sh(SECRET.replace("cloud=x", "file=x")) + yml(LOCATION),
        7,
        sh(SECRET) + yml(LOCATION),
    ),
    (
        "location-credential",
        "another namespace",
        sh(SECRET.replace("generic", "generic -n web"))
        + yml(LOCATION.replace("  name: h", "  namespace: velero\n  name: h")),
        7,
        sh(SECRET.replace("generic", "generic -n velero"))
        + yml(LOCATION.replace("  name: h", "  namespace: velero\n  name: h")),
    ),
    (
        "location-writable",
        "on a page that restores",
        yml(LOCATION.replace("  accessMode: ReadOnly\n", "")) + yml(NAMED),
        3,
        yml(LOCATION) + yml(NAMED),
    ),
    (
        "sync-any-backup",
        "any",
        sh(SYNC.replace("FILTER", 'select(.spec.storageLocation == "a")')),
        3,
        sh(
            SYNC.replace(
                "FILTER", 'select(.status.phase == "Completed" and .metadata.labels["velero.io/schedule-name"] == "a")'
            )
        ),
    ),
    (
        "sync-any-backup",
        "any schedule",
        sh(SYNC.replace("FILTER", 'select(.status.phase == "Completed")')),
        3,
        sh(
            SYNC.replace("FILTER", 'select(.status.phase == "Completed")').replace(
                "backups", "backups -l velero.io/schedule-name=a"
            )
        ),
    ),
    (
        "latest-not-veleros",
        "jq",
        sh(BACKUPS + " | jq '.items | sort_by(.status.completionTimestamp) | last'"),
        3,
        sh(BACKUPS + " | jq '.items | sort_by(.status.startTimestamp) | last'"),
    ),
    (
        "latest-not-veleros",
        "kubectl",
        sh("kubectl get backups --sort-by=.metadata.creationTimestamp"),
        3,
        sh("kubectl get backups --sort-by=.status.startTimestamp"),
    ),
    ("restore-source", "none", yml(RESTORE.replace("scheduleName: nightly", "restorePVs: false")), 8, yml(RESTORE)),
    ("restore-source", "both", yml(RESTORE + "  backupName: a"), 8, yml(NAMED)),
    ("restore-name-fixed", "fixed", yml(NAMED.replace("-$STAMP", "")), 6, yml(NAMED)),
    (
        "restore-warnings-unread",
        "unread",
        yml(NAMED),
        3,
        yml(NAMED) + sh("kubectl get restore a -o jsonpath='{.status.warnings}'"),
    ),
    ("ttl-unit", "velero's", yml(VELERO_TTL + "60d"), 6, yml(VELERO_TTL + "1440h")),
    ("ttl-unit", "the platform's", yml(KEPT.replace("30d", "1w")), 7, yml(KEPT)),
    (
        "ttl-unit",
        "the command line",
        sh("velero schedule create a --schedule @daily --ttl 30d"),
        3,
        sh("velero schedule create a --schedule @daily --ttl 720h"),
    ),
    (
        "ttl-unit",
        "a Schedule",
        yml(
            "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: a}\nspec:\n  schedule: '@daily'\n  template: {ttl: 30d}"
        ),
        8,
        yml(
            "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: a}\nspec:\n  schedule: '@daily'\n  template: {ttl: 720h}"
        ),
    ),
    (
        "ttl-uneven",
        "longer than velero's",
        yml(KEPT.replace("30d", "60d")),
        7,
        yml(KEPT.replace("30d", "60d") + VELERO_TTL + "1440h"),
    ),
    (
        "lifecycle-too-short",
        "as long as the ttl",
        yml(KEPT) + block("json", LIFECYCLE.replace("DAYS", "30")),
        12,
        yml(KEPT) + block("json", LIFECYCLE.replace("DAYS", "38")),
    ),
    (
        "lifecycle-too-short",
        "without a ttl",
        yml(KEPT.replace("      ttl: 30d\n", "")) + block("json", LIFECYCLE.replace("DAYS", "365")),
        11,
        yml(KEPT) + block("json", LIFECYCLE.replace("DAYS", "365")),
    ),
    (
        "lifecycle-current-versions",
        "all",
        block("json", '{"Rules": [{"Filter": {}, "Expiration": {"Days": 90}}]}'),
        3,
        block("json", '{"Rules": [{"Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 90}}]}'),
    ),
    (
        "restore-block-left",
        "left",
        yml(ID),
        6,
        yml(ID) + "\nWhen the data is proved, remove `restoreFromBackup` and upgrade again.\n",
    ),
    (
        "override-without-id",
        "the database",
        yml('rondb:\n  rondb:\n    restoreFromBackup:\n      backupId: "254811140"'),
        6,
        yml(ID + 'rondb:\n  rondb:\n    restoreFromBackup:\n      backupId: "254811140"'),
    ),
    ("in-place-guard", "no acknowledgement", sh(UPGRADE), 3, sh(FORCED)),
    (
        "in-place-guard",
        "no ID",
        yml("global:\n  _hopsworks:\n    restoreFromBackup:\n      inPlace: true"),
        6,
        sh(FORCED),
    ),
    ("in-place-guard", "no in place", sh(UPGRADE.rpartition(" --set ")[0]), 3, sh(FORCED)),
    (
        "payload-exclusion",
        "replaced",
        yml("payload:\n  indices: -logs"),
        4,
        yml("payload:\n  indices: -.opendistro_security,-logs"),
    ),
    (
        "markers-incomplete",
        "the profile's",
        sh(WIPE),
        3,
        sh(WIPE + " opensearch-restore-default-default-$ID"),
    ),
    (
        "markers-incomplete",
        "those the page waits for",
        sh("kubectl wait --for=condition=complete job/a-<ID> job/b-<ID>\nkubectl delete job a-<ID>"),
        4,
        sh("kubectl wait --for=condition=complete job/a-<ID> job/b-<ID>\nkubectl delete job a-<ID> b-<ID>"),
    ),
    (
        "restore-end-unseen",
        "helm alone",
        sh(FORCED),
        3,
        sh(FORCED + "\nkubectl wait --for=condition=complete job --all"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_each_rule_is_red_by_a_defect_and_green_when_it_is_mended(case):
    """On the defect's line, and nowhere in the corrected page."""
    rule, _, wrong, line, right = case
    assert line in lines(wrong, rule), found(wrong)
    assert lines(right, rule) == [], found(right)


def test_no_rule_of_the_pack_is_without_its_case():
    """Each was seen red."""
    assert {case[0] for case in CASES} == {each.name for each in HOPSWORKS}


def test_a_platform_that_gives_velero_its_ttl_is_not_told_off():
    """The profile says so."""
    text = yml(KEPT.replace("30d", "60d"))
    assert "ttl-uneven" in {each.rule for each in found(text)}
    assert "ttl-uneven" not in {each.rule for each in found(text, profile="hopsworks-standin")}

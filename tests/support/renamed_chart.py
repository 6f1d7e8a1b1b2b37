"""A test chart: the stand-in's, with other names for what a drill knows by name, and the profile that says so.

Nothing in hopsdrill may know a name of the platform that its profile does not give it. The names are replaced in templates
and values; the programs in the images have to take them from there.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hopsdrill.core.paths import data_dir


CHART, PROFILE = "hopsworks-standin", "hopsworks-standin"
RELEASE, NAMESPACE = "lighthouse", "lighthouse-prod"
# Names that occur nowhere but as names, or as the beginning of names.
NAMES = {
    "create-rondb-backup": "nightly-db-dump",
    "create-opensearch-backup": "nightly-search-dump",
    "create-registry-backup": "nightly-image-dump",
    "rondb-backups-metadata": "db-dump-index",
    "opensearch-backups-metadata": "search-dump-index",
    "registry-backups-metadata": "image-dump-index",
    "restore-native-backup": "db-rows-restore",
    "setup-mysqld-dont-remove": "db-accounts-restore",
    "opensearch-restore": "search-restore",
    "hopsfs-inplace-restore": "files-rollback",
    "rondb-inplace-restore": "db-rollback",
    "opensearch-inplace-restore": "search-rollback",
    "k8s-inplace-restore": "objects-rollback",
    "onlinefs-inplace-restore": "writer-rollback",
    "registry-restore": "image-restore",
    "mysql-passwords": "db-logins",
    "mysql-users-secrets": "db-platform-login",
    "aws-credentials": "bucket-keys",
    "hopsworks-bsl": "lighthouse-location",  # also the beginning of its Secret's name
    "k8s-backups-main": "objects-own",
    "k8s-backups-users-resources": "objects-users",
    "k8s-backups-namespace-filter": "objects-users-filter",
    "platform-version": "release-facts",
    "model-serving-metadata": "served-models",
    "model-serving-credentials": "served-models-keys",
    "docker-registry": "image-store",
    "headless-mysqlds": "sqlfront-pods",
    "kafka-headless": "rowstream-pods",
    "opensearch-headless": "searchd-pods",
    "kafka-topics": "rowstream-topics",
    "rclone-configs": "bucket-remotes",
    "registry-rclone": "image-remotes",
    "mysql-declared-users": "db-declared",
    "opensearch-config": "searchd-settings",
    "opensearch-mandatory-indices": "searchd-indices",
    "opensearch-setup": "searchd-first",
    "opensearch-backups": "search-dump",
    "registry-backups": "image-dump",
    "backups-metadata": "dump-index",  # a label's value, and what a refusal says
    "node-group": "rowstore",
    "ndbmtd-ng": "rowstore-net",
    "rondb-ndbmtd": "rowstore-disk",
    "rondb-ndbmtd-node-group": "rowstore-disk-rowstore",
    "rondb_backup": "db_dumps",
    "opensearch_backup": "search_dumps",
    "registry_backup": "image_dumps",
    "k8s_backup": "object_dumps",
    "127.0.0.77:19092": "127.0.0.78:19092",
}
# Only where more follows: by itself it is a label that the programs know, too.
BEGINNINGS = ("opensearch-restore",)
# Words that are keys, labels and images too: they are replaced only where they name a Service, what runs behind it, or a group.
WORDS = {
    "mysqld": "sqlfront",
    "opensearch": "searchd",
    "kafka": "rowstream",
    "namenode": "filefront",
    "onlinefs": "rowwriter",
}
PLACES = (
    r"(?<=name: ){}(?=[\s,}}]|$)",
    r'(?<=[nN]ame: "){}(?=")',
    r"(?<=serviceName: ){}(?=\s|$)",
    r'(?<=dict "){}(?=" (?:true|false))',
    r'(?<="host" "){}(?=")',
    r"(?<=host: ){}(?=\s|$)",
    r"(?<=value: ){}(?=\s*}})",
    r"(?<=://){}(?=[:./])",
    r"(?<![\w./-]){}(?=:\d)",
    r"(?<=resourceNames: \[){}(?=\])",
    r'(?<="resourceNames" \(list "){}(?="\))',
    r'(?<="stop-deployment" "){}(?=")',
    r"(?<=group: ){}(?=\s|$)",
)
PROFILE_KEYS = ("service", "consumer", "group")  # whose value in the profile may be such a word


@dataclass(frozen=True)
class Renamed:
    """Where the test chart and its profile lie."""

    chart: Path
    profile: Path


def verbs() -> set[str]:
    """Verbs of the stand-in's programs: no names, even where they read like one."""
    text = (data_dir("images") / "standin-programs/files/opt/standin/standin/cli.py").read_text(encoding="utf-8")
    return set(re.findall(r'^    "([a-z-]+)": \(', text, re.MULTILINE))


def renamed_names(text: str) -> str:
    """Text with every name of ``NAMES`` replaced, also where it is the beginning of one; a verb or a label only there."""
    spoken = verbs() | set(BEGINNINGS)
    for old in sorted(NAMES, key=len, reverse=True):
        end = r"(?=-)" if old in spoken else r"(?![A-Za-z0-9_])"
        text = re.sub(rf"(?<![A-Za-z0-9_-]){re.escape(old)}{end}", NAMES[old], text)
    return text


def renamed_template(text: str) -> str:
    """A template or a values file with all names replaced."""
    text = renamed_names(text)
    for old, new in WORDS.items():
        for place in PLACES:
            text = re.sub(place.format(re.escape(old)), new, text, flags=re.MULTILINE)
    return text


def renamed_profile(value: Any, key: str = "") -> Any:
    """A profile's values with all names replaced; its keys stay."""
    if isinstance(value, dict):
        return {each: renamed_profile(inner, each) for each, inner in value.items()}
    if isinstance(value, list):
        return [renamed_profile(each, key) for each in value]
    if not isinstance(value, str):
        return value
    return WORDS[value] if key in PROFILE_KEYS and value in WORDS else renamed_names(value)


def make(folder: Path) -> Renamed:
    """Write the test chart and its profile into a folder."""
    chart = folder / "chart"
    shutil.copytree(data_dir("charts") / CHART, chart)
    for path in [*chart.rglob("templates/*"), *chart.rglob("values.yaml")]:
        path.write_text(renamed_template(path.read_text(encoding="utf-8")), encoding="utf-8")
    source = yaml.safe_load((data_dir("profiles") / f"{PROFILE}.yaml").read_text(encoding="utf-8"))
    own = {"name": "renamed", "chart": str(chart), "release": RELEASE, "namespace": NAMESPACE}
    profile = folder / "renamed.yaml"
    profile.write_text(yaml.safe_dump({**renamed_profile(source), **own}, allow_unicode=True), encoding="utf-8")
    return Renamed(chart, profile)

"""A platform profile: every name of a Hopsworks release a drill has to know.

Nothing in the framework, its steps or its fixtures knows a name of the platform; the profile has them all.
"""

from typing import Literal

from pydantic import Field

from hopsdrill.model.base import Model


class ConsistencyLog(Model):
    """Where a backup says which moment its data stands for.

    Attributes:
        container: container of the backup's Job whose log says it.
        pattern: regular expression with the groups ``after`` and ``before``: UTC texts on the server's clock. A write
            acknowledged before ``after`` is in the backup, one sent after ``before`` is not.
    """

    container: str
    pattern: str


class RondbProfile(Model):
    """How the database is reached, backed up and restored.

    Attributes:
        restore_jobs: names with ``{id}``; awaited after a restore, and the markers of a completed one.
        data_pods: pods whose volumes a restore in place must wipe; ``data_path`` is where they hold their data,
            with ``{node}`` as node ID; ``node_ids`` and ``volume_claims`` stand in the order of ``data_pods``.
        instance_query: SQL giving one value that changes when the server's data directory is made anew.
        consistency_point: which moment of a backup its data stands for; ``consistency_log`` narrows it, where there is one.
        backup_files: files each backup holds beside the nodes' folders.
        part_folder: regular expression for a node's part folder with the groups ``part`` and ``parts``.
    """

    service: str
    port: int = 3306
    credentials_secret: str
    admin_user: str
    admin_key: str
    cronjob: str
    metadata_selector: str
    bucket_prefix: str
    restore_jobs: list[str]
    data_pods: list[str]
    node_ids: list[int]
    data_path: str
    volume_claims: list[str]
    instance_query: str
    excluded_databases: list[str]
    excluded_accounts: list[str]
    consistency_point: Literal["snapshot-start", "backup-end"]
    consistency_log: ConsistencyLog | None = None
    backup_files: list[str]
    part_folder: str


class KubernetesProfile(Model):
    """How Kubernetes objects are backed up and restored.

    Attributes:
        include_label: what a Secret of the release's namespace carries to be backed up, as ``key=value``.
    """

    velero_namespace: str = "velero"
    storage_location: str
    bucket_prefix: str
    main_schedule: str
    users_schedule: str
    include_label: str
    location_secret: str
    location_secret_key: str = "cloud"  # noqa: S105 - a key's name, not a secret


class StoreSecret(Model):
    """The Secret in the release's namespace by which the platform reaches the bucket."""

    name: str
    access_key: str
    secret_key: str


class Profile(Model):
    """One platform release.

    Attributes:
        chart: a packaged chart's folder name, a path, or ``repository/name``.
        values: given to every install and upgrade; texts may hold ``{endpoint}``, ``{bucket}``, ``{region}``, ``{schedule}``.
        restore_values: dotted path of each value a restore is asked for with: ``backup_id``, ``in_place``, ``force``.
        refusals: what the platform says when it refuses, by reason: a regular expression.
        hook_jobs: Jobs in the release's namespace that a restore in place runs before anything is replaced.
        witness_image: a busybox for the pod that watches the data nodes' volumes.
    """

    name: str
    chart: str
    version: str
    release: str
    namespace: str
    values: dict[str, object] = Field(default_factory=dict)
    restore_values: dict[str, str]
    refusals: dict[str, str]
    hook_jobs: list[str] = Field(default_factory=list)
    store_secret: StoreSecret
    rondb: RondbProfile
    kubernetes: KubernetesProfile
    witness_image: str

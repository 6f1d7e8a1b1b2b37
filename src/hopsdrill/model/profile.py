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


class RecordedStore(Model):
    """A store whose backups a CronJob takes and a ConfigMap records.

    Attributes:
        cronjob: takes its backups.
        metadata_selector: label selector of the ConfigMaps (they rotate) whose keys are backup IDs.
        bucket_prefix: where its backups lie in the bucket, without a slash at the end.
        restore_jobs: names with ``{id}``; awaited after a restore, and the markers of a completed one.
        backup_files: files each backup holds right below its own prefix, whatever else it holds.
    """

    cronjob: str
    metadata_selector: str
    bucket_prefix: str
    restore_jobs: list[str] = Field(default_factory=list)
    backup_files: list[str] = Field(default_factory=list)


class RondbProfile(RecordedStore):
    """How the database is reached, backed up and restored.

    Attributes:
        service: Service of the MySQL servers.
        port: its port.
        credentials_secret: Secret with the administrator's password.
        admin_user: the administrator; must read all tables, accounts and grants.
        admin_key: key of the password in that Secret.
        data_pods: pods whose volumes a restore in place must wipe.
        node_ids: their node IDs, in the order of ``data_pods``.
        data_path: where they hold their data, from the volume's root, with ``{node}`` as node ID.
        volume_claims: their PersistentVolumeClaims, in the order of ``data_pods``.
        excluded_databases: what is neither backed up nor compared.
        excluded_accounts: users that are not compared.
        instance_query: SQL giving one value that changes when the server's data directory is made anew.
        excluded_tables: ``database.table`` that is not compared, and the reason, which the report prints.
        owned_rows: ``database.table``, and the SQL condition of its rows that are of the file system's user ``{owner}``: the drill's own
            canaries, which are accounted for one by one and are left out of comparisons.
        consistency_point: which moment of a backup its data stands for: ``snapshot-start`` or ``backup-end``.
        consistency_log: a log that narrows that moment, where there is one.
        backup_files: files a backup holds right below its own prefix, beside the nodes' folders.
        part_folder: regular expression for a node's part folder with the groups ``part`` and ``parts``.
    """

    service: str
    port: int = 3306
    credentials_secret: str
    admin_user: str
    admin_key: str
    data_pods: list[str]
    node_ids: list[int]
    data_path: str
    volume_claims: list[str]
    instance_query: str
    excluded_databases: list[str]
    excluded_tables: dict[str, str] = Field(default_factory=dict)
    owned_rows: dict[str, str] = Field(default_factory=dict)
    excluded_accounts: list[str]
    consistency_point: Literal["snapshot-start", "backup-end"]
    consistency_log: ConsistencyLog | None = None
    part_folder: str


class VersionIn(Model):
    """An object of the release's namespace that is in every backup and says which version of the platform runs.

    Attributes:
        kind: such as ``ConfigMap``.
        name: the object's name.
        key: under which of its ``data`` the chart's version stands.
    """

    kind: str = "ConfigMap"
    name: str
    key: str


class KubernetesProfile(Model):
    """How Kubernetes objects are backed up and restored.

    Attributes:
        velero_namespace: where Velero runs.
        storage_location: BackupStorageLocation of the platform's backups.
        bucket_prefix: Velero's folder in the bucket, without a slash at the end.
        main_schedule: Schedule of the platform's own objects.
        users_schedule: Schedule of the objects in the projects' namespaces.
        location_secret: Secret in Velero's namespace with its access to the bucket.
        location_secret_key: key of the credentials file in it.
        velero_deployment: Velero's server.
        default_ttl: how long Velero keeps a backup for which nobody says; a Go duration.
        follows_ttl: the platform gives Velero its own ``ttl``, converted, where ``ttl_kubernetes`` is not set.
        version_in: object by which a backup says which version of the platform made it, if there is one.
        include_label: what a Secret of the release's namespace carries to be backed up, as ``key=value``.
        project_labels: labels by which the platform knows a project's namespace.
        namespace_filter: CronJob that tells the users' Schedule which namespaces are projects, if there is one.
    """

    velero_namespace: str = "velero"
    storage_location: str
    bucket_prefix: str
    main_schedule: str
    users_schedule: str
    include_label: str
    location_secret: str
    project_labels: dict[str, str] = Field(default_factory=dict)
    namespace_filter: str = ""
    location_secret_key: str = "cloud"  # noqa: S105 - a key's name, not a secret
    velero_deployment: str = "velero"
    default_ttl: str = "720h"
    follows_ttl: bool = False
    version_in: VersionIn | None = None


class HopsfsProfile(Model):
    """How the file system is reached, and where its blocks lie; it has no backup of its own beside the bucket's versions.

    Attributes:
        service: Service that speaks WebHDFS.
        port: its port.
        user: whom the drill's requests name as ``user.name``.
        blocks_query: SQL giving one row per block: ID, generation stamp, bytes, bucket.
        block_keys: keys of one block's objects, with ``{set}``, ``{id}``, ``{stamp}``.
        block_set_size: block IDs per ``{set}``.
        block_pattern: regular expression of every block object's key with the groups ``id`` and ``stamp``.
        bucket_prefix: what all block objects' keys begin with.
        restore_jobs: as for other stores; on a restore in place only.
    """

    service: str
    port: int = 50070
    user: str
    blocks_query: str
    block_keys: list[str]
    block_set_size: int
    block_pattern: str
    bucket_prefix: str
    restore_jobs: list[str] = Field(default_factory=list)

    def keys(self, block: int, stamp: int) -> list[str]:
        """The keys of one block's objects, its data first."""
        place = block // self.block_set_size
        return [each.format(set=place, id=block, stamp=stamp) for each in self.block_keys]


class OpenSearchProfile(RecordedStore):
    """How the search engine is reached and backed up.

    Attributes:
        service: Service of its REST API.
        port: its port.
        repository: snapshot repository of its backups; a snapshot's name is the backup's ID.
        system_indices: regular expression of indices that belong to the engine and are not compared.
        mandatory_indices: what must be there for the platform to serve.
    """

    service: str
    port: int = 9200
    repository: str
    system_indices: str
    mandatory_indices: list[str]


class KafkaProfile(Model):
    """How the broker is reached, and who carries its rows to the online store.

    Attributes:
        service: Service with the listener for clients outside the cluster.
        port: of the Service's or pod's listener that is advertised as ``advertised``.
        advertised: loopback address and port to which a port forward is bound, as the broker advertises that listener.
        topic: a project's topic, with ``{project}``.
        consumer: Deployment that writes what the topics carry to the online store.
        group: its consumer group.
    """

    service: str
    port: int
    advertised: str
    topic: str
    consumer: str
    group: str


class RegistryProfile(RecordedStore):
    """How the container registry is reached, and its own, separate backup.

    Attributes:
        service: Service of its HTTP API.
        port: its port.
    """

    service: str
    port: int = 5000


class StoreSecret(Model):
    """The Secret in the release's namespace by which the platform reaches the bucket.

    Attributes:
        name: the Secret's name.
        access_key: key of the access key in it.
        secret_key: key of the secret key in it.
    """

    name: str
    access_key: str
    secret_key: str


class Profile(Model):
    """One platform release.

    Attributes:
        name: the profile's own, as reports print it.
        chart: a packaged chart's folder name, a path, or ``repository/name``.
        version: exact version of the chart.
        release: the Helm release.
        namespace: where it is installed.
        values: given to every install and upgrade; texts may hold ``{endpoint}``, ``{bucket}``, ``{region}``, ``{schedule}``.
        restore_values: dotted path of each value a restore is asked for with: ``backup_id``, ``in_place``, ``force``; and of
            the values that name another backup for one store: ``rondb_id``, ``opensearch_id``, ``registry_id``, and Velero's
            ``velero_main``, ``velero_users``. ``setup_job_hopsfs`` and ``setup_job_kafka`` tell a store which Job sets the database
            up where ``rondb_id`` is given. ``opensearch_indices`` is the list of indices in the payload of the search engine's
            restore. For faults: ``velero_seconds`` (how long the release waits for Velero), ``store_endpoint`` (URL of the
            object store), ``opensearch_rate`` (bytes a second, such as ``10kb``, that bound the search engine's restore).
        backup_values: dotted path of each value that backups are switched on with: ``enabled``, ``schedule``, and where the
            platform has them ``kubernetes`` (whether Kubernetes objects are backed up too), ``provider`` (kind of object
            storage), ``bucket`` (the file system's, where it is not everybody's) and ``checks_versions`` (whether the
            platform itself refuses a bucket without object versions); and those that remove old backups: ``ttl``, and for one
            store ``ttl_rondb``, ``ttl_opensearch``, ``ttl_registry``, ``ttl_kubernetes`` (a Go duration).
        refusals: what the platform says when it refuses, a regular expression by reason: ``without-force``, ``without-in-place``,
            ``without-id``, ``unknown-id``, ``id-no-text``, ``completed-marker``, ``unknown-snapshot``, ``no-release``, ``no-location``,
            ``no-storage``, ``no-velero-backup``, ``no-versions``, ``other-provider``, ``bad-schedule``, ``id-taken``, ``bad-ttl``.
        hook_jobs: Jobs in the release's namespace that a restore in place runs before anything is replaced.
        store_secret: the platform's access to the bucket.
        rondb: the database.
        kubernetes: Kubernetes objects.
        hopsfs: the file system; as the next three, left out where the platform has none, or its names are not known.
        opensearch: the search engine.
        kafka: the message broker.
        registry: the container registry.
        witness_image: a busybox for the pod that watches the data nodes' volumes.
        backup_id_form: how a backup's ID is made of the minute it starts in, by ``strftime``.
        unconfirmed: dotted names of this profile that were not found published, such as ``opensearch.cronjob``: where
            nothing is found by one of them, that is unknown, not absent.
    """

    name: str
    chart: str
    version: str
    release: str
    namespace: str
    values: dict[str, object] = Field(default_factory=dict)
    restore_values: dict[str, str]
    backup_values: dict[str, str] = Field(default_factory=dict)
    refusals: dict[str, str]
    hook_jobs: list[str] = Field(default_factory=list)
    store_secret: StoreSecret
    rondb: RondbProfile
    kubernetes: KubernetesProfile
    hopsfs: HopsfsProfile | None = None
    opensearch: OpenSearchProfile | None = None
    kafka: KafkaProfile | None = None
    registry: RegistryProfile | None = None
    witness_image: str
    backup_id_form: str = "%y%V%u%H%M"
    unconfirmed: list[str] = Field(default_factory=list)

    @property
    def recorded(self) -> dict[str, RecordedStore]:
        """The stores whose backups are recorded in ConfigMaps, the database first."""
        others = {"opensearch": self.opensearch, "registry": self.registry}
        return {"rondb": self.rondb, **{name: each for name, each in others.items() if each is not None}}

    @property
    def stores(self) -> list[str]:
        """The stores this platform has, by the words of every report."""
        others = ("hopsfs", "opensearch", "kafka", "registry")
        return ["rondb", "kubernetes", *(name for name in others if getattr(self, name) is not None)]

    @property
    def bucket_prefixes(self) -> list[str]:
        """Everything the platform writes into the bucket begins with one of these."""
        blocks = [self.hopsfs.bucket_prefix] if self.hopsfs is not None else []
        made = [each.bucket_prefix for each in self.recorded.values()]
        return [*(f"{prefix}/" for prefix in [*made, self.kubernetes.bucket_prefix]), *blocks]

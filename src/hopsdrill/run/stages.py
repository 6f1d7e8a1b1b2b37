"""The first stages of a recovery drill, load and back up, and what all stages hand on. Each records its probes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hopsdrill.adapters.sql import Sql
from hopsdrill.clients import database
from hopsdrill.core.bracket import Offset
from hopsdrill.core.clock import Instant
from hopsdrill.core.errors import VerificationError
from hopsdrill.core.redact import REDACTOR
from hopsdrill.core.words import told
from hopsdrill.model.plan import Data
from hopsdrill.proof import kubernetes, offsets
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, total
from hopsdrill.proof.snapshot import DatabaseState, state_of
from hopsdrill.recovery.backup import BackupSet, take_set
from hopsdrill.recovery.jobs import Change
from hopsdrill.recovery.restore import Restored
from hopsdrill.run import whole
from hopsdrill.run.contents import block_objects, present, read_all, topic_stands
from hopsdrill.run.declared import declare
from hopsdrill.site import Site
from hopsdrill.workload import dataset, objects, people, stream, writer
from hopsdrill.workload.beat import Write
from hopsdrill.workload.canaries import Kept


# proved by accounting for what was written, not by the snapshot
WRITER_DATABASES = (writer.DATABASE, stream.DATABASE)
READ = "read every store"


@dataclass
class Later:
    """What the stores held once they had been changed after the backup; filled in by whoever changes them, store by store."""

    database: DatabaseState | None = None
    contents: dict[str, Prints] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """What must come back.

    Attributes:
        challenge: a random value that was drawn after the platform was installed; only the drill knows it.
        contents: files, documents, environments, by store.
        sent: feature rows sent through Kafka; those in flight at the backup are to be lost.
        objects_of_blocks: the objects of the file system's blocks, each the version that is current.
        topic: how the project's topic and its readers stand.
        later: what was made of it after the backup.
    """

    database: DatabaseState
    objects: kubernetes.Fingerprint
    challenge: str
    contents: dict[str, Prints] = field(default_factory=dict)
    sent: tuple[stream.Sent, ...] = ()
    objects_of_blocks: Prints = field(default_factory=dict)
    topic: offsets.Stand | None = None
    later: Later = field(default_factory=Later)


@dataclass(frozen=True)
class Disaster:
    """The declared disaster: the recovery clock starts here.

    Attributes:
        writes: the writer's.
        offset: of the database's clock.
        canaries: of every store that had some.
        nonce: what every canary says.
        clocks: offsets of the other clocks, by whose they are; only where there were canaries.
    """

    declared: Instant
    writes: tuple[Write, ...]
    offset: Offset
    canaries: tuple[Kept, ...] = ()
    nonce: str = ""
    clocks: dict[str, Offset] = field(default_factory=dict)


@dataclass(frozen=True)
class Recovered:
    """A platform after its restore, with all that its proofs need."""

    snapshot: Snapshot
    backup: BackupSet
    disaster: Disaster
    restored: Restored
    token: str

    @property
    def anew(self) -> bool:
        """Whether it was restored into a new cluster, not over itself."""
        return self.restored.provisioned is not None


def load(site: Site, data: Data, key: Key) -> Snapshot:
    """Load feature groups, users and project objects; what was acknowledged is the snapshot.

    Raises:
        VerificationError: the database does not hold just what it acknowledged.
    """
    with database(site) as sql:
        with site.recorder.operation(
            "load data", f"{data.rows} rows, {data.tables} tables", target=site.namespace
        ) as done:
            rows = dataset.load(sql, data)
            users = people.create_all(sql)
            challenge = draw(sql)
            done.text = f"{rows} rows acknowledged, users {', '.join(users)}"
        with site.recorder.operation(
            "create project objects", ", ".join(objects.PROJECTS), target=site.cluster_uid
        ) as done:
            done.text = f"{objects.create_all(site, data.objects)} objects"
        held = dataset.count(sql)
    if held != rows:
        msg = f"{rows} rows were acknowledged, but the database holds {held}."
        raise VerificationError(msg, hint="somebody else writes to this platform; a drill needs it for itself")
    return snapshot_of(site, key, challenge)


def start_writing(site: Site, running: writer.Writer) -> None:
    """Start the writer; it has an acknowledgement then."""
    with site.recorder.operation("write numbered rows", "from now on, one a commit", target=site.namespace):
        running.start()


def draw(sql: Sql) -> str:
    """Put a fresh random value into the database; only the drill, and a backup taken from now on, know it."""
    challenge = secrets.token_hex(32)
    REDACTOR.register(challenge)
    writer.set_challenge(sql, challenge)
    return challenge


def snapshot_of(site: Site, key: Key, challenge: str) -> Snapshot:
    """Everything as it is now; what must come back."""
    with site.recorder.operation(READ, "what must come back", target=site.namespace) as done:
        with database(site) as sql:
            state = state_of(sql, site.profile.rondb, key, WRITER_DATABASES)
        found, contents = backed_up_objects(site, key), read_all(site, key)
        blocks = block_objects(site, key)
        done.text = told({"kubernetes": len(found), **{store: len(prints) for store, prints in contents.items()}})
        site.recorder.keep("snapshot-rondb.json", state.totals())
        site.recorder.keep("snapshot-kubernetes.json", {"total": str(total(found, key)), "things": sorted(found)})
        for store, prints in contents.items():
            site.recorder.keep(f"snapshot-{store}.json", {"total": str(total(prints, key)), "things": sorted(prints)})
    return Snapshot(state, found, challenge, contents, objects_of_blocks=blocks)


def load_everything(site: Site, data: Data, key: Key) -> Snapshot:
    """Load every store."""
    return load_contents(site, data, load(site, data, key), key)


def load_contents(site: Site, data: Data, snapshot: Snapshot, key: Key) -> Snapshot:
    """Load files, documents and environments, and rows that go through Kafka, some of which stay in flight.

    Raises:
        VerificationError: a store does not hold as many things as it acknowledged.
    """
    loaded: dict[str, int] = {}
    for store, content in present(site).items():
        with site.recorder.operation(f"load {content.what}", store, target=site.namespace) as done:
            loaded[content.what] = content.load(site, data)
            done.text = f"{loaded[content.what]} {content.what} acknowledged"
    sent: list[stream.Sent] = []
    topic = None
    if "kafka" in site.profile.stores:
        with site.recorder.operation("send feature rows", stream.topic_of(site), target=site.namespace) as done:
            sent = [*stream.load(site, data), *stream.send_in_flight(site, data)]
            flying = sum(not each.arrived for each in sent)
            done.text = (
                f"{len(sent) - flying} rows reached the online store, {flying} are in flight, their consumer stopped"
            )
            topic = topic_stands(site, key) if sent else None
    made = replace(snapshot_of(site, key, snapshot.challenge), sent=tuple(sent), topic=topic)
    for store, content in present(site).items():
        held = sum(title.startswith(content.titles) for title in made.contents[store])
        if held < loaded[content.what]:
            msg = f"{loaded[content.what]} {content.what} were acknowledged, but {held} can be read."
            raise VerificationError(msg, hint=f"look at {store}: it does not give back what it was given")
    return made


def backed_up_objects(site: Site, key: Key) -> kubernetes.Fingerprint:
    """The live objects that the platform's backups are to hold."""
    label = site.profile.kubernetes.include_label
    own = kubernetes.read(site.kube, [site.namespace], key, selector=label)
    return {**own, **kubernetes.read(site.kube, objects.PROJECTS, key)}


def back_up(site: Site, snapshot: Snapshot, key: Key, changes: Mapping[str, Change] | None = None) -> BackupSet:
    """Take the backups of all stores, declare the recovery point, and prove from the bucket that they are whole.

    ``changes`` as `take_set` has them.

    Raises:
        VerificationError: something is missing; a restore from it is not to be begun.
    """
    backup = take_set(site, changes)
    files = [
        each
        for store, taken in backup.recorded.items()
        for each in site.store.entries(f"{site.profile.recorded[store].bucket_prefix}/{taken.id}/")
    ]
    declare(site, backup, [each.size for each in files])
    prove_whole(site, backup, snapshot, key)
    return backup


def prove_whole(site: Site, backup: BackupSet, snapshot: Snapshot, key: Key) -> None:
    """Look at every store's backup and record that it is whole.

    Raises:
        VerificationError: something is missing; all that is, is recorded.
    """
    looks = whole.looks(site, backup, snapshot.objects, snapshot.contents, key)
    missing = [line for look in looks.values() for line in whole.record(site, look())]
    if missing:
        msg = f"The backup set {backup.ids} is not whole: {'; '.join(missing[:5])}"
        raise VerificationError(msg, hint="do not restore from it; take another backup")

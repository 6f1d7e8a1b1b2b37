"""Defects of the stores beside the database; each is of the kind that only content can show."""

import re

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.clients import broker, file_system, need, registry, search_engine
from hopsdrill.core.errors import OperationError
from hopsdrill.faults.defect import Defect, Target
from hopsdrill.site import Site


LAST_DIGIT = re.compile(rb"\d(?=\D*\Z)")


def _block_keys(site: Site, sql: Sql, target: Target) -> tuple[list[str], bytes]:
    """The objects of a file's block, its data first, and the data's bytes: the object whose bytes are the file's."""
    names = need(site.profile.hopsfs, "hopsfs")
    with file_system(site) as files:
        data = files.read(target.file)
    for number, stamp, size, _ in sql.query(names.blocks_query):
        if int(size) == len(data):
            keys = names.keys(int(number), int(stamp))
            if site.store.get(keys[0]) == data:
                return keys, data
    msg = f"No block in the bucket holds just the bytes of {target.file}."
    raise OperationError(msg, hint="choose a file that fits into one block")


def changed_byte(site: Site, sql: Sql, target: Target) -> Defect:
    """One byte of a block's object is another one; length and metadata stay."""
    (key, *_), data = _block_keys(site, sql, target)
    damaged = bytes([data[0] ^ 1]) + data[1:]
    return Defect(
        plant=lambda: site.store.put(key, damaged),
        there=lambda: site.store.get(key) == damaged,
        undo=lambda: site.store.put(key, data),
        named=target.file,
    )


def missing_block(site: Site, sql: Sql, target: Target) -> Defect:
    """A block's object is deleted; the metadata goes on naming it."""
    (key, *_), data = _block_keys(site, sql, target)
    return Defect(
        plant=lambda: site.store.delete(key),
        there=lambda: site.store.get(key) is None,
        undo=lambda: site.store.put(key, data),
        named=target.file,
    )


def other_version(site: Site, sql: Sql, target: Target) -> Defect:
    """Another version of the object beside a block's data is current; a read of the file does not look at it."""
    (_, key), _ = _block_keys(site, sql, target)
    data = site.store.get(key) or b""
    other = LAST_DIGIT.sub(lambda found: b"1" if found[0] != b"1" else b"2", data)
    return Defect(
        plant=lambda: site.store.put(key, other),
        there=lambda: site.store.get(key) == other,
        undo=lambda: site.store.put(key, data),
        named=f"object {key} etag",
    )


def changed_mapping(site: Site, target: Target) -> Defect:
    """One parameter of one field's mapping says something else; every document is as it was."""
    index, part = target.document[0], {"type": "keyword"}

    def read() -> int:
        with search_engine(site) as search:
            found = search.indices()[index]["mappings"]["properties"][target.field]
        return int(found["fields"]["keyword"]["ignore_above"])

    def put(limit: int) -> None:
        field = {"type": "text", "fields": {"keyword": {**part, "ignore_above": limit}}}
        with search_engine(site) as search:
            search.map(index, {"properties": {target.field: field}})

    before = read()
    return Defect(
        plant=lambda: put(before + 1),
        there=lambda: read() == before + 1,
        undo=lambda: put(before),
        named=f"index {index} mappings.properties.{target.field}.fields.keyword.ignore_above",
    )


def shifted_offset(site: Site, target: Target) -> Defect:
    """What a group has confirmed of a partition is one message less; every message is there."""
    topic, group = target.topic

    def read() -> dict[int, int]:
        with broker(site) as kafka:
            return kafka.committed(group, topic)

    before = read()
    number = max(before, key=lambda each: before[each])

    def put(offset: int) -> None:
        with broker(site) as kafka:
            kafka.confirm(group, topic, {number: offset})

    return Defect(
        plant=lambda: put(before[number] - 1),
        there=lambda: read()[number] == before[number] - 1,
        undo=lambda: put(before[number]),
        named=f"offset of group {group} in {topic}/{number} confirmed",
    )


def changed_document(site: Site, target: Target) -> Defect:
    """One field of one document says something else."""
    with search_engine(site) as search:
        before = search.get(*target.document) or {}

    def put(source: dict[str, object]) -> None:
        with search_engine(site) as search:
            search.put(*target.document, source)

    def there() -> bool:
        with search_engine(site) as search:
            return search.get(*target.document) != before

    return Defect(
        plant=lambda: put({**before, target.field: "damaged"}),
        there=there,
        undo=lambda: put(before),
        named=f"document {'/'.join(target.document)} {target.field}",
    )


def other_image(site: Site, target: Target) -> Defect:
    """A tag names another image than the one that was backed up."""
    repository, tag = target.image
    with registry(site) as images:
        before, other = images.manifest(*target.image) or b"", images.manifest(*target.other_image) or b""

    def put(data: bytes) -> None:
        with registry(site) as images:
            for digest in images.parts(other):
                images.mount(repository, digest, target.other_image[0])
            images.put_manifest(repository, tag, data)

    def there() -> bool:
        with registry(site) as images:
            return images.manifest(*target.image) == other

    return Defect(
        plant=lambda: put(other), there=there, undo=lambda: put(before), named=f"image {repository}:{tag} digest"
    )


def lost_row(sql: Sql, target: Target) -> Defect:
    """A row that came through Kafka before the backup is gone from the online store."""
    table = name(*target.stream)
    row = sql.query(f"SELECT id, amount, label FROM {table} WHERE id = %s", [target.arrived])[0]  # noqa: S608 - names are quoted
    return Defect(
        plant=lambda: sql.execute(f"DELETE FROM {table} WHERE id = %s", [target.arrived]),  # noqa: S608
        there=lambda: not sql.query(f"SELECT 1 FROM {table} WHERE id = %s", [target.arrived]),  # noqa: S608
        undo=lambda: sql.execute(f"INSERT INTO {table} (id, amount, label) VALUES (%s, %s, %s)", row),  # noqa: S608
        named=f"row {target.arrived}: in the online store before the backup, and gone",
    )

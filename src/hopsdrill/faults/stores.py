"""Defects of the stores beside the database; each is of the kind that only content can show."""

from hopsdrill.adapters.sql import Sql, name
from hopsdrill.clients import file_system, need, registry, search_engine
from hopsdrill.core.errors import OperationError
from hopsdrill.faults.defect import Defect, Target
from hopsdrill.site import Site


def _block_key(site: Site, sql: Sql, target: Target) -> tuple[str, bytes]:
    """The object that holds a file's data, and its bytes: the object whose bytes are the file's."""
    names = need(site.profile.hopsfs, "hopsfs")
    with file_system(site) as files:
        data = files.read(target.file)
    for number, stamp, size, _ in sql.query(names.blocks_query):
        if int(size) == len(data):
            key = names.keys(int(number), int(stamp))[0]
            if site.store.get(key) == data:
                return key, data
    msg = f"No block in the bucket holds just the bytes of {target.file}."
    raise OperationError(msg, hint="choose a file that fits into one block")


def changed_byte(site: Site, sql: Sql, target: Target) -> Defect:
    """One byte of a block's object is another one; length and metadata stay."""
    key, data = _block_key(site, sql, target)
    damaged = bytes([data[0] ^ 1]) + data[1:]
    return Defect(
        plant=lambda: site.store.put(key, damaged),
        there=lambda: site.store.get(key) == damaged,
        undo=lambda: site.store.put(key, data),
        named=target.file,
    )


def missing_block(site: Site, sql: Sql, target: Target) -> Defect:
    """A block's object is deleted; the metadata goes on naming it."""
    key, data = _block_key(site, sql, target)
    return Defect(
        plant=lambda: site.store.delete(key),
        there=lambda: site.store.get(key) is None,
        undo=lambda: site.store.put(key, data),
        named=target.file,
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

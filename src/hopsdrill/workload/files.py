"""Files of the file system: offline features, checkpoints and logs of a project, the same in every run."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from hopsdrill.adapters.webhdfs import Files
from hopsdrill.clients import file_system
from hopsdrill.core import canary
from hopsdrill.model.plan import Data
from hopsdrill.site import Site
from hopsdrill.workload.changed import Changed


ROOT = "/Projects/fraud"
FOLDERS = ("Features", "Checkpoints", "Logs")
LARGE = 5 * 1024 * 1024 + 1  # bytes: more than one block of the platform's default
WRITERS = 8  # files written at once
EMPTY, LARGEST = f"{ROOT}/Features/_SUCCESS", f"{ROOT}/Checkpoints/model.bin"
LATER = f"{ROOT}/Logs/made-after-the-backup.log"


def contents(data: Data) -> Iterator[tuple[str, bytes]]:
    """All files by the plan's seed: an empty one, one of several blocks, and small ones with odd names among them."""
    chance = random.Random(f"{data.seed}/files")  # noqa: S311 - the same files in every run is the point
    yield EMPTY, b""
    yield LARGEST, chance.randbytes(LARGE)
    for number in range(data.files - 2):
        yield path_of(number), chance.randbytes(chance.randrange(1, 3000))


def path_of(number: int) -> str:
    """The path of a small file."""
    return f"{ROOT}/{FOLDERS[number % len(FOLDERS)]}/part {number:05d} größe.parquet"


def load(site: Site, data: Data) -> int:
    """Make the project's folder anew and write every file; gives how many were acknowledged."""
    with file_system(site) as files:
        if files.exists(ROOT):
            files.remove(ROOT)
        for folder in FOLDERS:
            files.make_folder(f"{ROOT}/{folder}")
        make_home(files, canary.FOLDER, canary.OWNER)  # now, for it changes the root, which is in the snapshot
        with ThreadPoolExecutor(WRITERS) as pool:
            return sum(1 for _ in pool.map(lambda each: files.write(*each), contents(data)))


def make_home(files: Files, folder: str, owner: str) -> None:
    """Have a user's folder there."""
    if not files.exists(folder):
        files.make_folder(folder)
        files.give(folder, owner)


def change(site: Site) -> Changed:
    """Replace, lengthen, rename, delete and add files."""
    replaced, longer, renamed, gone = (path_of(number) for number in range(4))
    with file_system(site) as files:
        files.write(replaced, b"after the backup")
        files.append(longer, b"after the backup")
        files.move(renamed, f"{renamed}.renamed")
        files.remove(gone)
        files.remove(LARGEST)
        files.write(LATER, b"made after the backup")
    return Changed(
        changed=(f"file {replaced}", f"file {longer}"),
        deleted=(f"file {renamed}", f"file {gone}", f"file {LARGEST}"),
        added=(f"file {renamed}.renamed", f"file {LATER}"),
    )

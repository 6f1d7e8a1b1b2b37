"""The data node's side of a backup: opens one session per part, takes its snapshots on a word, writes its parts.

Spoken with the coordinator in lines of JSON over standard input and output:
``<- opened``, ``-> snapshot``, ``<- taken``, ``-> write`` (with the schema and the facts), ``<- written``.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from standin.db import Session, connect, rows
from standin.part import PartPath, Slice, part_folder, write_part
from standin.say import StandinError, say
from standin.schema import Schema
from standin.volume import Volume, empty, here


def speak(word: str, **more: object) -> None:
    """Say one line to the coordinator."""
    print(json.dumps({"say": word, **more}), flush=True)


def listen(expected: str) -> dict[str, Any]:
    """Hear one line.

    Raises:
        StandinError: the coordinator is gone or says something else.
    """
    line = sys.stdin.readline()
    if not line:
        message = f"the coordinator went away before saying {expected!r}"
        raise StandinError(message)
    heard: dict[str, Any] = json.loads(line)
    if heard.get("say") != expected:
        message = f"expected {expected!r} from the coordinator, heard {heard.get('say')!r}"
        raise StandinError(message)
    return heard


def take_snapshot(session: Session) -> None:
    """Fix what this session sees from now on."""
    rows(session, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    rows(session, "START TRANSACTION WITH CONSISTENT SNAPSHOT")


def backup_parts(backup_id: str, parts: int, first: int, total: int) -> None:
    """Write this node's parts of a backup.

    Args:
        backup_id: the backup's ID.
        parts: how many parts this node writes.
        first: the first of its slices of the rows.
        total: slices of all nodes together.
    """
    sessions = [connect() for _ in range(parts)]
    speak("opened")
    listen("snapshot")
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(take_snapshot, sessions))
        speak("taken")
        order = listen("write")
        schema, facts = Schema.from_json(order["schema"]), {"schema": order["schema"], **order["facts"]}
        volume = here()
        empty(volume.backup(backup_id))

        def write(index: int) -> list[int]:
            own = {**facts, "node": volume.node, "part": index + 1, "parts": parts}
            path = PartPath(part_folder(volume.backup(backup_id), backup_id, index + 1, parts), backup_id, volume.node)
            return write_part(sessions[index], schema.tables, Slice(first + index, total), path, own)

        counts = [sum(column) for column in zip(*pool.map(write, range(parts)), strict=True)]
    _report(volume, sum(counts), parts)
    speak("written", counts=counts)


def _report(volume: Volume, total: int, parts: int) -> None:
    say(f"node {volume.node}: {total} rows in {parts} parts")


def discard(backup_id: str) -> None:
    """Remove this node's local parts of a backup."""
    folder = here().backup(backup_id)
    if folder.exists():
        empty(folder)
        folder.rmdir()

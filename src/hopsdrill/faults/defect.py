"""What a defect is, and what there is to damage."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What there is to damage: names only, so that this layer knows no workload.

    Attributes:
        table: database and table with an ``id`` and an ``amount``; nothing refers to it.
        account: ``'user'@'host'`` with the privilege.
        secret: namespace and name; ``key`` of its data goes back to an old value.
        ledger: database and table of the writer's numbered rows; ``late`` is one that no backup can hold, with its payload.
        drawn: database and table of the drill's drawn value.
        file: path of a file that fits into one block.
        document: index and ID; ``field`` of it is a text that the engine has mapped by itself.
        labelled: namespace and name of a ConfigMap.
        topic: name of a topic, and a group without members that has read it.
        image: repository and tag; ``other_image`` is another one, with other content.
        stream: database and table of the rows that came through Kafka; ``arrived`` is the ID of one that had to come back.
    """

    table: tuple[str, str]
    account: str
    privilege: str
    secret: tuple[str, str]
    key: str
    ledger: tuple[str, str]
    late: tuple[int, str]
    drawn: tuple[str, str]
    file: str
    document: tuple[str, str]
    field: str
    image: tuple[str, str]
    other_image: tuple[str, str]
    stream: tuple[str, str]
    arrived: int
    labelled: tuple[str, str]
    topic: tuple[str, str]


@dataclass(frozen=True)
class Defect:
    """How to plant a defect, whether it took effect, and how to undo it.

    Attributes:
        named: a text that the drill's differences must hold.
    """

    plant: Callable[[], object]
    there: Callable[[], bool]
    undo: Callable[[], object]
    named: str

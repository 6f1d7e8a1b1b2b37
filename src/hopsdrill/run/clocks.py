"""How far the clocks of cluster, object store and stores are off this machine's, each read by its own protocol, all at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hopsdrill.adapters.http_date import STEP
from hopsdrill.clients import broker, database, file_system, registry, search_engine
from hopsdrill.core.bracket import Offset, measure
from hopsdrill.core.errors import OperationError
from hopsdrill.model import events as ev
from hopsdrill.site import Site
from hopsdrill.workload import writer


CLUSTER, STORE = "cluster", "object store"
MILLISECOND = 1e-3
TOPIC = "hopsdrill_clock"


@dataclass(frozen=True)
class Clock:
    """One other clock.

    Attributes:
        how: what is read of it.
    """

    where: str
    how: str
    measure: Callable[[Site], Offset]


def _files(site: Site) -> Offset:
    with file_system(site) as found:
        return measure(found.clock, STEP)


def _search(site: Site) -> Offset:
    with search_engine(site) as found:
        return measure(found.clock, MILLISECOND)


def _images(site: Site) -> Offset:
    with registry(site) as found:
        return measure(found.clock, STEP)


def _messages(site: Site) -> Offset:
    with broker(site) as found:
        return measure(found.clock(TOPIC), MILLISECOND)


def _rows(site: Site) -> Offset:
    with database(site) as sql:
        return writer.clock_offset(sql)


CLOCKS = (
    Clock(CLUSTER, "Date of the API server's answers", lambda site: measure(site.kube.clock, STEP)),
    Clock(STORE, "Date of the object store's answers", lambda site: measure(site.store.clock, STEP)),
    Clock("rondb", "SYSDATE(6)", _rows),
    Clock("hopsfs", "Date of the name node's answers", _files),
    Clock("opensearch", "timestamp of a node's statistics", _search),
    Clock("registry", "Date of the registry's answers", _images),
    Clock("kafka", "LogAppendTime of a message", _messages),
)


def measure_clocks(site: Site) -> dict[str, Offset]:
    """Measure those that this platform has, and record them; one that cannot be read is recorded without a value."""
    there = {CLUSTER, STORE, *site.profile.stores}
    wanted = [each for each in CLOCKS if each.where in there]
    with ThreadPoolExecutor(len(wanted)) as pool:
        found = list(pool.map(lambda each: _tried(site, each), wanted))
    site.recorder.write(ev.ClocksMeasured(scenario=site.recorder.scenario, clocks=[each for each, _ in found]))
    return {each.where: offset for each, offset in found if offset is not None}


def _tried(site: Site, clock: Clock) -> tuple[ev.ClockOffset, Offset | None]:
    try:
        offset = clock.measure(site)
    except OperationError as error:
        said = f"{clock.how}: {error.message}"
        return ev.ClockOffset(where=clock.where, offset_s=None, error_s=None, how=said), None
    seconds, error_s = round(offset.seconds, 4), round(offset.error, 4)
    return ev.ClockOffset(where=clock.where, offset_s=seconds, error_s=error_s, how=clock.how), offset

"""Every store's recovery point, how far they are apart, and the clocks, as the journal has them."""

from hopsdrill.model import events as ev
from hopsdrill.report.accounts import StoreAccount
from hopsdrill.report.gap import Gap, or_gap
from hopsdrill.verdict.facts import Facts, Seen
from hopsdrill.verdict.wording import duration


NO_CANARIES = "no canaries were written in this scenario"
NONE_LEFT = "none came back"
GAPS = ("newest", "newest_sent", "lost_acked", "rpo_s", "error_s")


def store_points(facts: Facts, scenario: str) -> list[StoreAccount] | Gap:
    """Every store's canaries in one scenario."""
    found = facts.by_scenario(ev.CanariesAccounted).get(scenario, [])
    return or_gap([_store(seen) for seen in found], NO_CANARIES)


def _store(seen: Seen[ev.CanariesAccounted]) -> StoreAccount:
    fields = seen.event.model_dump(exclude={"type", "scenario"})
    fields |= {name: or_gap(fields[name], NONE_LEFT) for name in GAPS}
    return StoreAccount(event=seen.seq, **fields)


def skew_cells(facts: Facts, scenario: str) -> list[ev.SkewCell] | Gap:
    """Every pair of stores."""
    found = facts.by_scenario(ev.SkewMeasured).get(scenario, [])
    return or_gap([cell for seen in found for cell in seen.event.cells], NO_CANARIES)


def clock_offsets(facts: Facts, scenario: str) -> list[ev.ClockOffset] | Gap:
    """The other clocks."""
    found = facts.by_scenario(ev.ClocksMeasured).get(scenario, [])
    return or_gap([clock for seen in found for clock in seen.event.clocks], NO_CANARIES)


def skew_matrix(cells: list[ev.SkewCell]) -> list[tuple[str, list[str]]]:
    """A row for each store: how much newer its data is than that of each store, in the order of the rows."""
    stores = list(dict.fromkeys(store for each in cells for store in (each.first, each.second)))
    texts = {(each.first, each.second): _cell(each, 1) for each in cells}
    texts |= {(each.second, each.first): _cell(each, -1) for each in cells}
    return [(row, [texts.get((row, column), "") for column in stores]) for row in stores]


def _cell(cell: ev.SkewCell, sign: int) -> str:
    if cell.messages is not None:
        return f"{sign * cell.messages:+d} messages"
    if cell.seconds is None or cell.error_s is None:
        return "not measured"
    return f"{sign * cell.seconds:+.1f} s ± {cell.error_s:.1f} s"


def widest_text(facts: Facts) -> str | Gap:
    """The widest skew of every scenario that measured one."""
    found = [seen.event for seen in facts.all(ev.ObjectiveMeasured) if seen.event.objective == "skew"]
    told = [f"{duration(each.measured_s)} ± {duration(each.error_s)}: {each.basis}" for each in found]
    return or_gap("; ".join(told), NO_CANARIES)

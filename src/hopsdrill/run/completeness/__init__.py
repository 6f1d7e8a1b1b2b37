"""Completeness of a recovery: expected, backed up, restored, live, counted per kind and store, each gap with its cause."""

from functools import partial

from hopsdrill.model import events as ev
from hopsdrill.model.plan import AllowedGap
from hopsdrill.proof.key import Key
from hopsdrill.run.completeness.causes import Causes
from hopsdrill.run.completeness.counts import Counts
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site


PROOF = "nothing-is-missing-without-a-cause"


def account(site: Site, recovered: Recovered, key: Key, allowed: list[AllowedGap]) -> None:
    """Count everything, and record that nothing is missing but what the plan allows."""
    counts, wrong = Counts(site, recovered, key), list[str]()
    causes = Causes(site, recovered, counts)
    for kind in counts.kinds():
        gaps = kind.gaps(partial(causes.of, kind.store), allowed)
        site.recorder.write(
            ev.CompletenessCounted(
                scenario=site.recorder.scenario,
                store=kind.store,
                kind=kind.name,
                opaque=kind.opaque,
                uncounted=kind.uncounted,
                gaps=gaps,
                **kind.counts,
            )
        )
        wrong += [
            f"{kind.store}: {gap.count} {kind.name} missing ({gap.stage}); {gap.cause}: {', '.join(gap.things)}"
            for gap in gaps
            if not gap.allowed
        ]
    site.recorder.proof(
        PROOF,
        store="platform",
        passed=not wrong,
        expected="every thing that was expected is in the backup and came back, or the plan says why it may be missing",
        observed=f"{len(wrong)} gaps, first: {wrong[0]}" if wrong else "no gap",
        differences=wrong,
    )

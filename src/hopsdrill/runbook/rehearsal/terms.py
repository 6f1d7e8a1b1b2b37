"""On which terms a page is performed: where, how long a block may take, what replaces what, what is left out."""

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from hopsdrill.core.errors import PlanError, UsageError
from hopsdrill.model.base import Model
from hopsdrill.model.plan import Governance, Objective, Objectives, Plan, Span, Target
from hopsdrill.model.profile import Profile
from hopsdrill.plan.loader import load_as, load_given_profile
from hopsdrill.run import Drill, Order
from hopsdrill.run.session import chart_of
from hopsdrill.runbook.page import Page


BESIDE = ".lab.yaml"  # `docs/runbook.md` has its terms in `docs/runbook.lab.yaml`
FACT = re.compile(r"(?<!\$)\{([a-z_]+)\}")  # `${name}` is the shell's own
FACTS = ("bucket", "chart", "cluster", "credentials_file", "endpoint", "namespace", "region", "release", "version")
PROPOSED = {"rto": timedelta(days=1), "rpo": timedelta(days=8)}
NOT_JUDGED = "none: a page is timed, not judged by its time"


class Substitution(Model):
    """What is written in the place of a text of the page, and why.

    Attributes:
        text: one line, in the file under the key ``with``; ``{bucket}`` and the like are facts of the lab.
    """

    text: str = Field(alias="with", pattern=r"^[^\n]*$")
    because: str = Field(min_length=1)


class Terms(Model):
    """The file beside a page.

    Attributes:
        target: a cluster of the lab; it must be ``destroyable``, for a page may do anything.
        profile: of the platform the page installs.
        deadline: of every block that has none of its own.
        deadlines: by the heading a block stands under.
        replace: texts of the page's blocks, each with what is written instead.
        leave_out: headings whose blocks are not run, each with the reason.
    """

    api_version: Literal["hopsdrill/v1"] = Field(alias="apiVersion")
    kind: Literal["RunbookTerms"]
    target: Target
    profile: str
    schedule: str = "@weekly"
    deadline: Span = timedelta(minutes=5)
    deadlines: dict[str, Span] = Field(default_factory=dict)
    replace: dict[str, Substitution] = Field(default_factory=dict)
    leave_out: dict[str, str] = Field(default_factory=dict)
    exclusions: list[str] = Field(default_factory=list)
    governance: Governance = Field(default_factory=Governance)


def load_terms(page: Path, given: Path | None, cluster: str = "") -> Terms:
    """Load the terms of a page: those given, or those beside it; ``cluster`` of the lab instead of the one they name.

    Raises:
        UsageError: there are none.
        PlanError: lists every problem with file, line and column, or names what the lab cannot say.
    """
    path = given or page.with_name(f"{page.stem}{BESIDE}")
    if not path.is_file():
        msg = f"There are no terms to perform {page} on: {path} does not exist."
        raise UsageError(msg, hint="write them there, or give --terms FILE; see docs/how-to/runbook.md")
    terms = load_as(path, Terms)
    unknown = sorted({name for each in terms.replace.values() for name in FACT.findall(each.text)} - set(FACTS))
    if unknown:
        msg = f"{path}: the lab knows nothing called {', '.join(unknown)}."
        raise PlanError(msg, hint=f"known: {', '.join(FACTS)}")
    if not cluster:
        return terms
    target = Target(lab_cluster=cluster, destroyable=terms.target.destroyable)
    return terms.model_copy(update={"target": target})


def facts(drill: Drill) -> dict[str, str]:
    """What a substitution may name in braces."""
    store, profile = drill.store, drill.profile
    return {
        "bucket": store.bucket,
        "chart": chart_of(profile.chart),
        "cluster": drill.target.name,
        "credentials_file": str(store.credentials_file),
        "endpoint": store.internal_endpoint,
        "namespace": profile.namespace,
        "region": store.region,
        "release": profile.release,
        "version": profile.version,
    }


def replacements(terms: Terms, known: dict[str, str]) -> dict[str, str]:
    """Every declared text with what is written instead, the lab's facts filled in."""
    return {
        old: FACT.sub(lambda found: known.get(found[1], found[0]), each.text) for old, each in terms.replace.items()
    }


def shown(terms: Terms, known: dict[str, str]) -> list[str]:
    """Every substitution, and every heading left out, as a report shows it."""
    made = replacements(terms, known)
    lines = [f"{old} of the page is {new or 'nothing'}: {terms.replace[old].because}" for old, new in made.items()]
    return lines + [f"not run, under {heading!r}: {reason}" for heading, reason in terms.leave_out.items()]


def order_for(page: Page, terms: Terms, reports: Path, command: Sequence[str]) -> Order:
    """The order to perform a page; its title is the page's first heading.

    Raises:
        PlanError: there is no such profile.
    """
    title = page.headings[0].text if page.headings else page.path.name
    plan = Plan(
        apiVersion="hopsdrill/v1",
        kind="DrillPlan",
        name=name_of(page),
        title=f"{title} (a runbook, as it is written)",
        hypothesis="Whoever follows the page block by block, with nothing but the substitutions shown, gets to its end.",
        binding="",
        features=[str(page.path)],
        target=terms.target,
        profile=terms.profile,
        schedule=terms.schedule,
        objectives=Objectives(
            **{name: Objective(within=within, source=NOT_JUDGED) for name, within in PROPOSED.items()}
        ),
        governance=terms.governance,
        exclusions=terms.exclusions,
    )
    return Order(
        plan,
        page.path,
        profile_of(terms),
        reports,
        command,
        substitutions=lambda drill: shown(terms, facts(drill)),
    )


def name_of(page: Page) -> str:
    """The name of a page's drill: lower case and dashes, and ``runbook`` first."""
    words = re.sub(r"[^a-z0-9]+", "-", page.path.stem.lower()).strip("-")
    return (words if words.startswith("runbook") else f"runbook-{words}")[:40].rstrip("-")


def profile_of(terms: Terms) -> Profile:
    """The platform's names."""
    return load_given_profile(terms.profile)

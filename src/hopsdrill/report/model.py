"""The shape of ``report.json``: schema ``hopsdrill.report/v1``."""

from typing import Literal

from hopsdrill.model.base import Model
from hopsdrill.model.events import StandIn
from hopsdrill.report.accounts import Measure
from hopsdrill.report.fields import Fields
from hopsdrill.report.gap import Gap, Text


SCHEMA = "hopsdrill.report/v1"


class Summary(Model):
    """The first screen: what a manager asks, in the order of asking.

    Attributes:
        objectives: each objective once, where it was kept worst.
    """

    recovered: str
    objectives: list[Measure] | Gap
    backup: Text
    time: Text
    loss: Text
    decision: str
    next_drill: Text
    rerun: Text


class Report(Model):
    """A whole report. What was not covered and what stood in come first, then the answers, then the 32 fields.

    Attributes:
        verdict: absent when the drill was not conducted.
        exit_codes: all that hold, the one that counts first.
    """

    schema_version: Literal["hopsdrill.report/v1"] = "hopsdrill.report/v1"
    verdict: str | None
    headline: str
    meaning: str
    exit_code: int
    exit_codes: list[int]
    run_id: str
    title: str
    not_covered: list[str] | Gap
    stand_ins: list[StandIn] | Gap
    substitutions: list[str] | Gap
    summary: Summary
    fields: Fields

    def to_json(self) -> str:
        """The text of ``report.json``: keys in the order of the schema."""
        return self.model_dump_json(indent=1) + "\n"

"""What is promised about disaster recovery, statement by statement."""

from typing import Literal

from pydantic import Field, model_validator

from hopsdrill.model.base import Model


Grade = Literal["real component", "stand-in from source", "our invention"]


class Statement(Model):
    """One promise.

    Attributes:
        id: also the tag of the scenarios that prove it.
        negative: a scenario with the wrong input or the broken state is wanted too.
        grade: how the lab proves it.
        because: why it has this grade.
        held: why it cannot be proved yet; empty when it can.
    """

    id: str = Field(pattern=r"^HDR-\d\d$")
    text: str
    negative: bool
    grade: Grade
    because: str
    held: str = ""


class Statements(Model):
    """All of them, in order, each once."""

    statements: list[Statement]

    @model_validator(mode="after")
    def _in_order(self) -> "Statements":
        ids = [each.id for each in self.statements]
        if ids != sorted(set(ids)):
            msg = "the statements are not in order, or one is there twice"
            raise ValueError(msg)
        return self

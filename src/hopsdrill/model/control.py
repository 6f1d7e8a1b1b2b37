"""What standards ask of backups and recovery tests, and which evidence of a drill speaks to it."""

from typing import Literal

from pydantic import Field, model_validator

from hopsdrill.model.base import Model


Objective = Literal["rto", "rpo", "rpo-worst-case"]
KINDS = ("proofs", "actions", "objectives", "fields")


class Need(Model):
    """One piece of evidence, of exactly one kind.

    Attributes:
        text: what it shows, in a few words.
        proofs: one of them must have been recorded, and all of them that were planned must have passed.
        actions: one of them must have been probed, and all of them that were planned must have taken effect.
        objectives: each must have been measured, and met wherever it was.
        fields: dotted paths into the report's fields; none may be a gap. What people wrote into the plan, so it proves nothing alone.
        statements: the promises about disaster recovery whose scenarios record it.
    """

    text: str = Field(min_length=1)
    proofs: list[str] = Field(default_factory=list)
    actions: list[str] = Field(default_factory=list)
    objectives: list[Objective] = Field(default_factory=list)
    fields: list[str] = Field(default_factory=list)
    statements: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> "Need":
        given = [kind for kind in KINDS if getattr(self, kind)]
        if len(given) != 1:
            msg = f"needs exactly one of {', '.join(KINDS)}; it has {' and '.join(given) or 'none'}"
            raise ValueError(msg)
        return self

    @property
    def seen(self) -> bool:
        """Something that was seen to happen, not something that was written down."""
        return not self.fields


class Duty(Model):
    """Something a standard asks for.

    Attributes:
        id: as the standard numbers it.
        asks: what it asks, in own words.
    """

    id: str = Field(min_length=1)
    asks: str = Field(min_length=1)


class Control(Duty):
    """A duty that a drill gives evidence for.

    Attributes:
        needs: names of the evidence that speaks to it; at least one of it was seen to happen.
        remains: what of the duty a drill cannot show, and somebody has to show otherwise.
    """

    needs: list[str] = Field(min_length=1)
    remains: str = Field(min_length=1)


class Uncovered(Duty):
    """A duty near by that no drill gives evidence for, and why."""

    because: str = Field(min_length=1)


class Standard(Model):
    """One standard: which of its duties a drill speaks to, and which of those near by it does not."""

    title: str = Field(min_length=1)
    controls: list[Control] = Field(min_length=1)
    not_covered: list[Uncovered] = Field(min_length=1)

    @property
    def duties(self) -> list[Duty]:
        """All of them, in order."""
        return [*self.controls, *self.not_covered]


class Controls(Model):
    """The whole mapping."""

    needs: dict[str, Need]
    standards: list[Standard] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "Controls":
        wrong = [*self._twice(), *self._unknown(), *self._unused(), *self._on_paper()]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _twice(self) -> list[str]:
        places = [f"{each.title} {one.id}" for each in self.standards for one in [*each.controls, *each.not_covered]]
        return [f"{place} is there twice" for place in sorted({each for each in places if places.count(each) > 1})]

    def _unknown(self) -> list[str]:
        return [
            f"{each.title} {control.id} needs {name!r}, which is not among the needs"
            for each in self.standards
            for control in each.controls
            for name in control.needs
            if name not in self.needs
        ]

    def _unused(self) -> list[str]:
        used = {name for each in self.standards for control in each.controls for name in control.needs}
        return [f"the need {name!r} is used by no control" for name in self.needs if name not in used]

    def _on_paper(self) -> list[str]:
        return [
            f"{each.title} {control.id} needs nothing that was seen to happen, only fields"
            for each in self.standards
            for control in each.controls
            if not any(self.needs[name].seen for name in control.needs if name in self.needs)
        ]

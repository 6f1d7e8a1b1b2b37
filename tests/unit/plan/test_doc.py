"""The page of a platform profile's fields."""

from pathlib import Path

import pytest

from hopsdrill.model.base import Model
from hopsdrill.model.profile import Profile
from hopsdrill.plan.doc import meanings, page, sections
from hopsdrill.plan.loader import load_named_profile


PUBLISHED = Path(__file__).parents[3] / "docs" / "reference" / "profile.md"
MODELS = [model for _, model in sections(Profile)]


def test_published_page_is_current():
    """Run ``python -m hopsdrill.plan.doc > docs/reference/profile.md`` when this fails."""
    assert PUBLISHED.read_text() == page()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_its_meaning(model):
    """In the docstring of its class, by its name; and no meaning is of a field that is not there."""
    assert set(meanings(model)) == set(model.model_fields)


@pytest.mark.parametrize("field", ["restore_values", "refusals"])
def test_the_keys_that_a_drill_asks_for_are_named(field):
    """Those of the stand-in's profile, which has them all."""
    keys = getattr(load_named_profile("hopsworks-standin"), field)
    assert [key for key in keys if f"``{key}``" not in meanings(Profile)[field]] == []


def test_the_walk_finds_models_at_any_depth():
    """The database's log, too, which stands in a section that may be left out."""
    assert "rondb.consistency_log" in dict(sections(Profile))


def test_a_field_without_meaning_is_found():
    """One that only another's text mentions has none."""

    class Half(Model):
        """Half.

        Attributes:
            one: the first; ``two`` is
                the other.
        """

        one: int
        two: int

    assert meanings(Half) == {"one": "the first; ``two`` is the other."}

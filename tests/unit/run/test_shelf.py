"""A restored platform is handed on only to scenarios that begin with one restored the same way."""

from types import SimpleNamespace

import pytest

from hopsdrill.run.shelf import Shelf


IN_PLACE, ANEW = SimpleNamespace(anew=False), SimpleNamespace(anew=True)


def never():
    """What must not be asked."""
    pytest.fail("made anew although it was there")


def test_what_was_restored_the_same_way_is_handed_on():
    """It is made once a run."""
    shelf = Shelf()
    assert shelf.give(lambda: IN_PLACE, anew=False) is IN_PLACE
    assert shelf.give(never, anew=False) is IN_PLACE


@pytest.mark.parametrize(("left", "made"), [(IN_PLACE, ANEW), (ANEW, IN_PLACE)])
def test_what_was_restored_the_other_way_is_not(left, made):
    """A platform restored over itself says nothing about a new cluster, nor the other way round."""
    shelf = Shelf(left)
    assert shelf.give(lambda: made, anew=made.anew) is made
    assert shelf.recovered is made


def test_what_could_not_be_made_is_not_handed_on():
    """Nor is what was there before."""

    def fails():
        raise RuntimeError

    shelf = Shelf(IN_PLACE)
    with pytest.raises(RuntimeError):
        shelf.give(fails, anew=True)
    assert shelf.recovered is None

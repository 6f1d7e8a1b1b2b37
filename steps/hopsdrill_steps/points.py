"""Recovery points."""

from pytest_bdd import given

from hopsdrill.plan.declare import declares
from hopsdrill.run.points import Points
from hopsdrill_steps.backup import BACK_UP
from hopsdrill_steps.data import CHANGE, CHANGE_CONTENTS, LOAD, LOAD_CONTENTS, RENEW
from hopsdrill_steps.platform import INSTALL


MAKE_POINTS = [RENEW, INSTALL, *LOAD, *LOAD_CONTENTS, *BACK_UP, *CHANGE, *CHANGE_CONTENTS]


@given("two recovery points, an older and a newer, that differ in every store")
@declares(operations=MAKE_POINTS)
def two_points(points: Points) -> None:
    """Made once a run; they are shared by scenarios."""
    del points

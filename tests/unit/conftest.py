"""Settings of the unit tests."""

import pytest
from hypothesis import HealthCheck, settings

from hopsdrill.core.redact import REDACTOR


# how long an example takes says something of the machine, not of the code
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@pytest.fixture(autouse=True, scope="module")
def no_foreign_secrets():
    """A short secret that another module's test made known may stand in a time stamp's random bytes by chance."""
    REDACTOR.__init__()

"""Values of installs and restores."""

from types import SimpleNamespace

import pytest

from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery import values
from hopsdrill.recovery.restore import Request


PROFILE = load_named_profile("hopsworks-standin")


@pytest.fixture
def site():
    """As much of a site as values need."""
    ref = SimpleNamespace(internal_endpoint="http://store:9000", bucket="b", region="r")
    return SimpleNamespace(profile=PROFILE, schedule="@weekly", store=SimpleNamespace(ref=ref))


def asked(site, *words):
    """The restore block of a request."""
    return Request(*words).values(site)["global"]["_hopsworks"].get("restoreFromBackup")


def test_the_profiles_names_are_filled_in(site):
    """No placeholder is left, and the profile itself is not changed."""
    made = values.platform_values(site)["global"]["_hopsworks"]
    assert made["managedObjectStorage"]["s3"] == {
        "bucket": {"name": "b"},
        "endpoint": "http://store:9000",
        "region": "r",
    }
    assert made["backups"] == {"enabled": True, "schedule": "@weekly"}
    assert PROFILE.values["global"]["_hopsworks"]["backups"]["schedule"] == "{schedule}"


def test_a_restore_asks_with_the_pages_three_values(site):
    """The ID stays a text."""
    assert asked(site, "254811200", True, True) == {"backupId": "254811200", "inPlace": True, "forceDataClear": True}


def test_what_is_not_asked_for_is_left_out(site):
    """None is not false: the value is absent."""
    assert asked(site, None, True, None) == {"inPlace": True}
    assert asked(site, None, None, None) is None

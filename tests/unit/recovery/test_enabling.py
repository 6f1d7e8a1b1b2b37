"""What must be so before backups are enabled."""

from types import SimpleNamespace

import pytest

from hopsdrill.core.errors import PreconditionError
from hopsdrill.model.lab import StoreRef
from hopsdrill.plan.loader import load_named_profile
from hopsdrill.recovery import enabling


PROFILE = load_named_profile("hopsworks-standin")
VERSIONS = {"own": "Enabled", "suspended": "Suspended", "plain": ""}
REF = StoreRef(endpoint="http://s", internal_endpoint="http://s", bucket="own", region="r", credentials_file="/nowhere")


@pytest.fixture
def site():
    """As much of a site as is asked; a bucket's versioning is by its name."""
    store = SimpleNamespace(ref=REF, other=lambda name: SimpleNamespace(versioning=lambda: VERSIONS[name]))
    return SimpleNamespace(profile=PROFILE, schedule="@weekly", store=store)


CASES = {
    "other storage": (
        {"provider": "AZURE"},
        "S3-compatible object storage only; hopsfs.objectStorage.provider is 'AZURE'",
    ),
    "no expression": ({"schedule": "61 * * * *"}, "'61 \\* \\* \\* \\*' is no backup schedule"),
    "never versioned": ({"bucket": "plain"}, "bucket plain keeps no object versions .versioning: never set."),
    "suspended": ({"bucket": "suspended"}, "versioning: Suspended"),
    "own check off": ({"bucket": "plain", "checks_versions": False}, "keeps no object versions"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_work_is_refused_by_its_values(site, case):
    """Whatever the release would do."""
    wanted, said = CASES[case]
    with pytest.raises(PreconditionError, match=said) as refused:
        enabling.require_enablable(site, enabling.backup_values(site, **wanted))
    assert "nothing was touched" in refused.value.hint


def test_what_can_work_passes(site):
    """The platform's own values, and any at all while backups are off."""
    enabling.require_enablable(site, enabling.backup_values(site))
    enabling.require_enablable(site, enabling.backup_values(site, provider="S3", schedule="* * * * *", bucket="own"))
    enabling.require_enablable(site, enabling.backup_values(site, enabled=False, bucket="plain", provider="GCS"))


def test_a_value_the_profile_does_not_know_is_asked_for(site):
    """Not guessed."""
    site.profile = PROFILE.model_copy(update={"backup_values": {}})
    with pytest.raises(PreconditionError, match="by which value 'provider'"):
        enabling.backup_values(site, provider="GCS")

"""What was configured or refused counts only when it was seen."""

import judged

from hopsdrill.run import configuration, refused
from hopsdrill.run.refused import Refused


NAMES = [
    *(each.cronjob for each in judged.PROFILE.recorded.values()),
    "k8s-backups-main",
    "k8s-backups-users-resources",
]


def scheduled(**but):
    """The proof, when everything carries the schedule but for these."""
    site = judged.site()
    configuration.prove_scheduled(site, {**dict.fromkeys(NAMES, "@weekly"), **but})
    return site.proofs["backups-are-configured"]


def test_one_cronjob_or_schedule_that_is_absent_or_has_another_schedule_is_named():
    """Else all is well."""
    assert scheduled() == (True, [])
    assert scheduled(**{"k8s-backups-main": "absent"}) == (False, ["k8s-backups-main: absent"])
    assert scheduled(**{NAMES[1]: "@daily"}) == (False, [f"{NAMES[1]}: @daily"])


def test_something_that_takes_backups_although_they_are_off_is_named(monkeypatch):
    """By its name and schedule."""
    site = judged.site()
    monkeypatch.setattr(configuration, "schedules", lambda _: {NAMES[0]: "absent", NAMES[1]: "@weekly"})
    configuration.prove_absent(site)
    assert site.proofs["nothing-takes-backups"] == (False, [f"{NAMES[1]}: @weekly"])


def test_a_refusal_needs_its_own_reason():
    """Let pass, or refused for something else, is red."""
    site = judged.site()
    for said, passed in (("", False), ("no release", False), ("it keeps no object versions", True)):
        refused.prove_refused(site, said, "keeps no object versions")
        assert site.proofs["refused-before-anything-was-asked"][0] is passed


def test_what_a_refusal_touched_is_named(monkeypatch):
    """A pod that was replaced, a revision, a Schedule, an object in the scenario's bucket."""
    site = judged.site()
    before = {"release": "(1, 'deployed')", "pod a": "1"}
    monkeypatch.setattr(refused, "state", lambda _: {"release": "(2, 'failed')", "pod b": "2"})
    monkeypatch.setattr(refused, "_lying", lambda *_: ["something was written"])
    refused.prove_untouched(site, Refused({}, "", before, "bucket"))
    passed, lines = site.proofs["nothing-was-touched"]
    assert not passed
    assert lines == [
        "pod a: 1 before, absent after",
        "pod b: absent before, 2 after",
        "release: (1, 'deployed') before, (2, 'failed') after",
        "bucket bucket: something was written",
    ]


def test_the_platforms_own_refusal_is_known_by_its_words():
    """Another error is not it."""
    site = judged.site()
    for said, passed in (("values are wrong", False), ("at '/objectStorage.provider': value must be", True)):
        refused.prove_platform(site, "other-provider", said)
        assert site.proofs["platform-refuses-it-too"][0] is passed

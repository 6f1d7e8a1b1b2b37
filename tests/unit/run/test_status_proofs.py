"""A status counts as partial only with the right service, level and reason."""

from types import SimpleNamespace

import judged
import pytest

from hopsdrill.core.errors import VerificationError
from hopsdrill.recovery.status import Finding, Level, Service, Status
from hopsdrill.recovery.status.model import whole
from hopsdrill.run import misconfigured, status
from hopsdrill.run.misconfigured import Fault
from hopsdrill.run.status import Told


FAULT = Fault("rondb", Level.PARTIAL, "is suspended", lambda _: None)
SUSPENDED = Finding(Level.PARTIAL, "CronJob x is suspended: no backup", "resume it")


def told(monkeypatch, proves, *, findings=(), **levels):
    """Whether the proof passes when the services have these levels, ``rondb`` these findings."""
    site = judged.site()
    services = {name: Service(level) for name, level in status.levels(judged.PROFILE, **levels).items()}
    services["rondb"] = Service(services["rondb"].level, {}, tuple(findings))
    monkeypatch.setattr(status, "SEEN_S", 0.0)
    monkeypatch.setattr(status, "status", lambda *_: Status(whole(services), services))
    proves(site)
    return next(iter(site.proofs.values()))[0]


def partial(site):
    """The proof of the negative."""
    misconfigured.prove_partial(site, FAULT, Told(None))


def enabled(site):
    """The proof of the positive."""
    status.prove_enabled(site, Told(None))


def test_partial_with_service_and_reason_passes(monkeypatch):
    """And nothing else does."""
    assert told(monkeypatch, partial, rondb=Level.PARTIAL, findings=[SUSPENDED])


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"rondb": Level.PARTIAL, "findings": [Finding(Level.PARTIAL, "another reason", "mend it")]},
        {"rondb": Level.PARTIAL, "findings": [Finding(Level.PARTIAL, "is suspended", "")]},
        {"rondb": Level.DISABLED, "findings": [SUSPENDED]},
        {"rondb": Level.PARTIAL, "opensearch": Level.PARTIAL, "findings": [SUSPENDED]},
    ],
)
def test_no_fault_another_reason_no_cure_another_level_or_service_is_red(monkeypatch, seen):
    """Each for itself."""
    assert not told(monkeypatch, partial, **seen)


def test_enabled_is_enabled_for_every_service(monkeypatch):
    """One that is not makes it red."""
    assert told(monkeypatch, enabled)
    assert not told(monkeypatch, enabled, kubernetes=Level.UNKNOWN)


def test_an_unknown_misconfiguration_lists_the_known_ones(monkeypatch):
    """Before anything is done."""
    site = judged.site(store=SimpleNamespace(ref=SimpleNamespace(bucket="b")), kube=SimpleNamespace(patch=None))
    with pytest.raises(VerificationError, match="no misconfiguration 'nothing'") as error:
        misconfigured.misconfigure(site, "nothing", Told(None), None)
    assert "the users' Schedule is paused" in error.value.hint

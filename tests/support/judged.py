"""What a step has recorded, for tests of its proofs: a site that is only a recorder, a profile and what a test puts in."""

from contextlib import contextmanager
from types import SimpleNamespace

from hopsdrill.plan.loader import load_named_profile


PROFILE = load_named_profile("hopsworks-standin")


def site(**more):
    """A site whose recorder keeps every proof in ``proofs``: ``{name: (passed, differences)}``."""
    proofs = {}

    def proof(name, *, passed, differences=(), **_):
        proofs[name] = (passed, list(differences))
        return passed

    @contextmanager
    def operation(*_, **__):
        yield SimpleNamespace(text="", evidence=[])

    recorder = SimpleNamespace(proof=proof, keep=lambda *_: "digest", operation=operation, action=lambda *_, **__: None)
    names = {"profile": PROFILE, "schedule": "@weekly", "namespace": PROFILE.namespace, "recorder": recorder}
    return SimpleNamespace(**names, proofs=proofs, **more)

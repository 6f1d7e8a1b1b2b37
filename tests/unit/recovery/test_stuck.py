"""Pods that cannot come up by themselves any more, and those that still can."""

import pytest

from hopsdrill.recovery.stuck import EVERY_S, LASTING_S, RESTARTS, Stuck


READY = [{"type": "Ready", "status": "True"}]
NOT_FOUND = "failed to resolve reference: registry.example/a:1: not found"
NO_ANSWER = "dial tcp 10.0.0.1:443: i/o timeout"


def pod(  # noqa: PLR0913 - what a pod may say
    name, reason="", message="", *, restarts=0, init=False, owner="ReplicaSet", phase="Pending", ready=False
):
    """A pod as the API gives it; with a reason, one container of it waits."""
    state = {"waiting": {"reason": reason, "message": message}} if reason else {"running": {}}
    container = {
        "name": "main",
        "restartCount": restarts,
        "state": state,
        "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}} if restarts else {},
    }
    kind = "initContainerStatuses" if init else "containerStatuses"
    return {
        "metadata": {"name": name, "uid": f"uid-{name}", "ownerReferences": [{"kind": owner}]},
        "status": {"phase": phase, kind: [container], "conditions": READY if ready else []},
    }


def told(*looks, after=LASTING_S):
    """What the last of several looks says; ``after`` seconds lie between two."""
    times, found = iter([n * after for n in range(len(looks))]), iter(looks)
    stuck = Stuck(lambda: next(found), clock=lambda: next(times))
    return [stuck() for _ in looks][-1]


def crashes(counts, *others, **more):
    """Looks at a pod that was restarted so often each time, beside others."""
    return [[pod("api", "CrashLoopBackOff", "back-off", restarts=n, **more), *others] for n in counts]


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_what_kubernetes_does_not_try_again_is_stuck_at_once(reason):
    """Whatever else is on its way."""
    said = told([pod("api", reason, "no"), pod("other")])
    assert said == f"container main of pod api is in {reason}: no"


def test_a_container_that_crashes_is_stuck_after_some_restarts():
    """Counted from when the wait saw it first; the message says how often, and how it ended last."""
    assert told(*crashes([0, RESTARTS - 1])) is None
    said = told(*crashes([0, RESTARTS]))
    assert (
        said
        == "container main of pod api is in CrashLoopBackOff after 5 restarts; it ended last with exit code 3, Error"
    )
    assert told(*crashes([0, RESTARTS], init=True)) == said


def test_restarts_from_before_the_wait_do_not_count():
    """A pod may have crashed a month ago, and for the first time again now."""
    assert told(*crashes([7, 8])) is None
    assert told(*crashes([7, 7 + RESTARTS]))


@pytest.mark.parametrize(
    "other",
    [pod("db"), pod("load", owner="Job", ready=True, phase="Running")],
    ids=["not ready yet", "a Job at work"],
)
def test_while_something_is_on_its_way_a_crash_may_mend(other):
    """The container may be waiting for just that."""
    assert told(*crashes([0, 50], other)) is None


@pytest.mark.parametrize(
    "other",
    [
        pod("db", ready=True),
        pod("load", owner="Job", phase="Succeeded"),
        pod("load", owner="Job", phase="Failed"),
        pod("web", "ErrImageNeverPull"),
    ],
    ids=["ready", "complete", "failed", "stuck too"],
)
def test_when_nothing_is_on_its_way_any_more_it_does_not(other):
    """What is ready, over or stuck mends nobody."""
    assert "CrashLoopBackOff" in told(*crashes([0, RESTARTS], other))


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("ImagePullBackOff", NOT_FOUND),
        ("ErrImagePull", "pull access denied, repository does not exist"),
        ("ErrImagePull", "dial tcp: lookup registry.example: no such host"),
        ("CreateContainerConfigError", 'secret "mysql" not found'),
    ],
)
def test_what_is_lacking_for_a_minute_is_stuck(reason, message):
    """Not at first sight: what is lacking may be made a moment later."""
    looks = [[pod("api", reason, message)], [pod("api", reason, message)]]
    assert told(*looks, after=LASTING_S - 1) is None
    assert told(*looks).endswith(f"is in {reason}: {message}")
    assert told(*[[*look, pod("db")] for look in looks]) is None


def test_a_pull_that_alternates_between_its_two_reasons_is_one_trouble():
    """The kubelet says ErrImagePull while it tries and ImagePullBackOff in between."""
    assert told([pod("a", "ErrImagePull", NOT_FOUND)], [pod("a", "ImagePullBackOff", NOT_FOUND)])


def test_a_registry_that_does_not_answer_may_come_back():
    """Neither the first time nor much later."""
    look = [pod("a", "ImagePullBackOff", NO_ANSWER)]
    assert told(look, look, look, look) is None


def test_a_pod_that_is_well_or_only_starts_is_no_trouble():
    """Creating a container takes its time."""
    look = [pod("a", "ContainerCreating"), pod("b", "PodInitializing"), pod("c", ready=True)]
    assert told(look, look, look) is None


def test_the_pods_are_not_listed_at_every_look():
    """A wait looks five times a second; this is dearer."""
    listed, times = [], iter([0.0, EVERY_S / 2, EVERY_S])
    stuck = Stuck(lambda: listed.append(1) or [], clock=lambda: next(times))
    for _ in range(3):
        stuck()
    assert len(listed) == 2

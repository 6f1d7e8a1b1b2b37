"""The hourly filter: which namespaces are projects, and what the Schedule is told."""

import json

import pytest
from standin import clients, kube, namespaces
from standin.say import StandinError


def namespace(name, *, leaving=False):
    """A namespace as the API gives it."""
    return {"metadata": {"name": name, **({"deletionTimestamp": "2026-01-01T00:00:00Z"} if leaving else {})}}


def test_projects_are_what_is_labelled_not_excluded_and_stays():
    """Sorted, so that the same projects are the same list."""
    found = [namespace("b"), namespace("a"), namespace("default"), namespace("old", leaving=True)]
    assert namespaces.projects(found, ["default", ""]) == ["a", "b"]


def test_no_project_is_never_an_empty_list():
    """To Velero that would be every namespace by accident; the field goes, and the exclusions count."""
    assert namespaces.wanted([]) is None
    assert namespaces.wanted(["a"]) == ["a"]


@pytest.fixture
def cluster(monkeypatch):
    """A cluster of one Schedule: what it includes, the projects there are, and what was patched."""
    state = {"included": None, "projects": [], "patched": []}

    def get(*words, within=None):
        template = {"excludedNamespaces": ["default"], "storageLocation": "bsl"}
        template |= {"includedNamespaces": state["included"]} if state["included"] else {}
        return None if state["included"] == "no schedule" else {"spec": {"template": template}}

    monkeypatch.setattr(kube, "get", get)
    monkeypatch.setattr(kube, "items", lambda *_: [namespace(each) for each in state["projects"]])
    monkeypatch.setattr(kube, "kubectl", lambda *words, within=None: state["patched"].append((words, within)))
    for name, value in {
        "USERS_SCHEDULE": "users",
        "VELERO_NAMESPACE": "velero",
        "PROJECT_SELECTOR": "project",
        "EXCLUDED_NAMESPACES": "hopsworks",
    }.items():
        monkeypatch.setenv(name, value)
    return state


@pytest.mark.parametrize(
    ("before", "projects", "patched"),
    [
        (None, ["b", "a", "hopsworks"], ["a", "b"]),
        (["a"], ["a", "b"], ["a", "b"]),
        (["*"], ["a"], ["a"]),
        (["a"], ["default"], None),
    ],
)
def test_only_the_one_field_is_written(cluster, before, projects, patched):
    """A merge patch of includedNamespaces; null takes it away."""
    cluster.update(included=before, projects=projects)
    namespaces.rewrite()
    ((words, within),) = cluster["patched"]
    assert within == "velero"
    assert words[:4] == ("patch", "schedules.velero.io", "users", "--type=merge")
    assert json.loads(words[-1]) == {"spec": {"template": {"includedNamespaces": patched}}}


@pytest.mark.parametrize(("before", "projects"), [(["a", "b"], ["b", "a"]), (None, [])])
def test_what_is_right_already_is_left_alone(cluster, before, projects):
    """No patch without a difference."""
    cluster.update(included=before, projects=projects)
    namespaces.rewrite()
    assert cluster["patched"] == []


def test_a_missing_schedule_is_an_error(cluster):
    """With where it comes from."""
    cluster["included"] = "no schedule"
    with pytest.raises(StandinError, match=r"no Schedule users in namespace velero; .*backup is enabled"):
        namespaces.rewrite()


def test_a_deployments_pods_are_found_by_its_own_selector():
    """All labels, in a fixed order."""
    found = {"spec": {"selector": {"matchLabels": {"b": "2", "a": "1"}}}}
    assert clients.selector(found) == "a=1,b=2"


def test_a_deployment_that_is_not_installed_is_passed_over(monkeypatch):
    """Nothing is scaled."""
    monkeypatch.setattr(kube, "get", lambda *_: None)
    monkeypatch.setattr(kube, "kubectl", lambda *_: pytest.fail("nothing to scale"))
    clients.stop_deployment("onlinefs")


def test_pods_that_do_not_go_are_an_error_that_names_them(monkeypatch):
    """After the time that is allowed."""
    monkeypatch.setenv("NAMESPACE", "hopsworks")
    monkeypatch.setattr(clients, "POD_SECONDS", 0)
    monkeypatch.setattr(clients, "PAUSE", 0)
    monkeypatch.setattr(kube, "get", lambda *_: {"spec": {"selector": {"matchLabels": {"app": "onlinefs"}}}})
    monkeypatch.setattr(kube, "items", lambda *_: [namespace("onlinefs-abc")])
    monkeypatch.setattr(kube, "kubectl", lambda *_: "")
    with pytest.raises(StandinError, match="still there: onlinefs-abc"):
        clients.stop_deployment("onlinefs")

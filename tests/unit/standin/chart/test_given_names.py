"""Names that the chart gives to programs by the environment."""

import pytest
from standin import clients, hooks, kube, metadata
from standin.hopsfs import shutdown
from standin.olk import api as olk
from standin.registry import api as registry
from standin.say import StandinError
from standin.volume import node_id


def test_the_deployment_that_is_shut_down_is_the_charts(monkeypatch):
    """Not one of a known name."""
    stopped = []
    monkeypatch.setattr(hooks, "refuse_second_restore", lambda _: None)
    monkeypatch.setattr(hooks, "remove_unfinished_jobs", lambda: None)
    monkeypatch.setattr(clients, "stop_deployment", stopped.append)
    monkeypatch.setenv("DEPLOYMENT", "filefront")
    shutdown.run("254811200")
    assert stopped == ["filefront"]


def test_the_record_carries_the_label_that_the_chart_gives(monkeypatch):
    """It is looked for and made by that label."""
    asked, made = [], []
    monkeypatch.setenv("METADATA_APP", "dump-index")
    monkeypatch.setattr(kube, "items", lambda *words: asked.append(words[-1]) or [])
    monkeypatch.setattr(kube, "create", made.append)
    assert metadata.active_map("rondb", "db-dump-index") == "db-dump-index"
    assert asked == ["app=dump-index,service=rondb,managed-by=cronjob"]
    labels = {"app": "dump-index", "service": "rondb", "managed-by": "cronjob", "active": "active"}
    assert made[0]["metadata"] == {"name": "db-dump-index", "labels": labels}


@pytest.mark.parametrize("where", [olk.url, registry.host, lambda: metadata.labels("rondb")])
def test_a_name_the_chart_does_not_give_is_an_error(monkeypatch, where):
    """And never a guess."""
    for name in ("OPENSEARCH_URL", "REGISTRY", "METADATA_APP"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StandinError, match="the chart's template has to give it"):
        where()


@pytest.mark.parametrize(("pod", "node"), [("node-group-0-1", 2), ("rowstore-1-0", 4)])
def test_a_data_nodes_number_comes_from_the_end_of_its_name(pod, node):
    """Whatever it begins with."""
    assert node_id(pod) == node

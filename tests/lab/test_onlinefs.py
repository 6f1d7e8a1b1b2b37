"""Rows from Kafka to the online store, on the real thing: two sub-charts of the stand-in by themselves."""

import json
import re
import textwrap

import pytest
import yaml

from hopsdrill.adapters.kubectl import Kubectl
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import program


CHARTS = data_dir("charts") / "hopsworks-standin"
NAMESPACE, TOPIC = "labtest-onlinefs", "fraud_onlinefs"
MAKE = """
CREATE DATABASE fraud_featurestore;
CREATE TABLE fraud_featurestore.transactions (id BIGINT NOT NULL PRIMARY KEY, label VARCHAR(20), embedding VARBINARY(8));
"""
PRODUCE = """
import json, sys
from confluent_kafka import Producer
producer = Producer({"bootstrap.servers": "kafka:9092"})
for line in sys.stdin:
    key, value = json.loads(line)
    producer.produce("fraud_onlinefs", key=key, value=value)
assert producer.flush(30) == 0
"""


class Pods:
    """Programs in the pods of one namespace."""

    def __init__(self, kubectl):
        self.kubectl = kubectl

    def call(self, *words, check=True, given=None, seconds=90):
        """Run kubectl in the namespace."""
        return self.kubectl.call("--namespace", NAMESPACE, *words, timeout=seconds, check=check, input_text=given)

    def standin(self, *words, given=None, check=True):
        """Run a program in a pod that has the image's programs, and stays while the consumer goes."""
        head = ("exec", "--stdin", "node-group-0-0", "--container=ndbmtd", "--", "env", "KAFKA_BOOTSTRAP=kafka:9092")
        return self.call(*head, *words, given=given, check=check)

    def sql(self, text):
        """Run statements as root, over the server's own socket; gives what they print."""
        client = 'unset MYSQL_HOST; MYSQL_PWD="$MYSQL_PASSWORD" exec mariadb --user=root --socket=/run/standin/server.sock --batch -N'
        return self.standin("sh", "-c", client, given=text).stdout.strip()

    def produce(self, messages):
        """Send messages, given as key and value; texts are sent as they are, everything else as JSON."""
        lines = [
            json.dumps([part if isinstance(part, str) else json.dumps(part) for part in each]) for each in messages
        ]
        self.standin("python3", "-c", textwrap.dedent(PRODUCE), given="\n".join(lines))

    def wait_rows(self, label, count):
        """Wait until as many rows carry a label."""
        query = f"SELECT COUNT(*) FROM fraud_featurestore.transactions WHERE label = '{label}'"  # noqa: S608 - labels of our own
        wait_for(
            lambda: self.sql(query), what=f"{count} rows labelled {label}", until=lambda n: n == str(count), deadline=60
        )

    def consumer(self, replicas):
        """Start or stop the consumer and wait for it."""
        self.call("scale", "deployment/onlinefs", f"--replicas={replicas}")
        if replicas:
            self.call("rollout", "status", "deployment/onlinefs", "--timeout=60s")
        else:
            self.call("wait", "--for=delete", "pod", "--selector=app=onlinefs", "--timeout=60s")


def row(number, label, **more):
    """An upsert: key and value."""
    value = {"database": "fraud_featurestore", "table": "transactions", "row": {"id": number, "label": label, **more}}
    return {"id": number}, {**value, "op": "upsert"}


@pytest.fixture(scope="module")
def pods(lab, kube, tmp_path_factory):
    """Database, broker and consumer, without backups."""
    ref = lab.clusters["drill"]
    given = yaml.safe_load((CHARTS / "values.yaml").read_text(encoding="utf-8"))["global"]
    given["_hopsworks"]["backups"]["enabled"] = False
    values = tmp_path_factory.mktemp("onlinefs") / "values.yaml"
    values.write_text(yaml.safe_dump({"global": given}), encoding="utf-8")
    kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    where = [
        "--namespace",
        NAMESPACE,
        "--kubeconfig",
        ref.kubeconfig,
        "--kube-context",
        ref.context,
        "--values",
        values,
    ]
    topics = ["--set", f"topics[0].name={TOPIC},topics[0].partitions=2"]
    try:
        for chart, more in (("rondb", ["--set", "rondb.clusterSize.activeDataReplicas=1"]), ("kafka", topics)):
            run([program("helm"), "install", chart, CHARTS / "charts" / chart, *where, *more], timeout=60)
        made = Pods(Kubectl(program("kubectl"), ref.kubeconfig, ref.context))
        for pod in ("mysqlds-0", "kafka-0"):
            made.call("wait", "--for=create", f"pod/{pod}", "--timeout=60s")
            made.call("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=120s", seconds=150)
        made.call(
            "wait",
            "--for=condition=complete",
            "job",
            "--selector=app.kubernetes.io/name=kafka-standin",
            "--timeout=60s",
        )
        made.sql(MAKE)
        yield made
    finally:
        kube.delete("v1/Namespace", NAMESPACE)


def test_rows_in_flight_are_replayed_and_a_replay_changes_nothing(pods):
    """Rows arrive; rows produced while the consumer is away wait; what a restore loses comes back by a replay, twice the same."""
    pods.produce([row(number, "first", embedding={"base64": "AAH/"}) for number in range(1, 501)])
    pods.wait_rows("first", 500)
    assert pods.sql("SELECT HEX(embedding) FROM fraud_featurestore.transactions WHERE id = 500") == "0001FF"
    running = pods.standin("standin", "onlinefs-replay", "onlinefs", TOPIC, "earliest", check=False)
    assert running.returncode == 1
    assert re.search(r"group onlinefs still has members .*Stop the consumer first", running.stderr)
    pods.consumer(0)
    pods.produce([row(number, "in flight") for number in range(301, 701)])
    assert pods.sql("SELECT COUNT(*) FROM fraud_featurestore.transactions WHERE label = 'in flight'") == "0"
    pods.consumer(1)
    pods.wait_rows("in flight", 400)
    whole = pods.sql("CHECKSUM TABLE fraud_featurestore.transactions")
    pods.consumer(0)
    pods.sql("DELETE FROM fraud_featurestore.transactions WHERE label = 'in flight'")
    for _ in range(2):
        pods.standin("standin", "onlinefs-replay", "onlinefs", TOPIC, "earliest")
        pods.consumer(1)
        pods.wait_rows("in flight", 400)
        wait_for(
            lambda: pods.sql("CHECKSUM TABLE fraud_featurestore.transactions"),
            what="the table as it was",
            until=lambda s: s == whole,
            deadline=30,
        )
        pods.consumer(0)
    pods.consumer(1)


def test_what_can_never_be_written_is_passed_over_and_counted(pods):
    """Each dead letter is named with its place and reason; the good rows around it are written."""
    wrong = row(9001, "x" * 100)
    nowhere = ({"id": 1}, {"database": "nowhere", "table": "t", "row": {"id": 1}, "op": "upsert"})
    gone = ({"id": 9000}, {"database": "fraud_featurestore", "table": "transactions", "row": {}, "op": "delete"})
    pods.produce(
        [
            row(9000, "gone"),
            ("{}", "no json"),
            wrong,
            nowhere,
            row(9002, "around"),
            gone,
            row(9003, "around", unknown=1),
        ]
    )
    pods.wait_rows("around", 2)
    pods.wait_rows("gone", 0)
    said = pods.call("logs", "deployment/onlinefs").stdout
    for reason in ("the value is not JSON", "Data too long for column 'label'", "there is no table nowhere.t"):
        assert re.search(rf"dead letter {TOPIC}\[\d\]@\d+: .*{re.escape(reason)}", said), said


def test_the_consumer_outlives_its_database(pods):
    """It waits with growing pauses, and what came meanwhile is written."""
    pods.call("delete", "pod", "mysqlds-0", "--wait=false")
    pods.produce([row(number, "meanwhile") for number in range(20_000, 20_100)])
    pods.wait_rows("meanwhile", 100)
    found = pods.kubectl.get("--namespace", NAMESPACE, "pods", "--selector=app=onlinefs")["items"]
    assert [each["status"]["containerStatuses"][0]["restartCount"] for each in found] == [0]

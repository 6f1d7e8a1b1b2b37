"""The engines' images as the charts run them (uid 1000, read-only root, no capabilities), in containers of the lab's engine."""

import contextlib
import http.client
import json
from collections.abc import Iterator

import pytest

from hopsdrill.adapters.credentials import read_credentials
from hopsdrill.adapters.docker import Docker
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import load
from hopsdrill.lab.catalog import catalog


PREFIX = "labtest_engines/"
HARDENED = ("--network", "kind", "--user", "1000:1000", "--read-only", "--cap-drop", "ALL")
TMP = ("--tmpfs", "/tmp:uid=1000,gid=1000,exec")


class Engines:
    """Starts engines by their image's name; everything started is removed at the end."""

    def __init__(self) -> None:
        self.docker, self.images, self.started, self.volumes = Docker(load().docker_host), catalog(), [], []

    def reference(self, image):
        """The image's local name."""
        return self.images.reference(self.images.get(image))

    def volume(self, name, image):
        """An empty volume that user 1000 may write to, as a pod's fsGroup would have it."""
        self.docker.call("volume", "rm", "-f", name)
        self.docker.call("volume", "create", name)
        self.volumes.append(name)
        words = ("--entrypoint", "/bin/chown", "-v", f"{name}:/made", self.reference(image), "1000:1000", "/made")
        self.docker.call("run", "--rm", *words)

    def start(self, image, *command, options=(), name=""):
        """Run an engine in the background; returns its container's name."""
        name = name or f"labtest-{image}"
        self.docker.remove_container(name)
        self.started.append(name)
        words = ("--name", name, "--hostname", name, *HARDENED, *TMP, *options, self.reference(image), *command)
        self.docker.call("run", "-d", *words)
        return name

    def address(self, name):
        """Its address on the lab's network."""
        return self.docker.call(
            "inspect", "--format", "{{.NetworkSettings.Networks.kind.IPAddress}}", name
        ).stdout.strip()

    def wait_ready(self, name, *probe):
        """Wait for a program of the image to say so."""
        look = lambda: self.docker.call("exec", name, *probe, check=False)  # noqa: E731
        wait_for(look, what=f"{name} to be ready", until=lambda seen: seen.returncode == 0, deadline=60, interval=0.3)

    def client(self, script, *program):
        """Run a client of the stand-in platform's image with a script on its standard input; returns what it printed."""
        words = ("run", "--rm", "-i", "--network", "kind", self.reference("standin-programs"), *program)
        return self.docker.call(*words, input_text=script, timeout=60).stdout

    def remove(self):
        """Remove containers and volumes."""
        for name in self.started:
            self.docker.remove_container(name)
        for name in self.volumes:
            self.docker.call("volume", "rm", "-f", name)


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    """The lab's engine."""
    made = Engines()
    yield made
    made.remove()


def ask(method, base, path, body=None):
    """One request with JSON (or lines of JSON) in both directions; returns the code and the answer."""
    data = body if isinstance(body, str) else json.dumps(body) if body is not None else None
    with contextlib.closing(http.client.HTTPConnection(base, timeout=60)) as connection:
        connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.load(answer)


# --- OpenSearch ----------------------------------------------------------------------------------------------------------

READ_KEYS = (
    "read -r AWS_ACCESS_KEY_ID && read -r AWS_SECRET_ACCESS_KEY && export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY"
)
FOLDERS = ("/var/lib/opensearch", "/var/log/opensearch")


@pytest.fixture(scope="module")
def search(engines) -> Iterator[str]:
    """Address of an OpenSearch that has the keys of the lab's bucket; its snapshots are removed at the end."""
    store = load().store
    engines.volume("labtest-conf", "opensearch")
    conf = ("-v", "labtest-conf:/etc/opensearch")
    prepare = ("run", "--rm", "-i", *HARDENED, *TMP, *conf, engines.reference("opensearch"), "bash", "-c")
    keys = "\n".join(read_credentials(store.credentials_file)) + "\n"
    engines.docker.call(*prepare, f"{READ_KEYS} && exec opensearch-prepare", input_text=keys)
    folders = [word for path in FOLDERS for word in ("--tmpfs", f"{path}:uid=1000,gid=1000")]
    options = (*folders, *conf, "-e", f"S3_ENDPOINT={store.internal_endpoint}", "-e", f"S3_REGION={store.region}")
    name = engines.start("opensearch", "opensearch-run", options=options)
    engines.wait_ready(name, "opensearch-ready")
    yield f"{engines.address(name)}:9200"
    ObjectStore(store).delete_prefix(PREFIX)


def test_opensearch_restores_a_deleted_index_from_its_snapshot_in_the_bucket(search):
    """All documents are back, and the snapshot's metadata is kept."""
    settings = {
        "bucket": load().store.bucket,
        "base_path": PREFIX + "search",
        "server_side_encryption_type": "bucket_default",
    }
    assert ask("PUT", search, "/_snapshot/default", {"type": "s3", "settings": settings}) == (
        200,
        {"acknowledged": True},
    )
    ask("PUT", search, "/projects", {"settings": {"number_of_shards": 1, "number_of_replicas": 0}})
    lines = "".join(
        f'{{"index":{{"_id":"{i}"}}}}\n{{"name":"project {i}","embedding":[{i / 7},0.5]}}\n' for i in range(500)
    )
    code, answer = ask("POST", search, "/projects/_bulk?refresh=true", lines)
    assert (code, answer["errors"]) == (200, False)

    wait = "wait_for_completion=true"
    _, made = ask("PUT", search, f"/_snapshot/default/one?{wait}", {"indices": "projects", "metadata": {"id": "2630"}})
    assert made["snapshot"]["state"] == "SUCCESS"
    ask("DELETE", search, "/projects")
    code, back = ask("POST", search, f"/_snapshot/default/one/_restore?{wait}", {"indices": "projects"})
    assert (code, back["snapshot"]["shards"]["failed"]) == (200, 0)
    assert ask("GET", search, "/projects/_count")[1]["count"] == 500
    assert ask("GET", search, "/projects/_doc/499")[1]["_source"] == {
        "name": "project 499",
        "embedding": [499 / 7, 0.5],
    }
    assert ask("GET", search, "/_snapshot/default/one")[1]["snapshots"][0]["metadata"] == {"id": "2630"}


def test_opensearch_is_not_prepared_without_keys(engines):
    """The error names the variable."""
    answer = engines.docker.call(
        "run", "--rm", *HARDENED, engines.reference("opensearch"), "opensearch-prepare", check=False
    )
    assert answer.returncode == 2
    assert "the variable AWS_ACCESS_KEY_ID is empty" in answer.stderr


def test_opensearch_does_not_run_unprepared(engines):
    """Else its snapshots would fail much later."""
    answer = engines.docker.call(
        "run", "--rm", *HARDENED, engines.reference("opensearch"), "opensearch-run", check=False
    )
    assert answer.returncode == 2
    assert "opensearch-prepare must run before" in answer.stderr


# --- Kafka ---------------------------------------------------------------------------------------------------------------

PRODUCE = """
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
where = {"bootstrap.servers": "labtest-kafka:9092"}
admin = AdminClient(where)
for made in admin.create_topics([NewTopic("p_onlinefs", 2, 1)]).values():
    made.result(20)
producer = Producer(where)
for i in range(1000):
    producer.produce("p_onlinefs", f"row {i}", key=str(i))
print(producer.flush(20))
"""
CONSUME = """
import time
from confluent_kafka import Consumer
where = {"bootstrap.servers": "labtest-kafka:9092", "group.id": "onlinefs", "auto.offset.reset": "earliest", "enable.auto.commit": False}
consumer, rows, end = Consumer(where), set(), time.monotonic() + 20
consumer.subscribe(["^.*_onlinefs$"])
while len(rows) < WANTED and time.monotonic() < end:
    message = consumer.poll(0.5)
    if message is not None and not message.error():
        rows.add(message.value())
consumer.commit(asynchronous=False)
print(len(rows), sum(max(0, part.offset) for part in consumer.committed(consumer.assignment(), timeout=10)))
consumer.close()
"""


def test_kafka_keeps_messages_and_offsets_over_a_restart(engines):
    """1000 messages are produced; 400 are consumed before the restart, and exactly the rest after it."""
    engines.volume("labtest-kafka", "kafka")
    options = ("-v", "labtest-kafka:/var/lib/kafka", "-e", "KAFKA_ADVERTISED_INTERNAL=labtest-kafka:9092")
    name = engines.start("kafka", "kafka-run", options=options)
    engines.wait_ready(name, "kafka-ready")
    assert engines.client(PRODUCE, "python3", "-") == "0\n"
    assert engines.client(CONSUME.replace("WANTED", "400"), "python3", "-") == "400 400\n"

    assert engines.docker.call("stop", "-t", "20", name).stdout
    engines.docker.call("start", name)
    engines.wait_ready(name, "kafka-ready")
    assert engines.client(CONSUME.replace("WANTED", "600"), "python3", "-") == "600 1000\n"
    assert engines.docker.call("logs", name).stdout.count("kafka-run: formatting") == 1


# --- registry ------------------------------------------------------------------------------------------------------------

PUSH = """
set -eu
mkdir -p /tmp/image/blobs/sha256
cd /tmp/image
blob() { d=$(sha256sum < $1 | cut -d' ' -f1); s=$(stat -c %s $1); mv $1 blobs/sha256/$d; echo "\\"digest\\":\\"sha256:$d\\",\\"size\\":$s"; }
kind=application/vnd.oci.image
echo "a project's environment" > environment.yml
tar -cf layer environment.yml && rm environment.yml
diff=$(sha256sum < layer | cut -d' ' -f1)
layer=$(blob layer)
echo "{\\"architecture\\":\\"amd64\\",\\"os\\":\\"linux\\",\\"config\\":{},\\"rootfs\\":{\\"type\\":\\"layers\\",\\"diff_ids\\":[\\"sha256:$diff\\"]}}" > config
config=$(blob config)
echo "{\\"schemaVersion\\":2,\\"config\\":{\\"mediaType\\":\\"$kind.config.v1+json\\",$config},\\"layers\\":[{\\"mediaType\\":\\"$kind.layer.v1.tar\\",$layer}]}" > manifest
manifest=$(blob manifest)
echo "{\\"schemaVersion\\":2,\\"manifests\\":[{\\"mediaType\\":\\"$kind.manifest.v1+json\\",$manifest}]}" > index.json
echo '{"imageLayoutVersion":"1.0.0"}' > oci-layout
skopeo copy -q --preserve-digests --insecure-policy --dest-tls-verify=false oci:/tmp/image docker://labtest-registry:5000/project/env:1
echo "$manifest"
skopeo inspect --tls-verify=false docker://labtest-registry:5000/project/env:1
"""


def test_the_registry_takes_an_image_and_gives_it_back_by_digest(engines):
    """A push by skopeo; what it reads back has the digest it pushed."""
    options = ("--tmpfs", "/var/lib/registry:uid=1000,gid=1000", "-e", "AWS_CA_BUNDLE=/nowhere")
    name = engines.start("registry", "registry-run", options=options)
    engines.wait_ready(name, "bash", "-c", ": </dev/tcp/127.0.0.1/5000")
    pushed, read = engines.client(PUSH, "bash", "-s").split("\n", 1)
    assert json.loads("{" + pushed + "}")["digest"] == json.loads(read)["Digest"]
    assert ask("GET", f"{engines.address(name)}:5000", "/v2/_catalog") == (200, {"repositories": ["project/env"]})

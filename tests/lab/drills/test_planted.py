"""Bind the planted defects, and read the restored data by public clients that are none of ours."""

from pathlib import Path

import pymysql
from confluent_kafka import Consumer, TopicPartition
from fsspec.implementations.webhdfs import WebHDFS
from opensearchpy import OpenSearch
from pytest_bdd import scenarios, then

from hopsdrill.clients import need
from hopsdrill.core.paths import data_dir
from hopsdrill.core.process import run, which
from hopsdrill.lab import load
from hopsdrill.lab.catalog import catalog
from hopsdrill.plan.declare import declares
from hopsdrill.run.session import Drill
from hopsdrill.run.stages import Recovered
from hopsdrill.site import Site
from hopsdrill.workload import documents, environments, files, stream


scenarios(str(Path(__file__).parent / "planted.feature"))
scenarios(str(data_dir("features") / "in_place_restore" / "refusals.feature"))


def webhdfs(site: Site, drill: Drill) -> tuple[str, str]:
    """A client of fsspec reads a file of two blocks: what was written, and what came."""
    names = need(site.profile.hopsfs, "hopsfs")
    wanted = dict(files.contents(drill.plan.data))[files.LARGEST]
    with site.forwarder.to(names.service, site.namespace, names.port) as (host, port):
        client = WebHDFS(host, port=port, user=names.user, skip_instance_cache=True)
        found, count = client.cat_file(files.LARGEST), len(client.find(files.ROOT))
    said = f"{len(found)} bytes, {count} files" if found == wanted else "other bytes"
    return f"{len(wanted)} bytes, {drill.plan.data.files} files", said


def mysql(site: Site, drill: Drill) -> tuple[str, str]:
    """PyMySQL counts the rows."""
    rondb = site.profile.rondb
    password = site.secret(rondb.credentials_secret, rondb.admin_key)
    with site.forwarder.to(rondb.service, site.namespace, rondb.port) as (host, port):
        session = pymysql.connect(host=host, port=port, user=rondb.admin_user, password=password)
        with session, session.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM fraud_featurestore.customers_1")
            (count,) = cursor.fetchone()
    return str(-(-drill.plan.data.rows // drill.plan.data.tables)), str(count)


def opensearch(site: Site, drill: Drill) -> tuple[str, str]:
    """opensearch-py counts the documents of every index."""
    names = need(site.profile.opensearch, "opensearch")
    wanted = documents.counts(drill.plan.data.documents)
    with site.forwarder.to(names.service, site.namespace, names.port) as (host, port):
        client = OpenSearch([{"host": host, "port": port}])
        found = {index: client.count(index=index)["count"] for index in wanted}
        client.close()
    return str(wanted), str(found)


def kafka(site: Site, drill: Drill) -> tuple[str, str]:
    """confluent-kafka reads the topic; a restore in place leaves the broker's log as it is."""
    names, topic = need(site.profile.kafka, "kafka"), stream.topic_of(site)
    del drill
    with site.forwarder.to(names.service, site.namespace, names.port, bind=names.advertised):
        reader = Consumer({"bootstrap.servers": names.advertised, "group.id": "public", "enable.auto.commit": False})
        partitions = reader.list_topics(topic, timeout=20).topics[topic].partitions
        ends = [reader.get_watermark_offsets(TopicPartition(topic, number), timeout=20) for number in partitions]
        reader.close()
    count = sum(high - low for low, high in ends)
    return "at least one message", "at least one message" if count else "none"


def skopeo(site: Site, drill: Drill) -> tuple[str, str]:
    """Skopeo copies both environments out, which checks every digest on the way."""
    names, images, lab = need(site.profile.registry, "registry"), catalog(), load()
    del drill
    program = images.reference(images.get("standin-programs"))
    copies = "; ".join(
        f"skopeo copy --quiet --src-tls-verify=false docker://127.0.0.1:$PORT/{name}:{environments.TAG} oci:/tmp/{number}"
        for number, name in enumerate(environments.REPOSITORIES)
    )
    with site.forwarder.to(names.service, site.namespace, names.port) as (_, port):
        words = [
            "run",
            "--rm",
            "--network",
            "host",
            "-e",
            f"PORT={port}",
            "--entrypoint",
            "/bin/sh",
            program,
            "-ec",
            copies,
        ]
        ended = run([which("docker"), *words], timeout=60, env={"DOCKER_HOST": lab.docker_host}, check=False)
    return "exit code 0", f"exit code {ended.returncode}{ended.stderr[-300:] if ended.returncode else ''}"


CLIENTS = {"hopsfs": webhdfs, "rondb": mysql, "opensearch": opensearch, "kafka": kafka, "registry": skopeo}


@then("public clients read the restored data")
@declares(proofs=[f"{client.__name__}-client-reads-it" for client in CLIENTS.values()])
def public_clients(platform: Site, drill: Drill, recovered: Recovered) -> None:
    """Each store by a client that others wrote and keep."""
    del recovered
    for store, client in CLIENTS.items():
        wanted, found = client(platform, drill)
        platform.recorder.proof(
            f"{client.__name__}-client-reads-it", store=store, passed=wanted == found, expected=wanted, observed=found
        )

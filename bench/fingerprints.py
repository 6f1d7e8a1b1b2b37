"""How fast every store's fingerprint is taken, beside the tool that people use today, on the same machine and in the same run.

``python bench/fingerprints.py --cluster NAME [--rows 10000,100000,1000000] [--documents N] [--objects N] [--files N] [--rounds N]
[--results FILE] [--write docs/reference/performance-fingerprints.md]``. Rows are measured on a database of the bench's own, the rest
on a platform that it installs and removes again; a size of 0 leaves a store out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from fingerprints_of_rows import rows, slope
from side_by_side import Line, ours, page, theirs

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.search import Search
from hopsdrill.adapters.webhdfs import Files
from hopsdrill.clients import need
from hopsdrill.core.paths import data_dir
from hopsdrill.journal import EvidenceStore, Journal, Recorder
from hopsdrill.lab import load, program
from hopsdrill.plan.loader import load_named_profile, load_plan
from hopsdrill.proof import documents, files, kubernetes
from hopsdrill.proof.key import Key
from hopsdrill.run import renew
from hopsdrill.run.cleanup import made, remove_all
from hopsdrill.run.session import Drill, site_of
from hopsdrill.run.target import target_of
from hopsdrill.site import Site


HEAD = """# How fast fingerprints are

Written by `bench/fingerprints.py`; run it to have the figures of your machine. Ratios are of one run on one machine, so they travel; seconds do
not. Each measurement is a process of its own: its peak of resident memory includes the interpreter and the clients (about 90 MiB).

"""
PROFILE, NAMESPACE, INDEX, FOLDER = "hopsworks-standin", "bench-fingerprints", "bench", "/bench"


# --- documents, objects, files -----------------------------------------------------------------------------------------


@contextmanager
def platform(cluster: str) -> Iterator[Site]:
    """A platform on a cluster of the lab, removed at the end."""
    plan, profile = load_plan(data_dir("drills") / "in-place-restore.yaml"), load_named_profile(PROFILE)
    plan = plan.model_copy(update={"target": plan.target.model_copy(update={"lab_cluster": cluster})})
    target, store = target_of(plan)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Journal(Path(folder) / "run"), EvidenceStore(Path(folder) / "run"))
        drill = Drill(f"bench-{int(time.time())}", Path(folder), plan, profile, target, store, recorder)
        site = site_of(drill, Path(folder))
        try:
            renew.begin(site)
            yield site
        finally:
            remove_all(site, made(site))


def fingerprint_of_documents(host: str, port: int, count: int) -> None:
    """Ours."""
    profile = need(load_named_profile(PROFILE).opensearch, "opensearch")
    found = documents.read(Search(host, port), profile, Key())
    if sum(title.startswith(f"document {INDEX}/") for title in found) != count:
        sys.exit("not every document was found")


def bare_scan(host: str, port: int) -> None:
    """Every document read by the engine's own client, and put away as it came."""
    for each in Search(host, port).documents(INDEX):
        json.dumps(each)


def of_documents(site: Site, rounds: int, count: int) -> Line:
    """Documents, against reading them with the engine's client alone."""
    names = need(site.profile.opensearch, "opensearch")
    with site.forwarder.to(names.service, site.namespace, names.port) as (host, port):
        Search(host, port).fill((INDEX, str(n), {"name": f"n {n}", "text": f"größe {n}" * 5}) for n in range(count))
        mine = ours(rounds, fingerprint_of_documents, host, port, count)
        return Line(
            f"fingerprint of {count:,} documents",
            mine,
            "opensearch-py's scan alone",
            ours(rounds, bare_scan, host, port),
        )


def fingerprint_of_objects(cluster: str, count: int) -> None:
    """Ours: read twice and compared, as before and after a restore."""
    ref, key = load().clusters[cluster], Key()
    kube = Kube(ref.kubeconfig, ref.context)
    then, now = (kubernetes.read(kube, [NAMESPACE], key) for _ in range(2))
    if len(then) != count or kubernetes.compare(then, now).all:
        sys.exit(f"{len(then)} objects were found, or they differ")


def of_objects(site: Site, cluster: str, rounds: int, count: int) -> Line:
    """Kubernetes objects, read twice and compared, against `kubectl get` twice and `diff`."""
    ref = load().clusters[cluster]
    site.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    bodies = (
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"c{n}", "namespace": NAMESPACE},
            "data": {"n": f"{n}" * 20},
        }
        for n in range(count)
    )
    with ThreadPoolExecutor(8) as pool:
        made_ = sum(1 for _ in pool.map(site.kube.create, bodies))
    kinds = "secrets,configmaps,serviceaccounts,roles,rolebindings"
    get = (
        f"{program('kubectl')} --kubeconfig {ref.kubeconfig} --context {ref.context} -n {NAMESPACE} get {kinds} -o yaml"
    )
    script = f"set -e; d=$(mktemp -d); {get} > $d/1; {get} > $d/2; diff $d/1 $d/2; rm -r $d"
    hand = theirs(rounds, lambda: subprocess.run(["bash", "-c", script], check=True, stdin=subprocess.DEVNULL))
    mine = ours(rounds, fingerprint_of_objects, cluster, made_)
    return Line(f"{count:,} Kubernetes objects read twice and compared", mine, "kubectl get with diff", hand, "10 s")


def fingerprint_of_files(host: str, port: int, user: str, count: int) -> None:
    """Ours."""
    found = files.read(Files(host, port, user), FOLDER, Key())
    if sum(title.startswith("file ") for title in found) != count:
        sys.exit("not every file was found")


def bare_reads(host: str, port: int, user: str) -> None:
    """Every file read by the client alone, as many at once."""
    client = Files(host, port, user)
    with ThreadPoolExecutor(files.READERS) as pool:
        for _ in pool.map(client.read, [each.path for each in client.walk(FOLDER) if each.kind == "file"]):
            pass


def of_files(site: Site, rounds: int, count: int) -> Line:
    """Files, against reading them with the client alone."""
    names = need(site.profile.hopsfs, "hopsfs")
    with site.forwarder.to(names.service, site.namespace, names.port) as (host, port):
        client = Files(host, port, names.user)
        client.make_folder(FOLDER)
        with ThreadPoolExecutor(files.READERS) as pool:
            list(pool.map(lambda n: client.write(f"{FOLDER}/f{n:06d}", f"{n}".encode() * 100), range(count)))
        mine = ours(rounds, fingerprint_of_files, host, port, names.user, count)
        bare = ours(rounds, bare_reads, host, port, names.user)
        return Line(f"fingerprint of {count:,} files", mine, "HdfsCLI's reads alone", bare)


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cluster", default="drill")
    parser.add_argument("--rows", default="10000,100000,1000000")
    for store, size in (("documents", 20_000), ("objects", 10_000), ("files", 10_000)):
        parser.add_argument(f"--{store}", type=int, default=size)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    load_before = " ".join(f"{each:.2f}" for each in os.getloadavg())
    counts = [int(each) for each in asked.rows.split(",") if int(each)]
    lines = rows(asked.rounds, counts) if counts else []
    more = {
        "Measured": f"{datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores; load average at the start {load_before}"
    }
    if len(counts) > 1:
        more["Cost of rows over their number, as an exponent (1 is linear)"] = slope(lines, counts)
    if asked.documents or asked.objects or asked.files:
        with platform(asked.cluster) as site:
            lines += [of_documents(site, asked.rounds, asked.documents)] if asked.documents else []
            lines += [of_files(site, asked.rounds, asked.files)] if asked.files else []
            lines += [of_objects(site, asked.cluster, asked.rounds, asked.objects)] if asked.objects else []
    more["Highest peak of resident memory"] = f"{max(each.ours.peak for each in lines):.0f} MiB; bound 300 MiB"
    text = page(lines, more)
    print(text)
    if asked.results:
        asked.results.write_text(
            json.dumps({"about": more, "lines": [{**each._asdict(), "ratio": each.ratio} for each in lines]}, indent=1)
        )
    if asked.write:
        before = asked.write.read_text() if asked.write.exists() else ""
        kept = before[before.index("\n## ") :] if "\n## " in before else ""  # sections below the table are people's
        asked.write.write_text(HEAD + text + kept)


if __name__ == "__main__":
    main()

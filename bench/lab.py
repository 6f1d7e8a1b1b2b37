"""How fast the lab and the drill are, beside the same done by hand in the same run.

``python bench/lab.py [--rounds N] [--cold] [--write docs/reference/performance.md]``. It takes the lab down and up again.
``--cold`` first removes everything that was built (about a quarter of an hour); without it, the figures of a cold start are those that the
last one recorded.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hopsdrill.adapters import bucket_admin
from hopsdrill.adapters.credentials import write_credentials
from hopsdrill.adapters.docker import Docker
from hopsdrill.core.paths import cache_dir
from hopsdrill.lab import cluster, engine, program, store
from hopsdrill.lab.catalog import catalog, toolchain
from hopsdrill.model.lab import StoreRef


HEAD = """# Performance

Written by `bench/lab.py`; run it to have the figures of your machine. Ratios are of one run on one machine, so they travel; seconds do not.

"""
LIMITS = {
    "cold lab up, compile CPU": "1500 s",
    "cold lab up, wall": "22 min on two idle cores",
    "cold lab up, peak disk": "25 GB",
    "disk after a cold lab up": "12 GB",
    "warm lab up": "60 s",
    "warm lab up / by hand": "1.2",
    "warm drill": "5 min",
    "make check": "90 s",
}


def timed(body: Callable[[], object]) -> float:
    """Wall seconds of a body."""
    started = time.monotonic()
    body()
    return time.monotonic() - started


def hopsdrill(*words: str) -> subprocess.CompletedProcess[str]:
    """Run our command line; its failure ends the bench."""
    done = subprocess.run(
        [sys.executable, "-m", "hopsdrill", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        sys.exit(f"hopsdrill {' '.join(words)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done


def by_hand(docker: Docker) -> None:
    """What `lab up` does on a warm machine, as the plain commands a person would type, with nothing looked at twice."""
    images = catalog()
    reference = {image.name: images.reference(image) for image in images.images}
    node = next(images.reference(image) for image in images.images if image.node)
    subnet, url = "172.30.0.0/16", "http://172.30.200.1:9000"
    env = {**os.environ, **docker.environment()}
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig, config, keys = f"{folder}/kubeconfig", f"{folder}/kind.yaml", Path(folder) / "keys"
        Path(config).write_text(cluster.CONFIG.format(image=node, registry=images.registry))
        write_credentials(keys, "bench-access-key", "bench-secret-key")

        def run(*words: object) -> None:
            subprocess.run(
                [str(word) for word in words], check=True, env=env, stdin=subprocess.DEVNULL, capture_output=True
            )

        run(docker.binary, "network", "create", "--subnet", subnet, "kind")
        run(docker.binary, "run", "-d", "--name", "bench-store", "--network", "kind", "--ip", "172.30.200.1", "-e", "MINIO_ROOT_USER=bench-access-key",
            "-e", "MINIO_ROOT_PASSWORD=bench-secret-key", "-e", "HOME=/tmp", "-v", "bench-store:/data", reference["minio"], "server", "/data")  # fmt: skip
        while not bucket_admin.ready(url):
            time.sleep(0.1)
        bucket_admin.ensure_bucket(
            StoreRef(
                endpoint=url, internal_endpoint=url, bucket=store.BUCKET, region=store.REGION, credentials_file=keys
            )
        )
        run(
            program("kind"),
            "create",
            "cluster",
            "--name",
            "bench",
            "--config",
            config,
            "--kubeconfig",
            kubeconfig,
            "--wait",
            "180s",
            "-q",
        )
        velero = [
            program("velero"),
            "--kubeconfig",
            kubeconfig,
            "install",
            "--image",
            reference["velero"],
            "--plugins",
            reference["velero-plugin-for-aws"],
        ]
        velero += ["--no-default-backup-location", "--no-secret", "--use-volume-snapshots=false", "--use-node-agent"]
        run(
            *velero,
            *(
                f"--{part}-{bound}=0"
                for part in ("velero-pod-cpu", "velero-pod-mem", "node-agent-pod-cpu", "node-agent-pod-mem")
                for bound in ("request", "limit")
            ),
        )
        run(
            program("kubectl"),
            "--kubeconfig",
            kubeconfig,
            "wait",
            "--for=condition=Ready",
            "pods",
            "--all",
            "--all-namespaces",
            "--timeout=180s",
        )
        run(
            program("kubectl"),
            "--kubeconfig",
            kubeconfig,
            "-n",
            "velero",
            "rollout",
            "status",
            "deployment/velero",
            "daemonset/node-agent",
            "--timeout=180s",
        )


def clear_by_hand(docker: Docker) -> None:
    """Remove what the by-hand round made."""
    subprocess.run(
        [program("kind"), "delete", "cluster", "--name", "bench", "-q"],
        env={**os.environ, **docker.environment()},
        check=True,
        capture_output=True,
    )
    docker.remove_container("bench-store")
    docker.call("volume", "rm", "-f", "bench-store", check=False)
    docker.call("network", "rm", "kind", check=False)


def warm(rounds: int) -> dict[str, str]:
    """`lab up` and the same by hand, alternating; the engine is started outside of both clocks."""
    ours, hand = list[float](), list[float]()
    for _ in range(rounds):
        hopsdrill("lab", "down")
        docker = engine.find() or engine.start()
        hand.append(timed(lambda docker=docker: by_hand(docker)))
        clear_by_hand(docker)
        ours.append(timed(lambda: hopsdrill("lab", "up")))
    ratio = statistics.median(ours) / statistics.median(hand)
    return {
        "warm lab up": f"{statistics.median(ours):.1f} s (all: {', '.join(f'{each:.1f}' for each in ours)})",
        "the same by hand": f"{statistics.median(hand):.1f} s (all: {', '.join(f'{each:.1f}' for each in hand)})",
        "warm lab up / by hand": f"{ratio:.2f}",
    }


def drill(rounds: int) -> dict[str, str]:
    """The first drill on the warm lab, platform installed to report written."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            timed(lambda: hopsdrill("run", "in-place-restore", "--json", "--reports", folder)) for _ in range(rounds)
        ]
    return {"warm drill": f"{statistics.median(runs):.1f} s (all: {', '.join(f'{each:.1f}' for each in runs)})"}


def recorded() -> dict[str, str]:
    """The last cold `lab up`, from what it recorded itself; nothing where programs were built at several times."""
    steps = _records("steps.ndjson")
    first = max((index for index, each in enumerate(steps) if each["step"].startswith("building etcd")), default=None)
    builds = {each["tool"]: each for each in _records("builds.ndjson")}
    if first is None or len(builds) < len(toolchain().tools):
        return {}
    last = next(index for index, each in enumerate(steps) if index > first and "object store" in each["step"])
    whole = steps[first : last + 1]
    kept = sum(path.lstat().st_blocks * 512 for path in cache_dir().rglob("*") if not path.is_symlink()) / 1e9
    return {
        "cold lab up, wall": f"{sum(each['wall_s'] for each in whole) / 60:.1f} min",
        "cold lab up, compile CPU": f"{sum(each['cpu_s'] for each in builds.values()):.0f} s",
        "cold lab up, peak disk": f"{max(each['peak_bytes'] for each in whole) / 1e9:.1f} GB",
        "disk after a cold lab up": f"{kept:.1f} GB",
    }


def _records(name: str) -> list[dict[str, Any]]:
    path = cache_dir() / name
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def main() -> None:
    """Measure, print, and write the page where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    load = os.getloadavg()
    if asked.cold:
        hopsdrill("lab", "down", "--purge")
        hopsdrill("lab", "up")
    rows = {**warm(asked.rounds), **drill(asked.rounds)}
    rows = {**recorded(), **rows}  # read last, so that the disk's figure is that of a lab which is up
    rows["make check"] = f"{timed(lambda: subprocess.run(['make', 'check'], check=True, capture_output=True)):.1f} s"
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores; load average at the start {load[0]:.2f} {load[1]:.2f} {load[2]:.2f}.",
        "",
    ]
    lines += [
        "| what | measured | bound |",
        "|---|---|---|",
        *(f"| {name} | {value} | {LIMITS.get(name, '')} |" for name, value in rows.items()),
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.write:
        # sections below the table are people's, and stay
        before = asked.write.read_text() if asked.write.exists() else ""
        kept = before[before.index("\n## ") :] if "\n## " in before else ""
        asked.write.write_text(HEAD + text + kept)


if __name__ == "__main__":
    main()

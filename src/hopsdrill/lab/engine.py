"""The container engine: the machine's if it works, else one of the lab's own.

The own engine has its socket, data, settings and pid file in the lab's folders; the machine's engine and its
configuration are never touched.
"""

import json
import os
import signal
import subprocess
from pathlib import Path

from hopsdrill.adapters.docker import Docker
from hopsdrill.core.errors import OperationError, PreconditionError
from hopsdrill.core.paths import cache_dir, state_dir
from hopsdrill.core.process import environment, run, tail, which
from hopsdrill.core.wait import wait_for


CAP_SYS_RESOURCE = 24  # bit number, linux/capability.h
DEFAULT_HOST = "unix:///var/run/docker.sock"

# Engines before 23 ask for every capability they know; a host without CAP_SYS_RESOURCE then refuses each container
# and each exec. The wrapper takes it (and negative oom scores) out of both kinds of specification.
WRAPPER = """#!/bin/sh
set -eu
bundle="" process="" previous=""
for word in "$@"; do
  case "$previous" in --bundle|-b) bundle=$word ;; --process|-p) process=$word ;; esac
  case "$word" in --bundle=*) bundle=${word#*=} ;; --process=*) process=${word#*=} ;; esac
  previous=$word
done
amend() {
  JQ "$2" "$1" > "$1.amended"
  /bin/cat "$1.amended" > "$1"
  /bin/rm -f "$1.amended"
}
strip='if .capabilities then .capabilities |= map_values(. - ["CAP_SYS_RESOURCE"]) else . end
  | if (.oomScoreAdj // 0) < 0 then del(.oomScoreAdj) else . end'
if [ -n "$bundle" ] && [ -f "$bundle/config.json" ]; then
  amend "$bundle/config.json" "if .process then .process |= ($strip) else . end"
fi
if [ -n "$process" ] && [ -f "$process" ]; then amend "$process" "$strip"; fi
exec RUNC "$@"
"""


def folder() -> Path:
    """Settings, socket, pid file and log of the lab's own engine."""
    return state_dir() / "engine"


def own_host() -> str:
    """Address of the lab's own engine."""
    return f"unix://{folder() / 'docker.sock'}"


def lacks_capability(status: str) -> bool:
    """Tell from ``/proc/self/status`` whether CAP_SYS_RESOURCE is missing."""
    effective = int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)
    return not effective >> CAP_SYS_RESOURCE & 1


def find() -> Docker | None:
    """A working engine: the one DOCKER_HOST names, the machine's, or the lab's own if it runs.

    Raises:
        PreconditionError: DOCKER_HOST names an engine that does not answer.
    """
    if named := os.environ.get("DOCKER_HOST"):
        docker = Docker(named)
        docker.version()
        return docker
    for host in (DEFAULT_HOST, own_host()):
        if not Path(host.removeprefix("unix://")).exists():
            continue
        docker = Docker(host)
        try:
            docker.version()
        except PreconditionError:
            continue  # a socket nobody listens on; the next one, or a fresh engine
        return docker
    return None


def gate(docker: Docker, image: str) -> None:
    """Prove that containers and privileged execs work before anything is built on them.

    Raises:
        OperationError: the engine answers but cannot run containers.
    """
    name = "hopsdrill-gate"
    docker.remove_container(name)
    try:
        docker.call("run", "-d", "--privileged", "--name", name, "--entrypoint", "/bin/busybox", image, "sleep", "60")
        docker.call("exec", "--privileged", name, "/bin/busybox", "true")
    except OperationError as error:
        msg = f"The engine at {docker.host} answers, but cannot run a privileged container: {error.message}"
        hint = "the host may lack a capability; unset DOCKER_HOST so that the lab starts its own engine"
        raise OperationError(msg, hint=hint) from error
    finally:
        docker.remove_container(name)


def start() -> Docker:
    """Start the lab's own engine, detached from this process and its terminal.

    Raises:
        DeadlineExceeded: it does not answer in time; its log's end is in the message.
    """
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / "docker.pid").unlink(missing_ok=True)
    settings = folder() / "daemon.json"
    settings.write_text(json.dumps(_settings(), indent=1) + "\n")
    log = (folder() / "dockerd.log").open("w")
    with log:
        # streams closed and a session of its own: it outlives us, and nobody waits for it at the end of a pipe
        subprocess.Popen(
            [which("dockerd"), "--config-file", settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(),
            start_new_session=True,
        )
    docker = Docker(own_host())
    try:
        wait_for(lambda: _answers(docker), what="the lab's engine to answer", until=bool, deadline=60, interval=0.1)
    except OperationError as error:
        msg = f"{error.message}. Its log ends:\n{tail((folder() / 'dockerd.log').read_text())}"
        raise OperationError(msg, hint=f"the whole log is {folder() / 'dockerd.log'}") from error
    return docker


def _answers(docker: Docker) -> bool:
    try:
        return bool(docker.version())
    except PreconditionError:
        return False


def _settings() -> dict[str, object]:
    settings: dict[str, object] = {
        "hosts": [own_host()],
        "data-root": str(cache_dir() / "engine"),
        "exec-root": str(folder() / "exec"),
        "pidfile": str(folder() / "docker.pid"),
        "bridge": "none",  # a second docker0 would collide with the machine's own engine; builds need no network
        "storage-driver": "overlay2",
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "log-level": "warn",
    }
    if lacks_capability(Path("/proc/self/status").read_text()):
        wrapper = folder() / "runc-without-sys-resource"
        wrapper.write_text(WRAPPER.replace("JQ", str(which("jq"))).replace("RUNC", str(which("runc"))))
        wrapper.chmod(0o755)
        settings |= {"runtimes": {"hopsdrill": {"path": str(wrapper)}}, "default-runtime": "hopsdrill"}
    return settings


def stop() -> bool:
    """Stop the lab's own engine if it runs; tells whether it did."""
    try:
        pid = int((folder() / "docker.pid").read_text())
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ProcessLookupError):
        return False
    wait_for(lambda: _alive(pid), what="the lab's engine to stop", until=lambda alive: not alive, deadline=60)
    return True


def _alive(pid: int) -> bool:
    # one that has ended lingers as a zombie until its parent waits for it, and that parent may be anybody
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def unmount_leftovers() -> None:
    """Take down what a killed engine left mounted under its folders, so that they can be removed."""
    roots = (str(folder()), str(cache_dir() / "engine"))
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted((mount for mount in mounts if mount.startswith(roots)), reverse=True):
        run([which("umount"), "-l", mount], timeout=20, check=False)

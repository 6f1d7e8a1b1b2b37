"""A fixed local port that another drill holds."""

import socket
import threading
import time

import pytest

from hopsdrill.adapters import forward
from hopsdrill.core.errors import DeadlineExceeded


PROGRAM = '#!/bin/sh\necho "Forwarding from $5:$(echo "$7" | cut -d: -f1) -> 9092"\nexec sleep 30\n'


@pytest.fixture
def kubectl(tmp_path):
    """A stand-in for kubectl that says what the real one says."""
    program = tmp_path / "kubectl"
    # after --kubeconfig and --context the words are: port-forward --namespace NS --address ADDRESS service/NAME LOCAL:REMOTE
    program.write_text("#!/bin/sh\nshift 4\n" + PROGRAM.removeprefix("#!/bin/sh\n"))
    program.chmod(0o755)
    return program


@pytest.fixture
def taken():
    """A listening socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def bound_to(server) -> str:
    """Where it listens."""
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_a_taken_port_is_waited_for(kubectl, taken, tmp_path):
    """Another cluster's drill ends its forwarding a moment later."""
    bind = bound_to(taken)
    threading.Timer(0.6, taken.close).start()
    with forward.Forwarder(kubectl, tmp_path / "config", "drill").to("kafka", "hopsworks", 9092, bind=bind) as where:
        assert where == ("127.0.0.1", int(bind.partition(":")[2]))
        assert taken.fileno() == -1


def test_a_fixed_port_is_one_threads_at_a_time(kubectl, tmp_path, monkeypatch):
    """A canary and a step need the broker at the same time: neither breaks the other's forwarding."""
    monkeypatch.setenv("HOPSDRILL_STATE", str(tmp_path))
    inside, most = [], []

    def use():
        with forward.Forwarder(kubectl, tmp_path / "config", "drill").to("kafka", "ns", 9092, bind="127.0.0.1:19"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.2)
            inside.pop()

    threads = [threading.Thread(target=use) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    assert most == [1, 1, 1]


def test_a_port_that_stays_taken_is_named(kubectl, taken, tmp_path, monkeypatch):
    """The address is in the message, and nothing is started."""
    monkeypatch.setattr(forward, "FREE_S", 0.5)
    forwarder = forward.Forwarder(kubectl, tmp_path / "config", "drill")
    with (
        pytest.raises(DeadlineExceeded, match=bound_to(taken)),
        forwarder.to("kafka", "ns", 9092, bind=bound_to(taken)),
    ):
        pass

"""A watch over HTTP, as the API server streams it: one chunk a change."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3

from hopsdrill.adapters import kube_watch
from hopsdrill.adapters.kube_watch import listening


class Stream(BaseHTTPRequestHandler):
    """Sends a chunk whenever it is told, until it is told to end."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """One watch."""
        self.server.opened.append(time.monotonic())
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while self.server.told.acquire(timeout=10) and not self.server.over.is_set():
            self.wfile.write(b"3\r\n{}\n\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.server.over.clear()

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def server():
    """A server with its levers: ``told`` sends a change, ``over`` with it ends the watch."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    made.daemon_threads = True
    made.told, made.over, made.opened = threading.Semaphore(0), threading.Event(), []
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def opener(server):
    """Opens a watch at the server, as the client of Kubernetes does."""
    pool = urllib3.PoolManager()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    return lambda: pool.request("GET", url, preload_content=False, timeout=urllib3.Timeout(5, 30))


def waited(bell, seconds):
    """How long a wait took."""
    began = time.monotonic()
    bell.wait(seconds)
    return time.monotonic() - began


def test_each_change_rings_once(server):
    """At once, and the bell is silent again afterwards."""
    with listening([opener(server)]) as bell:
        server.told.release()
        assert waited(bell, 10) < 5
        assert waited(bell, 0.2) >= 0.19
        threading.Timer(0.1, server.told.release).start()
        assert waited(bell, 10) < 5


def test_a_watch_is_left_at_once(server):
    """Although its thread is reading and nothing comes."""
    began = time.monotonic()
    with listening([opener(server), opener(server)]) as bell:
        bell.wait(0.3)
    assert time.monotonic() - began < 2
    assert not [each for each in threading.enumerate() if each.name == "kube-watch"]


def test_a_watch_that_ended_rings_and_is_opened_again(server, monkeypatch):
    """It may have missed something meanwhile."""
    monkeypatch.setattr(kube_watch, "AGAIN_S", 0.05)
    with listening([opener(server)]) as bell:
        bell.wait(0.2)
        server.over.set()
        server.told.release()
        assert waited(bell, 10) < 5
        until = time.monotonic() + 5
        while len(server.opened) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    assert len(server.opened) >= 2


def test_a_watch_that_cannot_be_opened_makes_nobody_wrong(server):
    """Nobody listens at that port: the bell rings when it broke, and whoever waits looks by his interval."""
    opened = opener(server)
    server.shutdown()
    server.server_close()
    with listening([opened]) as bell:
        assert waited(bell, 10) < 5

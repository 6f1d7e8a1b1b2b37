"""Pulling images from a registry: a small one of the test's own, on this machine."""

import gzip
import hashlib
import io
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hopsdrill.adapters.docker import Docker
from hopsdrill.core.errors import OperationError
from hopsdrill.lab.catalog import Catalog, Image
from hopsdrill.lab.progress import Progress
from hopsdrill.lab.supply import Puller, Supply, pullable, upstream


MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def digest(data: bytes) -> str:
    """As registries write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def image_blobs() -> dict[str, bytes]:
    """Manifest (by tag), configuration and one layer of a tiny image."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        info = tarfile.TarInfo("hello")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"hello"))
    layer = gzip.compress(raw.getvalue(), mtime=0)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(raw.getvalue())]},
        }
    ).encode()
    parts = [
        {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": digest(config)}
    ]
    parts += [
        {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": len(layer), "digest": digest(layer)}
    ]
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": parts[0], "layers": parts[1:]}).encode()
    return {"1.0": manifest, digest(manifest): manifest, digest(config): config, digest(layer): layer}


@pytest.fixture
def registry():
    """A registry with one image under any name; gives its address."""
    blobs = image_blobs()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            """Answer the three questions of a pull."""
            name = self.path.rpartition("/")[2]
            data = b"{}" if self.path == "/v2/" else blobs.get(name)
            self.send_response(404 if data is None or "absent" in self.path else 200)
            if data is not None:
                self.send_header("Content-Type", MANIFEST if "/manifests/" in self.path else "application/octet-stream")
                self.send_header("Docker-Content-Digest", digest(data))
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if data is not None and self.command == "GET":
                self.wfile.write(data)

        do_HEAD = do_GET  # noqa: N815 - likewise

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def small(name: str = "tiny", **more) -> Image:
    """An image with an upstream."""
    return Image(name=name, version="1.0", recipe="scratch", upstream=f"example.test/{name}:1.0", **more)


@pytest.fixture
def pulling(lab, tmp_path, monkeypatch):
    """Pull into the lab's engine with a cache of the test's own; what was pulled is removed."""
    monkeypatch.setenv("HOPSDRILL_CACHE", str(tmp_path))
    docker, screen = Docker(lab.docker_host), io.StringIO()
    catalog = Catalog(registry="labtest.local", suite="x", images=[small(), small("absent")])
    progress = Progress(1, 1, records=None, disk=tmp_path, stream=screen)
    before = docker.call("images", "-q", "--no-trunc").stdout.split()
    yield Puller(docker, catalog), catalog, progress, screen
    for one in set(docker.call("images", "-q", "--no-trunc").stdout.split()) - set(before):
        docker.remove_image(one)


def test_a_pulled_image_gets_its_local_name_and_its_digest_is_kept(pulling, registry):
    """It counts as there, and its record says where it came from."""
    puller, catalog, progress, _ = pulling
    puller.pull_all([catalog.images[0]], Supply.PULL, registry, progress)
    record = puller.records()["labtest.local/tiny:1.0"]
    assert puller.has(catalog.images[0])
    assert record["upstream"] == "example.test/tiny:1.0"
    assert record["digest"] == digest(image_blobs()["1.0"])


def test_pull_that_fails_names_image_and_reference(pulling, registry):
    """Nothing is built behind the asker's back."""
    puller, catalog, progress, _ = pulling
    with pytest.raises(OperationError, match=rf"Tried to pull {registry}/example.test/absent:1.0 for absent"):
        puller.pull_all([catalog.images[1]], Supply.PULL, registry, progress)


def test_auto_that_fails_says_so_and_leaves_it_to_the_builder(pulling, registry):
    """The first refusal ends the trying."""
    puller, catalog, progress, screen = pulling
    puller.pull_all([catalog.images[1], catalog.images[0]], Supply.AUTO, registry, progress)
    assert "what is missing is built" in screen.getvalue()
    assert puller.records() == {}


def test_build_asks_no_registry(pulling):
    """Not even for a moment."""
    puller, catalog, progress, screen = pulling
    puller.pull_all(catalog.images, Supply.BUILD, "127.0.0.1:1", progress)
    assert screen.getvalue() == ""


def test_only_what_is_the_same_thing_upstream_is_pulled():
    """A substitution, a building block, the node image, what has no upstream and what charts need more of are built."""
    assert pullable(small())
    assert not any(pullable(small(**{flag: True})) for flag in ("substitution", "internal", "node"))
    assert not pullable(small(pull=False))
    assert not pullable(Image(name="x", version="1", recipe="scratch"))
    assert upstream(small(), "mirror.test/cache/") == "mirror.test/cache/example.test/tiny:1.0"
    assert upstream(small(), "") == "example.test/tiny:1.0"

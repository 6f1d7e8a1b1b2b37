"""A container registry, over the OCI distribution API 1.1."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from hopsdrill.adapters.http_date import http_date
from hopsdrill.core.errors import OperationError


MANIFEST = "application/vnd.oci.image.manifest.v1+json"
TIMEOUT = (5, 60)  # seconds to connect and to read
NOT_FOUND = 404


def digest_of(data: bytes) -> str:
    """``sha256:<hex>``."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Registry:
    """One registry, plain HTTP.

    Args:
        host: address.
        port: port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._base = f"http://{host}:{port}/v2/"
        self._session = requests.Session()

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def tags(self) -> list[tuple[str, str]]:
        """Every repository with each of its tags, sorted; a repository all of whose tags are gone has none."""
        repositories: list[str] = self._json("_catalog?n=1000")["repositories"] or []
        found = [(name, tag) for name in repositories for tag in self._tags(name)]
        return sorted(found)

    def _tags(self, repository: str) -> list[str]:
        answer = self._call("GET", f"{repository}/tags/list", missing=True)
        return (answer.json().get("tags") or []) if answer is not None else []

    def manifest(self, repository: str, reference: str) -> bytes | None:
        """A manifest's bytes; None when there is none."""
        answer = self._call("GET", f"{repository}/manifests/{reference}", missing=True, headers={"Accept": MANIFEST})
        return answer.content if answer is not None else None

    def blob(self, repository: str, digest: str) -> bytes | None:
        """A blob's bytes; None when there is none."""
        answer = self._call("GET", f"{repository}/blobs/{digest}", missing=True)
        return answer.content if answer is not None else None

    def put_blob(self, repository: str, data: bytes) -> str:
        """Upload a blob; gives its digest."""
        digest = digest_of(data)
        begun = self._call("POST", f"{repository}/blobs/uploads/")
        place = str(begun.headers["Location"])
        url = place if place.startswith("http") else requests.compat.urljoin(self._base, place)
        joint = "&" if "?" in url else "?"
        self._send("PUT", f"{url}{joint}digest={digest}", data=data)
        return digest

    @staticmethod
    def parts(manifest: bytes) -> list[str]:
        """Digests of the config and the layers a manifest names."""
        said = json.loads(manifest or b"{}")
        return [part["digest"] for part in (said.get("config", {}), *said.get("layers", [])) if "digest" in part]

    def mount(self, repository: str, digest: str, source: str) -> None:
        """Make a blob of another repository this one's too."""
        self._call("POST", f"{repository}/blobs/uploads/?mount={digest}&from={source}")

    def put_manifest(self, repository: str, tag: str, data: bytes) -> str:
        """Upload a manifest under a tag; gives its digest."""
        self._call("PUT", f"{repository}/manifests/{tag}", data=data, headers={"Content-Type": MANIFEST})
        return digest_of(data)

    def remove(self, repository: str, digest: str) -> None:
        """Remove a manifest with all its tags."""
        self._call("DELETE", f"{repository}/manifests/{digest}")

    def clock(self) -> datetime:
        """The registry's time, cut to whole seconds: what it stamps its answers with."""
        with self._translated("read the clock"):
            return http_date(self._call("GET", "").headers)

    def _json(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", path).json()
        return found

    def _call(self, verb: str, path: str, *, missing: bool = False, **more: Any) -> Any:
        return self._send(verb, self._base + path, missing=missing, **more)

    def _send(self, verb: str, url: str, *, missing: bool = False, **more: Any) -> Any:
        with self._translated(f"{verb} {url.partition('?')[0]}"):
            answer = self._session.request(verb, url, timeout=TIMEOUT, **more)
            if missing and answer.status_code == NOT_FOUND:
                return None
            answer.raise_for_status()
            return answer

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, OSError, ValueError) as error:
            msg = f"registry: tried to {what}; it said: {error}"
            raise OperationError(msg, hint="is the container registry running?") from error

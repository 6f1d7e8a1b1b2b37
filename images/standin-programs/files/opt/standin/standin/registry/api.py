"""The registry over HTTP, reading only."""

import json
import re
import time
import urllib.error
import urllib.request
from typing import Any

from standin.say import StandinError, env


STORE = "registry"
SECONDS = 30.0
PAUSE = 0.5  # seconds between attempts
NOT_FOUND = 404
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json,"
    " application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)


def host() -> str:
    """``host:port`` of the registry."""
    return env("REGISTRY")


def ask(path: str, method: str = "GET") -> tuple[bytes, dict[str, str]] | None:
    """Give an answer's body and its headers (names in lower case); None when what is asked for does not exist.

    Raises:
        StandinError: refused, or no answer.
    """
    request = urllib.request.Request(f"http://{host()}{path}", method=method, headers={"Accept": MANIFESTS})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.read(), {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        if error.code == NOT_FOUND:
            return None
        said = error.read().decode(errors="replace").strip()[:500]
        message = f"{STORE}: {method} {path} was refused with HTTP {error.code}: {said}"
        raise StandinError(message) from error
    except OSError as error:
        message = f"{STORE}: {method} {path} at {host()} got no answer: {error}; see the log of the pod behind it"
        raise StandinError(message) from error


def wait(seconds: float) -> None:
    """Wait until the registry answers.

    Raises:
        StandinError: it does not within ``seconds``.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            ask("/v2/")
        except StandinError:
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)
            continue
        return


def pages(path: str, key: str) -> list[str]:
    """All entries of a list the registry gives in pages; none when it does not exist."""
    found: list[str] = []
    following: str | None = f"{path}?n=500"
    while following:
        answer = ask(following)
        if answer is None:
            return found
        page: dict[str, Any] = json.loads(answer[0])
        found += page.get(key) or []
        link = re.search(r"<([^>]+)>", answer[1].get("link", ""))
        following = link[1] if link else None
    return found


def digest(repository: str, reference: str) -> str | None:
    """The digest of a manifest, or None when there is none of that name."""
    answer = ask(f"/v2/{repository}/manifests/{reference}", "HEAD")
    return answer[1].get("docker-content-digest") if answer else None


def still_listed(repository: str, tag: str) -> bool:
    """Whether a repository has a tag now."""
    return tag in pages(f"/v2/{repository}/tags/list", "tags")


def everything() -> list[tuple[str, str, str]]:
    """``(repository, tag, digest)`` of every tag, sorted; tags removed meanwhile are left out.

    Raises:
        StandinError: a tag is listed and has no manifest.
    """
    tags = [
        (repository, tag)
        for repository in sorted(pages("/v2/_catalog", "repositories"))
        for tag in sorted(pages(f"/v2/{repository}/tags/list", "tags"))
    ]
    found = []
    for repository, tag in tags:
        known = digest(repository, tag)
        if known is None and still_listed(repository, tag):
            known = digest(repository, tag)  # it may have been pushed anew in between
            if known is None:
                message = (
                    f"{STORE}: {repository}:{tag} is listed but has no manifest, so its image is lost or damaged."
                    " Push it again, or restore the registry from an earlier backup"
                )
                raise StandinError(message)
        if known:
            found.append((repository, tag, known))
    return found

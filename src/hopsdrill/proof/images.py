"""The container registry's content: every tag's digest, and every blob's bytes against the digest that names it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from hopsdrill.adapters.registry import Registry, digest_of
from hopsdrill.core.canary import REPOSITORY
from hopsdrill.core.errors import BackupDamaged, OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, printed


def read(registry: Registry, key: Key) -> Prints:
    """Read every image whole: a blob that is missing or says something else shows in its image's fields.

    Raises:
        OperationError: the registry does not answer.
    """
    found: Prints = {}
    for repository, tag in tags(registry):
        manifest = _manifest(registry, repository, tag)
        fields = {"digest": digest_of(manifest)}
        fields |= {
            f"blob {digest}": _state(registry.blob(repository, digest), digest) for digest in registry.parts(manifest)
        }
        found[f"image {repository}:{tag}"] = printed(fields, key)
    return found


def from_copy(index: bytes, held: Callable[[str], bytes | None], key: Key) -> Prints:
    """Every image that a backup's index names, as it is read from a registry to which the copy was restored whole.

    Args:
        index: JSON that somewhere names ``repository``, ``tag`` and ``digest`` of each image side by side.
        held: bytes of the copy by their digest; None when it has none.
        key: for the prints.

    Raises:
        BackupDamaged: it names a manifest that the copy has not; or it is no JSON.
    """
    found: Prints = {}
    try:
        named = sorted({(each["repository"], each["tag"], each["digest"]) for each in _named(json.loads(index))})
    except ValueError as error:
        msg = f"The index of the registry's backup cannot be read: {error}"
        raise BackupDamaged(msg) from error
    for repository, tag, digest in named:
        if repository == REPOSITORY:
            continue  # a canary, as in `tags`
        manifest = held(digest)
        if manifest is None:
            msg = f"The registry's backup names {repository}:{tag} with {digest}, and has no such manifest."
            raise BackupDamaged(msg)
        fields = {"digest": digest, **{f"blob {each}": "whole" for each in Registry.parts(manifest)}}
        found[f"image {repository}:{tag}"] = printed(fields, key)
    return found


def named_in(index: bytes) -> list[str]:
    """Titles of the images that a backup's index names.

    Raises:
        BackupDamaged: it is no JSON.
    """
    try:
        return sorted({f"image {each['repository']}:{each['tag']}" for each in _named(json.loads(index))})
    except ValueError as error:
        msg = f"The index of the registry's backup cannot be read: {error}"
        raise BackupDamaged(msg) from error


def _named(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict) and {"repository", "tag", "digest"} <= value.keys():
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _named(each)


def digests(registry: Registry) -> set[str]:
    """Digests of every manifest and blob that the registry's tags need."""
    manifests = [_manifest(registry, *image) for image in tags(registry)]
    return {digest for each in manifests for digest in (digest_of(each), *registry.parts(each))}


def tags(registry: Registry) -> list[tuple[str, str]]:
    """All but the drill's canaries, which are accounted for one by one."""
    return [each for each in registry.tags() if each[0] != REPOSITORY]


def _manifest(registry: Registry, repository: str, tag: str) -> bytes:
    found = registry.manifest(repository, tag)
    if found is None:
        msg = f"registry: the tag {repository}:{tag} is listed, but there is no manifest of it in OCI's form."
        raise OperationError(msg, hint=f"skopeo inspect docker://<registry>/{repository}:{tag}")
    return found


def _state(data: bytes | None, digest: str) -> str:
    if data is None:
        return "missing"
    return "whole" if digest_of(data) == digest else f"damaged: its bytes are {digest_of(data)}"

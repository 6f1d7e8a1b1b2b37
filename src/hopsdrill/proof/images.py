"""The container registry's content: every tag's digest, and every blob's bytes against the digest that names it."""

from hopsdrill.adapters.registry import Registry, digest_of
from hopsdrill.core.errors import OperationError
from hopsdrill.proof.key import Key
from hopsdrill.proof.prints import Prints, printed


def read(registry: Registry, key: Key) -> Prints:
    """Read every image whole: a blob that is missing or says something else shows in its image's fields.

    Raises:
        OperationError: the registry does not answer.
    """
    found: Prints = {}
    for repository, tag in registry.tags():
        manifest = _manifest(registry, repository, tag)
        fields = {"digest": digest_of(manifest)}
        fields |= {
            f"blob {digest}": _state(registry.blob(repository, digest), digest) for digest in registry.parts(manifest)
        }
        found[f"image {repository}:{tag}"] = printed(fields, key)
    return found


def digests(registry: Registry) -> set[str]:
    """Digests of every manifest and blob that the registry's tags need."""
    manifests = [_manifest(registry, *image) for image in registry.tags()]
    return {digest for each in manifests for digest in (digest_of(each), *registry.parts(each))}


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

"""testcontainers, for what runs beside the clusters: the object store."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import docker.errors
import docker.types
import requests
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from hopsdrill.core.errors import OperationError


# the reaper is an image from a registry, and it would end the store together with this process
testcontainers_config.ryuk_disabled = True


@contextmanager
def _engine(host: str) -> Iterator[None]:
    # testcontainers finds the engine through the environment only
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = host
    try:
        yield
    finally:
        if before is None:
            del os.environ["DOCKER_HOST"]
        else:
            os.environ["DOCKER_HOST"] = before


def run_store(  # noqa: PLR0913 - what a container is made of
    host: str,
    image: str,
    *,
    name: str,
    network: str,
    address: str,
    env: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    """Start the object store: fixed address, data on a volume named like it, restarted with the engine.

    Raises:
        OperationError: the engine refuses; its words are in the message.
    """
    endpoint = docker.types.EndpointConfig("1.41", ipv4_address=address)
    try:
        with _engine(host):
            container = DockerContainer(image).with_command("server /data").with_name(name)
            container = container.with_volume_mapping(name, "/data", "rw").with_kwargs(
                network=network,
                networking_config={network: endpoint},
                restart_policy={"Name": "unless-stopped"},
                labels=dict(labels),
            )
            for key, value in env.items():
                container = container.with_env(key, value)
            container.start()
    except (docker.errors.DockerException, requests.RequestException) as error:
        msg = f"Tried to start the object store {name} at {address}; the engine said: {error}"
        raise OperationError(msg, hint="hopsdrill lab down, then hopsdrill lab up") from error

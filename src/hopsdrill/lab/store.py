"""The object store: MinIO outside the clusters, so that no disaster of a cluster takes the backups with it."""

import ipaddress
import secrets

from hopsdrill.adapters import bucket_admin, containers
from hopsdrill.adapters.credentials import read_credentials, write_credentials
from hopsdrill.adapters.docker import Docker
from hopsdrill.core.paths import state_dir
from hopsdrill.core.wait import wait_for
from hopsdrill.lab import identity
from hopsdrill.model.lab import StoreRef


NAME = "hopsdrill-store"
LABEL = "hopsdrill.lab"
SETTINGS_LABEL = "hopsdrill.settings"  # digest of the environment the store was started with
NETWORK = "kind"  # kind's nodes join the network of this name, and only this one
SUBNETS = ("172.30.0.0/16", "10.213.0.0/16", "192.168.208.0/20")
BUCKET = "hopsworks"
REGION = "us-east-1"
OFFSET = 200 * 256 + 1  # nodes get addresses from the low end; the store's stays far from them


def ensure_network(docker: Docker, routes: str) -> str:
    """Have the network kind uses, with an IPv4 subnet that no route of this machine covers; returns the subnet."""
    if NETWORK not in docker.networks():
        taken = [ipaddress.ip_network(word) for word in routes.split() if "/" in word and ":" not in word]
        free = [subnet for subnet in SUBNETS if not any(ipaddress.ip_network(subnet).overlaps(net) for net in taken)]
        docker.call(
            "network", "create", "--driver", "bridge", "--subnet", (free or SUBNETS)[0], "--label", LABEL, NETWORK
        )
    return docker.network_subnet(NETWORK)


def address(subnet: str) -> str:
    """The store's fixed address inside a subnet."""
    network = ipaddress.ip_network(subnet)
    offset = OFFSET if network.num_addresses > OFFSET + 1 else network.num_addresses - 2
    return str(network[offset])


def ensure(docker: Docker, image: str, subnet: str) -> StoreRef:
    """Have the store running, with its versioned bucket.

    Raises:
        OperationError: the container does not start, or the bucket cannot be made.
        DeadlineExceeded: the store does not become ready.
    """
    credentials = state_dir() / "store-credentials"
    if not credentials.exists():
        write_credentials(credentials, secrets.token_hex(10), secrets.token_hex(20))
    access, secret = read_credentials(credentials)
    where = address(subnet)
    url = f"http://{where}:9000"
    # HOME: the image is bare, and MinIO looks there for certificates
    env = {"MINIO_ROOT_USER": access, "MINIO_ROOT_PASSWORD": secret, "HOME": "/tmp", **identity.settings(url)}  # noqa: S108
    if not bucket_admin.ready(url) or _settings(docker) != identity.digest(env):
        docker.remove_container(NAME)
        labels = {LABEL: NAME, SETTINGS_LABEL: identity.digest(env)}
        containers.run_store(docker.host, image, name=NAME, network=NETWORK, address=where, env=env, labels=labels)
    wait_for(lambda: bucket_admin.ready(url), what=f"the object store at {url}", until=bool, deadline=30, interval=0.1)
    ref = StoreRef(endpoint=url, internal_endpoint=url, bucket=BUCKET, region=REGION, credentials_file=credentials)
    bucket_admin.ensure_bucket(ref)
    identity.configure(ref)
    return ref


def _settings(docker: Docker) -> str:
    """With which environment the store runs; empty when it does not, or is older than this label."""
    found = docker.inspect_container(NAME) or {}
    config = found.get("Config")
    labels = config.get("Labels") or {} if isinstance(config, dict) else {}
    return str(labels.get(SETTINGS_LABEL, ""))


def remove(docker: Docker) -> None:
    """Remove the store, its data and the network."""
    docker.remove_container(NAME)
    docker.call("volume", "rm", "-f", NAME, check=False)
    docker.call("network", "rm", NETWORK, check=False)
    (state_dir() / "store-credentials").unlink(missing_ok=True)
    identity.forget()

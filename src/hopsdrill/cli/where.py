"""Which platform a reading command looks at: profile, cluster and bucket, by options. Nothing is ever changed there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from hopsdrill.adapters.kube import Kube
from hopsdrill.adapters.s3 import ObjectStore
from hopsdrill.core.errors import PreconditionError, UsageError
from hopsdrill.lab import DEFAULT_CLUSTER, load
from hopsdrill.model.lab import StoreRef
from hopsdrill.model.profile import Profile
from hopsdrill.plan.loader import load_given_profile


IN_LAB, ELSEWHERE = "hopsworks-standin", "hopsworks"  # the profile that is meant when none is named

ProfileName = Annotated[
    str, typer.Option("--profile", help=f"A packaged profile's name, or a file; {IN_LAB} in the lab, else {ELSEWHERE}.")
]
Cluster = Annotated[
    str, typer.Option("--cluster", help=f"A cluster of the lab; {DEFAULT_CLUSTER} when nothing is named.")
]
Kubeconfig = Annotated[Path | None, typer.Option("--kubeconfig", help="Any other cluster: its file, with --context.")]
Context = Annotated[str, typer.Option("--context", help="The context's name inside that file.")]
Endpoint = Annotated[str, typer.Option("--store-endpoint", help="URL of the object store; the lab's own is known.")]
Bucket = Annotated[str, typer.Option("--bucket", help="The platform's bucket.")]
Credentials = Annotated[
    Path | None,
    typer.Option(
        "--store-credentials", help="INI file; in its section default: aws_access_key_id and aws_secret_access_key."
    ),
]
Region = Annotated[str, typer.Option("--region", help="The bucket's region.")]
BucketOnly = Annotated[bool, typer.Option("--bucket-only", help="Read the bucket alone: the cluster is gone.")]


@dataclass(frozen=True)
class Where:
    """What to read from.

    Attributes:
        title: the cluster in words.
        kube: None when only the bucket is to be read.
        store: None when no bucket is named; ``no_store`` says so.
    """

    title: str
    profile: Profile
    kube: Kube | None
    store: ObjectStore | None
    no_store: str = "no bucket was named"


@dataclass(frozen=True)
class Asked:
    """The options as given."""

    profile: str
    cluster: str
    kubeconfig: Path | None
    context: str
    endpoint: str
    bucket: str
    credentials: Path | None
    region: str


def found(asked: Asked, *, bucket_only: bool = False) -> Where:
    """Find it.

    Raises:
        UsageError: the options do not fit together.
        PlanError: there is no such profile.
        PreconditionError: there is no such cluster in the lab, or a file cannot be read.
    """
    _require_sense(asked)
    elsewhere = asked.kubeconfig is not None or (bucket_only and not asked.cluster and bool(asked.endpoint))
    profile = load_given_profile(asked.profile or (ELSEWHERE if elsewhere else IN_LAB))
    ref = _store(asked, elsewhere=elsewhere)
    if bucket_only:
        if ref is None:
            msg = "--bucket-only needs a bucket to read."
            raise UsageError(msg, hint="--store-endpoint URL --bucket NAME --store-credentials FILE")
        return Where(f"bucket {ref.bucket} at {ref.endpoint}", profile, None, ObjectStore(ref))
    title, kube = _kube(asked)
    return Where(title, profile, kube, ObjectStore(ref) if ref else None)


def _require_sense(asked: Asked) -> None:
    if asked.cluster and asked.kubeconfig:
        msg = "--cluster names a cluster of the lab, --kubeconfig any other: give one of them."
        raise UsageError(msg)
    if (asked.kubeconfig is None) != (not asked.context):
        msg = "--kubeconfig and --context belong together."
        raise UsageError(msg, hint="kubectl config get-contexts --kubeconfig FILE lists the contexts")
    given = {"--store-endpoint": asked.endpoint, "--bucket": asked.bucket, "--store-credentials": asked.credentials}
    missing = [name for name, value in given.items() if not value]
    if missing and len(missing) < len(given):
        msg = f"A bucket is named by {', '.join(given)} together; missing: {', '.join(missing)}."
        raise UsageError(msg)


def _store(asked: Asked, *, elsewhere: bool) -> StoreRef | None:
    if asked.endpoint and asked.credentials:
        return StoreRef(
            endpoint=asked.endpoint,
            internal_endpoint=asked.endpoint,
            bucket=asked.bucket,
            region=asked.region,
            credentials_file=asked.credentials,
        )
    return None if elsewhere else load().store_of(asked.cluster or DEFAULT_CLUSTER)


def _kube(asked: Asked) -> tuple[str, Kube]:
    if asked.kubeconfig is not None:
        return f"context {asked.context} of {asked.kubeconfig}", Kube(asked.kubeconfig, asked.context)
    name, clusters = asked.cluster or DEFAULT_CLUSTER, load().clusters
    if name not in clusters:
        msg = f"The lab has no cluster {name!r} (it has: {', '.join(sorted(clusters)) or 'none'})."
        raise PreconditionError(msg, hint=f"hopsdrill lab up --cluster {name}; or --kubeconfig FILE --context NAME")
    ref = clusters[name]
    return f"lab cluster {name}", Kube(ref.kubeconfig, ref.context)

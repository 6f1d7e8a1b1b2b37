"""`hopsdrill platform`: what a platform's backups look like from outside."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import fill

import typer

from hopsdrill.cli import where as w
from hopsdrill.cli.lab import AsJson
from hopsdrill.core.errors import InternalError
from hopsdrill.recovery.seen import require_answer
from hopsdrill.recovery.status import Level, Service, Status, judge, read
from hopsdrill.verdict import ExitStatus


app = typer.Typer(help="A platform as it is, read from outside; nothing is changed.", no_args_is_help=True)
WIDTH = 80  # columns: a report is pasted into mails and tickets
CODE = {
    Level.ENABLED: ExitStatus.PASS,
    Level.PARTIAL: ExitStatus.FAIL,
    Level.DISABLED: ExitStatus.FAIL,
    Level.UNKNOWN: ExitStatus.NOT_JUDGEABLE,
}


@app.callback()
def options() -> None:
    """A platform as it is, read from outside; nothing is changed."""


@app.command("status")
def platform_status(
    *,
    profile: w.ProfileName = "",
    cluster: w.Cluster = "",
    kubeconfig: w.Kubeconfig = None,
    context: w.Context = "",
    store_endpoint: w.Endpoint = "",
    bucket: w.Bucket = "",
    store_credentials: w.Credentials = None,
    region: w.Region = "us-east-1",
    as_json: AsJson = False,
) -> None:
    """Whether backups are enabled, of the platform and of each service; exit code 0 enabled, 1 partial or disabled, 8 unknown."""
    asked = w.Asked(profile, cluster, kubeconfig, context, store_endpoint, bucket, store_credentials, region)
    where = w.found(asked)
    if where.kube is None:
        msg = "The status was asked of no cluster."
        raise InternalError(msg)
    require_answer(where.kube)
    status = judge(read(where.kube, where.profile, where.store, where.no_store), where.profile)
    if as_json:
        told = {"cluster": where.title, "profile": where.profile.name, "namespace": where.profile.namespace}
        typer.echo(json.dumps({**told, **asdict(status)}, indent=1))
    else:
        typer.echo("\n".join(lines(where, status)))
    raise typer.Exit(CODE[status.level])


def lines(where: w.Where, status: Status) -> Iterator[str]:
    """The status for people, within 80 columns."""
    yield fill(
        f"backups {status.level.value}: {where.profile.namespace} on {where.title}, profile {where.profile.name}", WIDTH
    )
    for name, service in status.services.items():
        yield ""
        yield f"{name:<12}{service.level.value}"
        yield from _details(service)


def _details(service: Service) -> Iterator[str]:
    for name, text in service.facts.items():
        yield _wrapped(f"{name}: {text}", "    ")
    for each in service.findings:
        yield _wrapped(each.seen, "  ! ")
        yield _wrapped(each.cure, "    do: ")


def _wrapped(text: str, head: str) -> str:
    """One paragraph; commands are not broken at their hyphens."""
    return fill(
        text,
        WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
        break_long_words=False,
    )

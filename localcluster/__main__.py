"""The command `python -m localcluster`."""

import sys
from collections import deque

import click

from localcluster.cluster import Cluster
from localcluster.errors import ClusterError

_only = click.option(
    "--control-plane-only", is_flag=True, help="An API server without a node, beside the full cluster."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run a real one-node Kubernetes on this machine, built from pinned sources; everything it keeps is in .local/."""


@main.command()
@_only
def up(*, control_plane_only: bool) -> None:
    """Bring the cluster up; the kubeconfig is .local/kubeconfig."""
    Cluster(control_plane_only=control_plane_only).up()


@main.command()
@_only
def down(*, control_plane_only: bool) -> None:
    """End the cluster and remove its state; programs and images stay."""
    Cluster(control_plane_only=control_plane_only).down()


@main.command()
@_only
def build(*, control_plane_only: bool) -> None:
    """Install the packages and build the programs, and start nothing."""
    Cluster(control_plane_only=control_plane_only).build()


@main.command()
@_only
def status(*, control_plane_only: bool) -> None:
    """Say which parts run; exit code 1 unless all do and the API server is ready."""
    cluster = Cluster(control_plane_only=control_plane_only)
    for name, alive in cluster.status().items():
        click.echo(f"{name:24} {'running' if alive else 'not running'}")
    if not cluster.is_up():
        raise ClusterError("the cluster is not up: `make cluster` (or `make control-plane`) brings it up")


@main.command()
@_only
@click.argument("part")
@click.option("-n", "--lines", default=40, show_default=True, help="How many lines from the end.")
def logs(*, control_plane_only: bool, part: str, lines: int) -> None:
    """Show the end of one part's log."""
    path = Cluster(control_plane_only=control_plane_only).log(part)
    if not path.exists():
        raise ClusterError(f"{part} has no log yet: it has not been started")
    with path.open(errors="replace") as log:
        click.echo("".join(deque(log, lines)), nl=False)


@main.command()
@_only
@click.argument("part")
def restart(*, control_plane_only: bool, part: str) -> None:
    """End one part and start it again."""
    Cluster(control_plane_only=control_plane_only).restart(part)


if __name__ == "__main__":
    try:
        main()
    except ClusterError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)

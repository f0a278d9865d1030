"""`pacsstack operator`: run the operator, or print what installs it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click
import yaml

from pacsstack.manifests.operator import DEFAULT_NAMESPACE, build_operator
from pacsstack.render.inputs import DEFAULT_IMAGES

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


@click.group()
def operator() -> None:
    """Run the operator, or print what installs it."""


@operator.command()
@click.option(
    "--namespace", "namespaces", multiple=True, help="Serve this namespace alone; may be repeated. Default: all."
)
@click.option(
    "--kubeconfig", type=click.Path(exists=True, dir_okay=False), help="Default: KUBECONFIG, or the pod's own."
)
@click.option("--health-port", default=8080, show_default=True, help="Where /healthz answers; 0 for nowhere.")
@click.option(
    "--leader-election/--no-leader-election",
    default=None,
    help="Hold a Lease while working, so that of two operators one waits. Default: inside a cluster only.",
)
@click.option("--log-format", type=click.Choice(["json", "text"]), default="json", show_default=True)
def run(
    namespaces: tuple[str, ...],
    kubeconfig: str | None,
    health_port: int,
    *,
    leader_election: bool | None,
    log_format: str,
) -> None:
    """Run the operator until it is told to end."""
    # Imported here, so that `manifests` needs no cluster library.
    from pacsstack.controller.candidacy import candidate  # noqa: PLC0415
    from pacsstack.controller.logs import configure_logging  # noqa: PLC0415
    from pacsstack.controller.runner import Options, run_operator  # noqa: PLC0415

    configure_logging(log_format)
    path = _kubeconfig(kubeconfig)
    if path is not None:
        # Kopf reads the same file, and takes its place from the environment alone.
        os.environ["KUBECONFIG"] = path
    elected = leader_election or (leader_election is None and path is None)
    options = Options(
        namespaces, path, health_port, candidate(namespaces, in_cluster=path is None) if elected else None
    )
    asyncio.run(run_operator(options))


@operator.command()
@click.option("--image", required=True, help="The operator's own image.")
@click.option("--namespace", default=DEFAULT_NAMESPACE, show_default=True, help="Where the operator runs.")
@click.option("--related-image", multiple=True, metavar="COMPONENT=IMAGE", help=f"One of {', '.join(DEFAULT_IMAGES)}.")
def manifests(image: str, namespace: str, related_image: tuple[str, ...]) -> None:
    r"""Print the objects that install the operator.

    \b
    Example:
      pacsstack operator manifests --image REGISTRY/pacsstack-operator:0.1.0 | kubectl apply --server-side -f -
    """
    objects = build_operator(image, namespace, _related(related_image))
    click.echo(yaml.safe_dump_all(objects, sort_keys=False, explicit_start=True), nl=False)


def _kubeconfig(given: str | None) -> str | None:
    """Return the kubeconfig to use, None for the pod's own ServiceAccount."""
    if given or os.environ.get("KUBECONFIG"):
        return given or os.environ["KUBECONFIG"]
    if _SERVICE_ACCOUNT.exists():
        return None
    usual = Path.home() / ".kube" / "config"
    if usual.exists():
        return str(usual)
    raise click.UsageError("there is no cluster to work on: give --kubeconfig FILE, or set KUBECONFIG")


def _related(pairs: tuple[str, ...]) -> dict[str, str]:
    images = dict(pair.partition("=")[::2] for pair in pairs)
    for component, image in images.items():
        if component not in DEFAULT_IMAGES or not image:
            raise click.UsageError(
                f"--related-image {component}={image}: write COMPONENT=IMAGE with one of {', '.join(DEFAULT_IMAGES)}"
            )
    return images

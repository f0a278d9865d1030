"""`python -m localcluster.demo`: from nothing to images stored and found."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click
import requests

from localcluster.demo import steps
from localcluster.demo.cluster import LOCAL_KUBECONFIG, ROOT, Ground, find_ground
from localcluster.demo.dcmtk import DicomError
from localcluster.demo.install import OPERATOR_NAMESPACE, install_operator
from localcluster.demo.kubectl import LOCAL_KUBECTL, KubectlError
from localcluster.demo.study import make_study
from localcluster.demo.table import closing_table

if TYPE_CHECKING:
    from localcluster.demo.stack import Stack

AUTHORITIES = ROOT / ".local" / "demo"


def tell(line: str) -> None:
    """Print a progress line at once, also into a pipe."""
    click.echo(f"demo: {line}")


@click.command()
@click.option("--image", "images", multiple=True, metavar="PART=IMAGE", help="The image of a part on your own cluster.")
@click.option("--slices", default=6, show_default=True, help="Images in each of the study's three series.")
@click.option("--timeout", default=300.0, show_default=True, help="Seconds that the stack may take to be Ready.")
def main(images: tuple[str, ...], slices: int, timeout: float) -> None:
    """Bring up an archive, send a study over DICOM TLS, find it over HTTPS, forward it through the adapter.

    With KUBECONFIG set, that cluster is used and nothing is started here; name the operator's image then, such as
    `--image operator=registry.example.org/pacsstack:0.1.0`.
    """
    try:
        run(_parse(images), slices, timeout)
    except subprocess.CalledProcessError as error:
        raise click.ClickException(
            f"{' '.join(map(str, error.cmd))}: exit code {error.returncode}, see above"
        ) from error
    except (KubectlError, DicomError, TimeoutError, requests.RequestException, RuntimeError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def run(images: dict[str, str], slices: int, timeout: float) -> None:
    """Take all steps, one after the other."""
    ground = find_ground(images)
    tell(f"the operator goes into namespace {OPERATOR_NAMESPACE}")
    install_operator(ground, timeout)
    tell(f"namespace {steps.NAMESPACE}: a DICOM store, and {steps.EXAMPLE.relative_to(ROOT)}")
    steps.prepare_namespace(ground.kubectl, ground.images["dicomstore"])
    stack = steps.bring_up_stack(ground.kubectl.within(steps.NAMESPACE), tell, timeout)
    _use(ground, stack, slices)


def _use(ground: Ground, stack: Stack, slices: int) -> None:
    """Send, find, forward, and say how to go on."""
    AUTHORITIES.mkdir(parents=True, exist_ok=True)
    archive = stack.archive(AUTHORITIES)
    study = make_study("demo", slices)
    tell(f"storescu sends {len(study.instances)} images over DICOM TLS")
    steps.send_over_tls(stack, study, archive.authority)
    tell("QIDO-RS looks for them over HTTPS")
    found = steps.find_over_https(archive, study)
    tell("dcmsend sends them to the adapter; the status summary of dcmsend:")
    summary, forwarded = steps.forward(stack, study)
    click.echo(summary)
    counts = steps.Counts(len(study.instances), found, forwarded)
    click.echo(f"\n{closing_table(stack, _short(archive.authority), counts, _kubectl(ground))}")


def _parse(images: tuple[str, ...]) -> dict[str, str]:
    pairs = [image.partition("=") for image in images]
    if wrong := [image for image, pair in zip(images, pairs, strict=True) if not all(pair)]:
        raise click.BadParameter(f"write PART=IMAGE instead of {wrong[0]}")
    return {part: image for part, _, image in pairs}


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _kubectl(ground: Ground) -> str:
    """Return how a person calls kubectl for this cluster."""
    return f"KUBECONFIG={_short(LOCAL_KUBECONFIG)} {_short(LOCAL_KUBECTL)}" if ground.local else "kubectl"


if __name__ == "__main__":
    main()

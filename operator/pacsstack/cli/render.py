"""`pacsstack render`: every object that the operator would apply, without a cluster."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

from pacsstack.cli.documents import Document, read_documents
from pacsstack.cli.output import Format, output_option, print_objects
from pacsstack.cli.validate import problems_of
from pacsstack.manifests.stack import build_stack
from pacsstack.render.inputs import DEFAULT_IMAGES, Images
from pacsstack.render.placeholder import placeholder_inputs
from pacsstack.spec.problems import parse_stack


@click.command()
@click.option("-f", "--filename", "files", multiple=True, required=True, help="A file, or `-`; may be given again.")
@output_option
@click.option("-n", "--namespace", help="The namespace of stacks that name none.  [default: default]")
@click.option(
    "--related-image", "related", multiple=True, metavar="COMPONENT=IMAGE", help="An image other than the default."
)
def render(files: tuple[str, ...], output: Format, namespace: str | None, related: tuple[str, ...]) -> None:
    r"""Print every object that the operator would apply, in that order; credentials are printed as references.

    \b
    Examples:
      pacsstack render -f stack.yaml
      pacsstack render -f stack.yaml -o json | jq '.items[].kind'
      pacsstack render -f stack.yaml --related-image orthanc=MIRROR/orthanc:26.8.1
    """
    images = images_from(related)
    stacks = [document for document in read_documents(files) if document.is_ours]
    if not stacks:
        raise click.UsageError("there is no PacsStack in the input")
    objects = [each for document in stacks for each in _objects(document, namespace, images)]
    click.echo(print_objects(objects, output), nl=False)


def images_from(related: tuple[str, ...]) -> Images:
    """Return the images of `COMPONENT=IMAGE` pairs, and the defaults for the rest.

    Raises:
        click.UsageError: when a pair names no component or no image.
    """
    pairs = dict(pair.partition("=")[::2] for pair in related)
    for component, image in pairs.items():
        if component not in DEFAULT_IMAGES or not image:
            raise click.UsageError(
                f"--related-image {component}={image}: write COMPONENT=IMAGE with one of {', '.join(DEFAULT_IMAGES)}"
            )
    return dataclasses.replace(Images(), **pairs)


def _objects(document: Document, namespace: str | None, images: Images) -> list[dict[str, Any]]:
    problems = problems_of(document)
    if problems:
        lines = [f"{document.source}: {problem.path}: {problem.message}" for problem in problems]
        raise click.ClickException("\n".join(lines))
    stack = parse_stack(document.content)
    if namespace and "namespace" not in document.content["metadata"]:
        stack = stack.model_copy(update={"metadata": stack.metadata.model_copy(update={"namespace": namespace})})
    return build_stack(stack, placeholder_inputs(stack, images))

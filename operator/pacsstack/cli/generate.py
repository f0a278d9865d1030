"""`pacsstack generate`: the files that are made from the models."""

from __future__ import annotations

from pathlib import Path

import click

from pacsstack.cli.output import Format, output_option, print_objects
from pacsstack.spec.crd import build_crd
from pacsstack.spec.reference import reference_pages


@click.group()
def generate() -> None:
    r"""Print what is made from the models.

    \b
    Examples:
      pacsstack generate crd | kubectl apply --server-side -f -
      pacsstack generate reference --output docs/reference
    """


@generate.command()
@output_option
def crd(output: Format) -> None:
    """Print the CustomResourceDefinition."""
    click.echo(print_objects([build_crd()], output), nl=False)


@generate.command()
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder.")
def reference(output: Path) -> None:
    """Write the pages about fields and conditions into a folder."""
    output.mkdir(parents=True, exist_ok=True)
    for name, text in reference_pages().items():
        (output / name).write_text(text, encoding="utf-8")

"""`pacsstack validate`: what is wrong with a PacsStack, before a cluster sees it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from pacsstack.cli.documents import Document, read_documents
from pacsstack.render.checks import check_spec
from pacsstack.spec.problems import SpecProblem, find_problems, parse_stack

Finding = tuple[Document, list[SpecProblem]]


@click.command()
@click.option("-f", "--filename", "files", multiple=True, required=True, help="A file, or `-`; may be given again.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def validate(files: tuple[str, ...], output: str) -> None:
    r"""Say what is wrong with PacsStack documents, and what to write instead.

    Documents of other kinds are passed over with a note. Exit code 1 when something is wrong, 2 when a file cannot
    be read.

    \b
    Examples:
      pacsstack validate -f stack.yaml
      kubectl get pacs -A -o yaml | pacsstack validate -f -
      pacsstack validate -f a.yaml -f b.yaml -o json
    """
    findings = [(document, problems_of(document)) for document in _ours(read_documents(files))]
    click.echo(_as_json(findings) if output == "json" else _as_text(findings), nl=False)
    if any(problems for _, problems in findings):
        sys.exit(1)


def problems_of(document: Document) -> list[SpecProblem]:
    """Return what is wrong: first what the API server would see, then what only the operator can."""
    problems = find_problems(document.content)
    return problems or check_spec(parse_stack(document.content))


def _ours(documents: list[Document]) -> list[Document]:
    for document in documents:
        if not document.is_ours:
            click.echo(f"{document.source}: note: {document.title} is no PacsStack, not checked", err=True)
    ours = [document for document in documents if document.is_ours]
    if not ours:
        click.echo("note: there is no PacsStack in the input", err=True)
    return ours


def _as_text(findings: list[Finding]) -> str:
    lines = []
    for document, problems in findings:
        lines += [f"{document.source}: {problem.path}: {problem.message}" for problem in problems]
        if not problems:
            lines.append(f"{document.source}: {document.title} is valid")
    return "".join(f"{line}\n" for line in lines)


def _as_json(findings: list[Finding]) -> str:
    flat = [
        {"source": document.source, "object": document.title, **asdict(problem)}
        for document, problems in findings
        for problem in problems
    ]
    return json.dumps(flat, indent=2, ensure_ascii=False) + "\n"

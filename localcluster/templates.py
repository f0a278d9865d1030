"""Fill in the configuration files that are mostly text."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from localcluster.settings import MANIFESTS

_TEMPLATES = Environment(
    loader=FileSystemLoader(MANIFESTS),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    autoescape=False,  # noqa: S701 (nothing here is HTML)
)


def write_from_template(template: str, target: Path, **values: object) -> Path:
    """Write one configuration file; returns its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(filled(template, **values))
    return target


def filled(template: str, **values: object) -> str:
    """The text of one template."""
    return _TEMPLATES.get_template(template).render(**values)

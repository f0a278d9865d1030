"""The command `pacsstack`; a subcommand is imported when it is called, so that `validate` needs no cluster library."""

from __future__ import annotations

import importlib
from importlib.metadata import version

import click

_COMMANDS = {
    "generate": ("pacsstack.cli.generate", "Print what is made from the models: the CRD and the reference."),
    "operator": ("pacsstack.cli.operator", "Run the operator, or print what installs it."),
    "render": ("pacsstack.cli.render", "Print every object that the operator would apply."),
    "validate": ("pacsstack.cli.validate", "Say what is wrong with a PacsStack before it is applied."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called; listing them imports nothing.

    The module of a subcommand has it as an attribute of the same name.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all subcommands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one subcommand; `None` when there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{_COMMANDS[cmd_name][0]}.{cmd_name} is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the subcommands from the table above, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in sorted(_COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("pacsstack"), prog_name="pacsstack")
def main() -> None:
    r"""Medical image archives on Kubernetes: one PacsStack resource in, a working PACS out.

    \b
    Examples:
      pacsstack validate -f stack.yaml
      pacsstack render -f stack.yaml | kubectl diff -f -
      pacsstack operator manifests --image REGISTRY/pacsstack-operator:0.1.0 | kubectl apply --server-side -f -
    """


if __name__ == "__main__":
    main()

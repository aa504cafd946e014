"""``safepassage``: one command whose parts live where they belong, and are found by entry points."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points, version

import click

from .errors import EXIT_CODES, Lacking

GROUP = "safepassage.commands"


class Commands(click.Group):
    """Every command that an installed distribution declares in the group `safepassage.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(entry_points(group=GROUP).names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, loaded when it is needed."""
        found = [point for point in entry_points(group=GROUP) if point.name == cmd_name]
        return _load(found[0]) if found else None


def _load(point: EntryPoint) -> click.Command:
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        return _broken(point.name, str(error))
    if not isinstance(loaded, click.Command):
        return _broken(point.name, f"{point.value} is no command")
    return loaded


def _broken(name: str, reason: str) -> click.Command:
    """Stands in for a command that cannot be loaded, so that the others still can be used and listed."""

    def tell() -> None:
        error = Lacking(f"the command cannot be loaded: {reason}", "install Safepassage again: make demo does")
        click.echo(f"safepassage: {error.message}\n  → {error.remedy}", err=True)
        raise SystemExit(error.exit_code)

    return click.Command(name, callback=tell, help=f"(cannot be loaded: {reason})")


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Safepassage: agencies that protect children say what they did, signed, and see what reached them.\n\n"
    "\b\nExample:\n  safepassage demo            a live network replays the caseload of 2009\n"
    "  safepassage COMMAND --help  what a command does, with an example\n\n"
    f"\b\n{EXIT_CODES}",
)
@click.version_option(version("safepassage"), prog_name="safepassage")
def cli() -> None:
    """The group; its help is given above."""


def main() -> None:
    """The console script."""
    cli(prog_name="safepassage")

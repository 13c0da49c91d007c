"""The command line of Housestaff, where every command imports what it needs only when it runs."""

from importlib.metadata import version as installed_version
from typing import Annotated

import typer

app = typer.Typer(
    name="housestaff",
    help="Schedules medical residency programs within the rules they live by.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line and leave with the exit code of the command."""
    app()


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"housestaff {installed_version('housestaff')}")
        raise typer.Exit


@app.callback()
def housestaff(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Schedules medical residency programs within the rules they live by."""

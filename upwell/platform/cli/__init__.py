"""The command line: ``upwell``. Commands load what they need when they run, so that each starts at once."""

from __future__ import annotations

import sys

import typer

from upwell.platform import cli_gate, cli_knowledge, cli_pk, cli_session
from upwell.platform.cli import data, house, ledger, people
from upwell.platform.cli_io import Commands
from upwell.platform.cli_score import score_command

app = typer.Typer(
    name="upwell",
    cls=Commands,
    help="A care platform for ketamine-assisted psychotherapy for depression.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(house.serve)
app.command("init")(house.init)
app.command("demo")(house.demo)
app.command("doctor")(house.doctor)
app.command("settings")(house.settings)
app.command("backup")(house.backup)
app.command("restore")(house.restore)
app.command("score")(score_command)
app.command("screen")(cli_gate.screen_command)
app.add_typer(cli_gate.gate_app, name="gate")
app.add_typer(cli_session.session_app, name="session")
app.add_typer(ledger.app, name="ledger")
app.add_typer(data.app, name="import")
app.add_typer(people.app, name="user")
app.add_typer(cli_pk.app, name="pk")
app.add_typer(cli_knowledge.app, name="knowledge")


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        from upwell import __version__

        typer.echo(f"upwell {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; an interrupted command ends with 130 and no stack trace."""
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(130)

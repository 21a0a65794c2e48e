"""Commands for the house itself: serve, init, demo, doctor, settings, backup, restore."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from upwell.base.errors import BadInput
from upwell.platform.cli.shared import HomeOption, JsonOption, home_of, say, with_database
from upwell.platform.cli_io import print_json, run

if TYPE_CHECKING:
    from upwell.platform.database import Databases


@run
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), for HTTPS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM, PKCS#8).")] = None,
    trusted_proxy: Annotated[
        list[str] | None, typer.Option(help="Address of a reverse proxy that speaks HTTPS; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes: 1 for a small practice, 2 at scale.")] = 1,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="Listen on a public address without HTTPS all the same.")
    ] = False,
    demo: Annotated[bool, typer.Option("--demo", help="Load the demo practices; anybody may enter.")] = False,
    home: HomeOption = None,
) -> None:
    """Serve Upwell: database, pages and what looks after them, until Ctrl-C."""
    from upwell.platform.listening import Listening
    from upwell.platform.serve import serve as serve_home

    place = home_of(home, demo=demo)
    demo = demo or place.is_demo
    if demo:
        os.environ["UPWELL_DEMO"] = "1"

    def before_web(databases: Databases) -> None:
        from upwell.platform.setup import prepare

        prepare(place, say, demo=demo)

    asked = Listening(
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        trusted_proxies=tuple(trusted_proxy or ()),
        workers=workers,
        insecure_http=insecure_http,
        demo=demo,
    )
    serve_home(place, asked, say, before_web=before_web)


@run
def init(home: HomeOption = None) -> None:
    """Set up the home and bring its database up to date. Safe to run again."""
    from upwell.platform.setup import prepare

    with with_database(home, schema=False) as (place, _):
        prepare(place, say)
    say(
        f"{place.root} is ready. Make the first admin with: upwell user add EMAIL --name … --practice … --role admin"
    )


@run
def demo(home: HomeOption = None) -> None:
    """Load the demo practices into a home that holds nothing else."""
    from upwell.platform.setup import prepare

    with with_database(home_of(home, demo=True).root, schema=False) as (place, _):
        prepare(place, say, demo=True)
    say("The demo practices are loaded. Serve them with: upwell serve --demo")


@run
def doctor(
    host: Annotated[str, typer.Option(help="Address that serve will listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port that serve will listen on.")] = 8000,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate that serve will use.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key.")] = None,
    trusted_proxy: Annotated[
        list[str] | None, typer.Option(help="Reverse proxy that serve will trust.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from rich.console import Console
    from rich.table import Table

    from upwell.platform.doctor import examine
    from upwell.platform.schema import last_recorded, pending_if_django, unreadable_knowledge

    place = home_of(home)
    checks = examine(
        place,
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        trusted_proxies=tuple(trusted_proxy or ()),
        demo=place.is_demo,
        pending=pending_if_django,
        last_recorded=last_recorded,
        unreadable=unreadable_knowledge,
    )
    if as_json:
        print_json({"checks": [dataclasses.asdict(check) for check in checks]})
    else:
        table = Table(box=None, pad_edge=False)
        for title in ("", "what", "how it is", "what to do"):
            table.add_column(title, overflow="fold")  # a path that is cut short helps nobody
        colours = {"ok": "green", "warn": "yellow", "fail": "red"}
        for check in checks:
            colour = colours[check.state]
            table.add_row(f"[{colour}]{check.state}[/]", check.id, check.message, check.mend)
        Console().print(table)
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)


@run
def settings(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show every setting: its variable, meaning, and value now. Secrets are not shown."""
    from rich.console import Console
    from rich.table import Table

    from upwell.platform.configuration import configuration

    home_of(home)
    config = configuration()
    rows = []
    for entry in dataclasses.fields(config):
        value = getattr(config, entry.name)
        shown = ("set" if value else "not set") if entry.metadata["secret"] else value
        shown = str(shown) if isinstance(shown, Path) else shown
        meta = entry.metadata
        rows.append({"variable": meta["variable"], "value": shown, "meaning": meta["meaning"]})
    if as_json:
        print_json({"settings": rows})
        return
    table = Table(box=None, pad_edge=False)
    for title in ("variable", "value", "meaning"):
        table.add_column(title, overflow="fold")
    for row in rows:
        value = row["value"]
        table.add_row(
            row["variable"], ", ".join(value) if isinstance(value, list) else str(value), row["meaning"]
        )
    Console().print(table)


@run
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a backup of everything, while Upwell serves, and verify what was written."""
    from upwell.platform.backup import backup as write

    if file.exists():
        raise BadInput(f"{file} exists already. Name another file; a backup never replaces one.", path="FILE")
    manifest = write(home_of(home), file, say)
    if as_json:
        print_json(manifest.as_json())
    else:
        say(f"{file}: {manifest.total_rows} rows in {len(manifest.tables)} tables, verified.")


@run
def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `upwell backup` wrote.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; what is there now is put aside, not lost.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup, after verifying it. The present database is put aside under another name."""
    from upwell.platform.backup import inspect
    from upwell.platform.backup import restore as read

    if not file.is_file():
        raise BadInput(f"There is no file {file}.", path="FILE")
    inspect(file)  # a damaged file is refused before so much as a folder is made
    # A script has nobody to ask; what is there now is put aside, not lost.
    if (
        not yes
        and sys.stdin.isatty()
        and not typer.confirm(f"Replace what {home_of(home).root} holds by {file}?")
    ):
        raise typer.Exit(1)
    from upwell.platform.postgres.embedded import make_secrets
    from upwell.platform.schema import known_migrations, migrate_other, start_django

    place = home_of(home).create()
    make_secrets(place)  # before the settings read them: a restore may be the first thing a new home sees
    start_django()
    manifest = read(
        place,
        file,
        say,
        known_migrations=known_migrations(),
        bring_up_to_date=lambda databases: migrate_other(databases.owner.dbname),
    )
    from upwell.platform.database import running

    with running(place, say):
        from upwell.pathway.pharmacy.restoring import note_restore
        from upwell.platform.schema import close_connections

        try:
            for words in note_restore(manifest.created_at):
                say(words)
        finally:
            close_connections()
    if as_json:
        print_json(manifest.as_json())
    else:
        say(f"Restored {manifest.total_rows} rows in {len(manifest.tables)} tables from {file}.")

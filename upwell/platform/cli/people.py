"""Commands for people: the first admin, and whoever lost every other way in."""

from __future__ import annotations

from typing import Annotated

import typer

from upwell.platform.cli.shared import HomeOption, JsonOption, find_practice, say, with_database
from upwell.platform.cli_io import print_json, run

app = typer.Typer(no_args_is_help=True, help="Staff log-ins, from the machine that hosts them.")


@app.command("add")
@run
def add(
    email: Annotated[str, typer.Argument(help="The person's email address.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    practice: Annotated[str, typer.Option(help="The practice; made if there is none of that name.")],
    role: Annotated[
        list[str],
        typer.Option(help="therapist, prescriber, monitor, medical-director, admin, researcher; repeatable."),
    ],
    jurisdiction: Annotated[str, typer.Option(help="US or EU, for a practice that is made.")] = "US",
    time_zone: Annotated[
        str, typer.Option(help="Such as Europe/Berlin, for a practice that is made.")
    ] = "UTC",
    url: Annotated[
        str, typer.Option(help="Address under which people open Upwell.")
    ] = "http://127.0.0.1:8000",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Invite a member of staff; prints the link with which they set their password."""
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import system_actor
        from upwell.office.practice.actions import create_practice, create_user
        from upwell.people.models import Practice

        by = system_actor("set-up")
        with acting_as(by):
            known = Practice.objects.filter(name__iexact=practice.strip()).exists()
            if known:
                place = find_practice(practice)
            else:
                place = create_practice(by=by, name=practice, time_zone=time_zone, jurisdiction=jurisdiction)
            invited = create_user(by=by, email=email, name=name, practice_id=place.id, roles=role)
        if not known:
            say(f"Made the practice “{place.name}”.")
        link = f"{url.rstrip('/')}/invitation/{invited.token}/"
        until = invited.invitation.expires_at
    if as_json:
        print_json({"email": email, "practice": str(place.id), "link": link, "expires_at": until.isoformat()})
    else:
        say(f"{name} can come in with this link, once, until {until:%d %B %Y}:")
        typer.echo(link)


@app.command("list")
@run
def list_people(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the staff of every practice."""
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import system_actor
        from upwell.people.models import Membership

        staff = Membership.objects.select_related("account", "practice")
        with acting_as(system_actor("set-up")):
            found = list(staff.order_by("practice__name", "account__name"))
        rows = [
            {
                "practice": row.practice.name,
                "name": row.account.name,
                "email": row.account.email,
                "roles": row.roles,
                "active": row.active and row.account.is_active,
            }
            for row in found
        ]
    if as_json:
        print_json({"people": rows})
        return
    if not found:
        say("Nobody has come in yet. Invite the first with: upwell user add")
    for row in found:
        ended = "" if row.active and row.account.is_active else "  (ended)"
        who = f"{row.account.name} <{row.account.email}>"
        typer.echo(f"{row.practice.name}: {who}  {', '.join(row.roles)}{ended}")


@app.command("link")
@run
def link(
    email: Annotated[str, typer.Argument(help="The person's email address.")],
    url: Annotated[
        str, typer.Option(help="Address under which people open Upwell.")
    ] = "http://127.0.0.1:8000",
    forget_codes: Annotated[
        bool,
        typer.Option("--forget-codes", help="Take their authenticator app and recovery codes away, too."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a link with which somebody who lost their password chooses a new one. Good for three days."""
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import system_actor
        from upwell.office.doors.actions import password_link
        from upwell.office.doors.second_steps import forget_codes as forget

        by = system_actor("set-up")
        if forget_codes:
            say(f"Ways to sign in that were taken away: {forget(by=by, email=email)}")
        with acting_as(by):
            found = url.rstrip("/") + password_link(by=by, email=email)
    if as_json:
        print_json({"email": email, "link": found})
    else:
        typer.echo(found)

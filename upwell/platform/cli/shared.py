"""What commands share: options, progress on the terminal, a database that runs, names turned into rows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from upwell.base.errors import BadInput, Unavailable
from upwell.platform.home import Home

if TYPE_CHECKING:
    from upwell.base.actor import Actor
    from upwell.people.models import Practice
    from upwell.platform.database import Databases

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder that holds all state (UPWELL_HOME).", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
PracticeOption = Annotated[str, typer.Option("--practice", help="The practice's name or id.")]
AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="EMAIL", help="Act for this member of staff; written into the audit."),
]


def say(words: str) -> None:
    """Progress, on standard error, so that it never mixes with a result."""
    typer.echo(words, err=True)


def home_of(named: Path | None, *, demo: bool = False) -> Home:
    """The home of this command; the environment is told, so that every part uses the same.

    Where none is named, the demo has one of its own: invented people never share a home with real ones.
    """
    if demo and named is None and not os.environ.get("UPWELL_HOME"):
        usual = Home.at().root
        named = usual.with_name(f"{usual.name}-demo")
    home = Home.at(named)
    os.environ["UPWELL_HOME"] = str(home.root)
    return home


@contextmanager
def with_database(named: Path | None, *, schema: bool = True) -> Iterator[tuple[Home, Databases]]:
    """The database running, Django loaded, the schema as this version wants it."""
    from upwell.platform.database import running

    home = home_of(named)
    with running(home, say) as databases:
        from upwell.platform import schema as schema_room

        schema_room.start_django()
        if schema and (todo := schema_room.pending()):
            raise Unavailable(
                f"The database is behind this version of Upwell by {len(todo)} steps. Run: upwell init"
            )
        try:
            yield home, databases
        finally:
            schema_room.close_connections()


def find_practice(named: str) -> Practice:
    """The practice with this name or id; a wrong name is answered with the ones there are."""
    from uuid import UUID

    from upwell.people.models import Practice

    by_name = list(Practice.objects.filter(name__iexact=named.strip()))
    if not by_name:
        try:
            by_name = list(Practice.objects.filter(id=UUID(named)))
        except ValueError:
            by_name = []
    if len(by_name) == 1:
        return by_name[0]
    known = ", ".join(
        f"“{name}”" for name in Practice.objects.order_by("name").values_list("name", flat=True)[:20]
    )
    if by_name:
        raise BadInput(f"Several practices are called “{named}”. Give the id instead.", path="--practice")
    hint = f"There are: {known}." if known else "There is none yet; make one with: upwell user add"
    raise BadInput(f"There is no practice “{named}”. {hint}", path="--practice")


def acting_person(email: str | None, practice: Practice) -> Any:
    """The account id of the member of staff named with ``--as``, who must work at the practice."""
    if email is None:
        return None
    from upwell.access.acting import acting_as
    from upwell.access.system import system_actor
    from upwell.people.models import Membership

    with acting_as(system_actor("set-up")):
        found = Membership.objects.filter(
            account__email=email.strip().lower(), practice=practice, active=True
        ).first()
    if found is None:
        raise BadInput(f"{email} does not work at {practice.name}.", path="--as")
    return found.account_id


def system_for(purpose: str, practice: Practice, email: str | None) -> Actor:
    """The system actor of a command, on behalf of ``--as`` where that is given."""
    from upwell.access.system import system_actor

    return system_actor(purpose, practice.id, acting_person(email, practice))

"""``upwell ledger``: look at a practice's drug book, and verify that nobody changed it behind its back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from upwell.base.errors import BadInput, RefusedByRule
from upwell.platform.cli.shared import HomeOption, JsonOption, find_practice, with_database
from upwell.platform.cli_io import EXIT_ERROR, print_json, print_text, run

if TYPE_CHECKING:
    from upwell.pathway.pharmacy.rules import Mark
    from upwell.pathway.pharmacy.verify import Checked

app = typer.Typer(name="ledger", help="The drug book of a practice.", no_args_is_help=True)
OnePractice = Annotated[
    str | None, typer.Option("--practice", help="The practice's name or id. Left out: every drug book.")
]
Expect = Annotated[
    str | None,
    typer.Option(
        "--expect", metavar="POSITION:HASH", help="A position that you kept elsewhere; needs --practice."
    ),
]


@app.callback()
def _ledger() -> None:
    """The drug book of a practice."""


@app.command("verify")
@run
def verify_command(
    practice: OnePractice = None, expect: Expect = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Find any change made behind the drug book's back, and doses that it did not draw as they were given.

    0 it is whole and agrees, 1 a break with its first position or a dose that is not alike, 2 bad input.
    """
    mark = _mark(expect, practice)
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import Purpose, system_actor
        from upwell.pathway.pharmacy.verify import books, check

        with acting_as(system_actor(Purpose.JOB)):
            wanted = _wanted(practice) or [(one, "") for one in books()]
            names = dict(wanted) | _names([one for one, _name in wanted])
            found = [check(one, mark) for one, _name in wanted]
            told = [_told(one, names[one.practice_id]) | _doses(one.practice_id) for one in found]
    whole, agrees = (all(one[key] for one in told) for key in ("whole", "agrees"))
    if as_json:
        print_json({"whole": whole, "agrees": agrees, "books": told})
    else:
        _print_verdicts(told)
    if not (whole and agrees):
        raise typer.Exit(EXIT_ERROR)


@app.command("anchor")
@run
def anchor_command(
    practice: OnePractice = None,
    begin: Annotated[
        bool,
        typer.Option("--begin", help="Begin an anchor where there is none, from the book as it stands now."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the anchor up to date and print position and hash, to be kept where nobody can change both."""
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import Purpose, system_actor
        from upwell.pathway.pharmacy.anchor import BEGUN, read_anchor
        from upwell.pathway.pharmacy.anchoring import catch_up
        from upwell.pathway.pharmacy.verify import begin_again, books

        with acting_as(system_actor(Purpose.JOB)):
            wanted = _wanted(practice) or [(one, "") for one in books()]
            names = dict(wanted) | _names([one for one, _name in wanted])
        heads = []
        for one, _name in wanted:
            known = read_anchor(one)
            if begin and known.exists:
                raise RefusedByRule(f"{names[one]} has an anchor already. It is not begun anew.")
            if not begin and not known.exists:
                raise RefusedByRule(
                    f"{names[one]} has no anchor. Look at the book first; then: upwell ledger anchor --begin"
                )
            if begin:
                begin_again(one, BEGUN, "upwell ledger anchor --begin")
            catch_up(one)
            heads.append(_head(one, names[one]))
    if as_json:
        print_json({"anchors": heads})
    for head in () if as_json else heads:
        print_text(f"{head['practice']}: {head['position']}:{head['hash']}")


@app.command("show")
@run
def show_command(
    practice: Annotated[str, typer.Option("--practice", help="The practice's name or id.")],
    last: Annotated[int, typer.Option("--last", min=1, max=100_000, help="How many entries.")] = 20,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is in stock by the book, and its last entries."""
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import Purpose, system_actor
        from upwell.pathway.pharmacy.register import told_entries, told_stock

        place = find_practice(practice)
        with acting_as(system_actor(Purpose.JOB, place.id)):
            stock, entries = told_stock(place.id), told_entries(place.id, last)
    if as_json:
        print_json({"practice": place.name, "stock": stock, "entries": entries})
        return
    for one in stock:
        print_text(
            f"{one['product']}, lot {one['lot']}, expires {one['expires_on']}: {one['balance_mg']} mg,"
            f" of which {one['held_mg']} mg set aside"
        )
    for one in entries:
        print_text(" ".join(str(one[key]) for key in ("position", "at", "kind", "lot", "delta_mg", "by")))


def _wanted(practice: str | None) -> list[tuple[UUID, str]]:
    if practice is None:
        return []
    place = find_practice(practice)
    return [(place.id, place.name)]


def _names(practices: Iterable[UUID]) -> dict[UUID, str]:
    from upwell.people.models import Practice

    ids = list(practices)
    known = dict(Practice.objects.filter(id__in=ids).values_list("id", "name"))
    return {one: known.get(one, f"practice {one}, which is not in the database") for one in ids}


def _mark(expect: str | None, practice: str | None) -> Mark | None:
    if expect is None:
        return None
    if practice is None:
        raise BadInput("--expect is about one book: name it with --practice.", path="--expect")
    from upwell.pathway.pharmacy.rules import Mark

    position, _, kept = expect.partition(":")
    is_hash = len(kept) == 64 and not set(kept.lower()) - set("0123456789abcdef")
    if not (position.isascii() and position.isdigit() and len(position) < 16 and int(position) and is_hash):
        raise BadInput("Give it as upwell ledger anchor printed it: POSITION:HASH.", path="--expect")
    return Mark(int(position), kept.lower())


def _told(one: Checked, name: str) -> dict[str, Any]:
    from upwell.pathway.pharmacy.verify import how

    broken = one.verdict.broken
    return {
        "practice": name,
        "practice_id": str(one.practice_id),
        "whole": one.is_whole,
        "entries": one.verdict.entries,
        "position": one.verdict.head.position,
        "hash": one.verdict.head.hash if one.verdict.entries else None,
        "first_bad_position": None if broken is None else broken.position,
        "what": None if broken is None else broken.what,
        "message": one.fault if broken is None else how(broken),
        "anchor_fault": one.fault or None,
        "anchored_to": one.anchor.head,
        "not_anchored": one.not_anchored,
        "restarts": [
            {"kind": line.kind, "position": line.position, "at": line.at, "words": line.words}
            for line in one.anchor.restarts
        ],
    }


def _doses(practice_id: UUID) -> dict[str, Any]:
    """The doses on record held against what the book drew."""
    from upwell.base.clock import now
    from upwell.pathway.pharmacy.comparing import compare, how

    found = compare(practice_id, now())
    unlike = [
        {
            "what": one.what,
            "session": str(one.session_id),
            "entry": str(one.event_id),
            "position": one.position,
            "given_mg": None if one.given_mg is None else str(one.given_mg),
            "drawn_mg": str(one.drawn_mg),
            "message": how(one),
        }
        for one in found.unlike
    ]
    return {"agrees": not unlike, "doses": found.doses, "unlike": unlike}


def _head(practice_id: UUID, name: str) -> dict[str, Any]:
    from upwell.pathway.pharmacy.anchor import read_anchor

    marks = read_anchor(practice_id).marks
    head = marks[-1] if marks else None
    return {
        "practice": name,
        "position": 0 if head is None else head.position,
        "hash": "" if head is None else head.hash,
    }


def _print_verdicts(told: list[dict[str, Any]]) -> None:
    if not told:
        print_text("There is no drug book yet.")
    for one in told:
        state = "whole" if one["whole"] else "BROKEN"
        print_text(f"{one['practice']}: {state}; {one['entries']} entries, anchored to {one['anchored_to']}")
        print_text(f"- {one['doses']} doses on record held against it; {len(one['unlike'])} not alike")
        for unlike in one["unlike"]:
            print_text(f"- {unlike['message']}")
        if one["first_bad_position"] is not None:
            print_text(f"- first bad position: {one['first_bad_position']} ({one['what']}). {one['message']}")
        if one["anchor_fault"]:
            print_text(f"- {one['anchor_fault']}")
        if one["not_anchored"] and one["whole"]:
            print_text(f"- {one['not_anchored']} entries are not anchored yet: upwell ledger anchor")
        for line in one["restarts"]:
            print_text(f"- {line['kind']} at position {line['position']} on {line['at']}: {line['words']}")

"""What is in force, what waits, and the signature."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.access.roles import require
from upwell.base.errors import BadInput
from upwell.knowledge.catalogue import Entry, Fact, entries
from upwell.knowledge.changes import FactChange
from upwell.knowledge.edition import packaged, using
from upwell.office.knowledge import actions, queries
from upwell.office.knowledge.actions import adopt, statement_for
from upwell.office.knowledge.forms import SignForm
from upwell.office.practice.forms import attempt, form_of, page_with_form


@requires("knowledge.read")
def overview(request: HttpRequest) -> HttpResponse:
    """What is in force, who signed for it, and what waits for a signature."""
    scope: Any = request
    context = {"standing": queries.standing(scope.actor), "may_adopt": "knowledge.adopt" in scope.permissions}
    return render(request, "knowledge/overview.html", context)


@requires("knowledge.adopt")
@require_POST
def take_along(request: HttpRequest) -> HttpResponse:
    """The practice's own policies in what comes with this version of Upwell, to be looked at and signed."""
    scope: Any = request
    try:
        row = actions.take_along(by=scope.actor)
    except BadInput as error:
        messages.error(request, error.message)
        return redirect("knowledge")
    messages.success(
        request, _("Taken along. Look at what changes, and sign for it; until then nothing has changed.")
    )
    return redirect("knowledge_version", row.version)


@requires("knowledge.read")
def version(request: HttpRequest, version: str) -> HttpResponse:
    """What a version changes, fact by fact; the medical director signs here."""
    scope: Any = request
    history = queries.adoptions(scope.actor)
    latest = history[0] if history else None
    wanted = queries.edition_here(version)
    with using(wanted):
        policies = [(one, fact) for one in entries().values() for fact in one.facts if fact.is_policy]
    form = form_of(request, SignForm, {"number": len(history) + 1})
    if request.method == "POST":
        require(scope.actor, "knowledge.adopt")
        if form.is_valid() and (signed := attempt(form, lambda: _sign(scope.actor, version, form))):
            messages.success(request, _("Signed. Version %s is in force from now on.") % signed.version[:12])
            return redirect("knowledge")
    changes = queries.changes_to(wanted, latest)
    context = {
        "form": form,
        "version": version,
        "adoption": next((one for one in history if one.version == version), None),
        "latest": latest,
        "note": queries.note_of(scope.actor, version),
        "changes": changes,
        "by_file": _by_file(changes.facts) if changes is not None else None,
        "policies": _by_entry(policies),
        "count": len(policies),
        "takes_back": version == packaged().version and queries.began_with(latest) is not None,
        "may_adopt": "knowledge.adopt" in scope.permissions and (latest is None or latest.version != version),
        "statement": statement_for(scope.practice.name, version, len(policies)),
    }
    return page_with_form(request, "knowledge/version.html", context)


def _sign(actor: Any, version: str, form: SignForm) -> Any:
    given = form.cleaned_data
    return adopt(
        by=actor,
        version=version,
        number=given["number"],
        name=given["name"],
        policies_seen=given["policies_seen"],
    )


def _by_file(facts: Iterable[FactChange]) -> list[tuple[str, list[FactChange]]]:
    """Changes under the title of their file; local policies first, as they need the signature."""
    ordered = sorted(facts, key=lambda one: (one.file, not one.is_policy))
    return [
        (f"{title} ({file})", list(some))
        for (file, title), some in groupby(ordered, lambda x: (x.file, x.title))
    ]


def _by_entry(policies: Iterable[tuple[Entry, Fact]]) -> list[tuple[Entry, list[Fact]]]:
    return [(entry, [fact for _e, fact in some]) for entry, some in groupby(policies, lambda pair: pair[0])]

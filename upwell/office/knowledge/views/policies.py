"""Local policies on pages: what each says, where that comes from, and other values for one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.access.roles import require
from upwell.base.errors import BadInput
from upwell.office.knowledge import queries
from upwell.office.knowledge.actions import propose_policy
from upwell.office.knowledge.forms import PolicyForm
from upwell.office.knowledge.policies import Policy, base_of, former, policy_of
from upwell.office.knowledge.policies import policies as all_policies
from upwell.people.models import KnowledgeEdition


@requires("knowledge.read")
def policies(request: HttpRequest) -> HttpResponse:
    """Every local policy with its values, mark and source, and who signed for them."""
    scope: Any = request
    version = request.GET.get("version", "")
    found = all_policies(base_of(scope.actor, version))
    history = queries.adoptions(scope.actor)
    context = {
        "groups": [
            (_("Numbers, yes or no, and severities"), [one for one in found if one.has_numbers]),
            (_("Words alone"), [one for one in found if not one.has_numbers]),
        ],
        "count": sum(len(one.policies) for one in found),
        "adoption": history[0] if history else None,
        "version": version,
        "may_adopt": "knowledge.adopt" in scope.permissions,
    }
    return render(request, "knowledge/policies.html", context)


@requires("knowledge.read")
def policy(request: HttpRequest, name: str) -> HttpResponse:
    """One local policy, what it said before, and a form for other values."""
    scope: Any = request
    version, path = request.GET.get("version", ""), request.GET.get("fact", "")
    base = base_of(scope.actor, version)
    found = policy_of(base, name, path)
    given = request.POST if request.method == "POST" else None
    form = PolicyForm(given, values=found.values, unit=found.fact.unit)
    status = 200
    if request.method == "POST":
        require(scope.actor, "knowledge.adopt")
        if form.is_valid() and (row := _proposed(scope.actor, version, found, form)):
            messages.success(
                request, _("Proposed. Look at what changes, and sign for it; until then nothing has changed.")
            )
            return redirect("knowledge_version", row.version)
        status = 422
    context = {
        "policy": found,
        "form": form,
        "history": former(scope.actor, name, path),
        "version": version,
        "may_adopt": "knowledge.adopt" in scope.permissions,
    }
    return render(request, "knowledge/policy.html", context, status=status)


def _proposed(actor: Any, version: str, found: Policy, form: PolicyForm) -> KnowledgeEdition | None:
    try:
        return propose_policy(
            by=actor,
            version=version,
            name=found.entry.name,
            path=found.fact.path,
            given=form.chosen(),
            reason=form.cleaned_data["reason"],
            read=form.cleaned_data.get("words_right", False),
        )
    except BadInput as error:
        field = form.name_of(error.path)
        form.add_error(field if field in form.fields else None, error.message)
        return None

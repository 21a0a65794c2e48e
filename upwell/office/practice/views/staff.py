"""Who works here, and in which roles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from upwell.access.declare import requires
from upwell.base.errors import RefusedByRule
from upwell.office.practice import actions, queries
from upwell.office.practice.forms import RolesForm, attempt, form_of, page_with_form
from upwell.office.practice.words import invitable_roles


@requires("practice.read")
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, who was invited, and what each role means."""
    scope: Any = request
    may_manage = "practice.manage" in scope.permissions
    rows = queries.staff(scope.actor)
    context = {
        "working": [row for row in rows if row.active],
        "former": [row for row in rows if not row.active] if may_manage else [],
        "invitations": queries.open_invitations(scope.actor) if may_manage else [],
        "roles": invitable_roles(),
        "may_manage": may_manage,
    }
    return render(request, "practice/staff.html", context)


@requires("practice.manage")
def staff_member(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """One member of staff: their roles, and the end of their work here."""
    scope: Any = request
    row, roles = queries.member(scope.actor, membership_id)
    form = form_of(request, RolesForm, {"roles": roles})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["roles"]
        if attempt(form, lambda: actions.set_roles(by=scope.actor, membership_id=membership_id, roles=given)):
            messages.success(request, _("The roles of %s are saved.") % row.name)
            return redirect("home" if row.is_self else "staff")
    return page_with_form(request, "practice/member.html", {"member": row, "form": form})


@require_POST
@requires("practice.manage")
def staff_end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """End somebody's work here."""
    scope: Any = request
    row, _roles = queries.member(scope.actor, membership_id)
    try:
        actions.end_membership(by=scope.actor, membership_id=membership_id)
    except RefusedByRule as error:
        messages.error(request, error.message)
        return redirect("staff_member", membership_id)
    messages.success(request, _("%s does not work here any more. What they did stays on record.") % row.name)
    return redirect("home" if row.is_self else "staff")


@require_POST
@requires("practice.manage")
def staff_restore(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Take somebody back on the staff."""
    scope: Any = request
    membership = actions.restore_membership(by=scope.actor, membership_id=membership_id)
    messages.success(request, _("%s works here again.") % membership.account.name)
    return redirect("staff")

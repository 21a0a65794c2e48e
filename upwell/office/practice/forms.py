"""The forms of the practice's own pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from upwell.access.kept import COOKIE, forget, kept_fields
from upwell.base.errors import BadInput, RefusedByRule
from upwell.office.practice.words import invitable_roles
from upwell.people.models import Practice

Result = TypeVar("Result")


def attempt(form: forms.BaseForm, action: Callable[[], Result]) -> Result | None:
    """Do it, or put the refusal beside the field that it is about."""
    try:
        return action()
    except (BadInput, RefusedByRule) as error:
        form.add_error(error.path if error.path in form.fields else None, error.message)
        return None


class OwnForm(forms.Form):
    """A form that knows who fills it in: what was kept of it is given back to that person only."""

    owner = forms.CharField(required=False, widget=forms.HiddenInput)


Filled = TypeVar("Filled", bound=OwnForm)


def form_of(request: HttpRequest, kind: type[Filled], initial: dict[str, Any] | None = None) -> Filled:
    """The form as it was sent; else as it was when the log-in ended under it; else as it begins."""
    if request.method == "POST":
        return kind(request.POST)
    scope: Any = request
    owner = str(scope.actor.account_id)
    begin = {**(initial or {}), "owner": owner}
    kept = kept_fields(request)
    if kept.get("owner") == [owner]:
        many = {
            name for name, field in kind.base_fields.items() if isinstance(field, forms.MultipleChoiceField)
        }
        begin |= {name: values if name in many else values[-1] for name, values in kept.items() if values}
    return kind(initial=begin)


def page_with_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page; what was kept for it is on it now, and is forgotten."""
    response = render(request, template, context)
    if COOKIE in request.COOKIES:
        forget(response)
    return response


def role_choices() -> list[tuple[str, str]]:
    """The roles that can be given, each with its plain sentence."""
    return [(role.id, f"{gettext(role.title)} – {gettext(role.sentence)}") for role in invitable_roles()]


class RolesForm(OwnForm):
    """Which roles somebody has."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("What a person may do is all that their roles allow, together."),
        choices=role_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )


class InviteForm(RolesForm):
    """Who is asked to join."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("They will sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("name", "email", "roles")


class PatientInviteForm(OwnForm):
    """Where a patient's invitation goes."""

    email = forms.EmailField(
        label=_("The patient's e-mail address"),
        help_text=_(
            "They will sign in with it. Check it with them: whoever gets the link can open the chart."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ChairForm(OwnForm):
    """A chair's name, and what to know about it."""

    name = forms.CharField(label=_("Name"), max_length=100)
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("For example: reclines fully, next to the oxygen."),
    )


def _zones() -> list[tuple[str, str]]:
    named = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


class DetailsForm(OwnForm):
    """A practice's details."""

    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, help_text=_("Shown to patients.")
    )
    crisis_line = forms.CharField(
        label=_("Your own number for a crisis"),
        max_length=60,
        required=False,
        help_text=_("Only if you staff one. Patients see it beside the public lines for help."),
    )
    staffed_hours = forms.CharField(
        label=_("When somebody answers"),
        max_length=300,
        required=False,
        help_text=_("In words, as patients should read it: Monday to Friday, 8 am to 6 pm."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"),
        choices=Practice.Jurisdiction.choices,
        help_text=_("Whose rules and which lines for help apply."),
    )
    dea_registration = forms.CharField(
        label=_("DEA registration number"),
        max_length=20,
        required=False,
        help_text=_(
            "In the US. It stands on the register of controlled substances and at the reports of a loss, nowhere else."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class AuditForm(forms.Form):
    """What of the audit trail to see."""

    person = forms.ChoiceField(label=_("Who"), required=False)
    patient = forms.CharField(label=_("Patient's record number"), required=False, max_length=64)
    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("looks", _("Looks")),
            ("changes", _("Changes")),
            ("door", _("Signing in and out")),
            ("refused", _("Refusals")),
        ],
    )
    until = forms.DateField(
        label=_("Up to"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.choices = [("", gettext("Everybody")), ("system", gettext("The system itself")), *people]

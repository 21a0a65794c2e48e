"""The forms of registration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from upwell.base.one_line import tidy
from upwell.office.patients.details import FIELDS, LONGEST, life_problems
from upwell.office.patients.words import LABELS, LIFE_DATES, PRECISIONS
from upwell.people.models import Patient

TOO_LONG = _("This has %(show_value)d characters; at most %(limit_value)d fit. Shorten it.")
NO_SUCH_DAY = _("There is no such day. Write it as year-month-day, such as 1980-05-02.")


def _text(name: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=LABELS[name],
        required=required,
        max_length=LONGEST[name],
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"max_length": TOO_LONG},
    )


def _day(name: str) -> forms.DateField:
    return forms.DateField(
        label=LABELS[name],
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"invalid": NO_SUCH_DAY},
    )


class PatientForm(forms.Form):
    """Who a patient is and how to reach them."""

    family_name = _text("family_name", required=True)
    given_names = _text("given_names")
    birth_date = _day("birth_date")
    birth_date_precision = forms.ChoiceField(
        label=LABELS["birth_date_precision"],
        choices=list(PRECISIONS.items()),
        initial="day",
    )
    sex = forms.ChoiceField(label=LABELS["sex"], choices=Patient.Sex.choices, initial="unknown")
    phone = _text("phone")
    email = forms.EmailField(
        label=LABELS["email"],
        required=False,
        max_length=LONGEST["email"],
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("This does not look like an email address, such as name@example.org."),
            "max_length": TOO_LONG,
        },
    )
    address_line = _text("address_line")
    city = _text("city")
    state = _text("state")
    postal_code = _text("postal_code")
    country = _text("country")
    language = _text("language")
    deceased = forms.BooleanField(label=LABELS["deceased"], required=False)
    deceased_on = _day("deceased_on")
    owner = forms.CharField(required=False, widget=forms.HiddenInput)

    PARTS = (
        (
            _("Name"),
            _("Somebody with one name only: write it as the family name."),
            (("family_name", "given_names"),),
        ),
        (
            _("Birth and sex"),
            _("If only the month or the year of birth is known, enter any day in it and say so beside it."),
            (("birth_date", "birth_date_precision"), ("sex", "language")),
        ),
        (
            _("How to reach them"),
            "",
            (("phone", "email"), ("address_line",), ("city", "state"), ("postal_code", "country")),
        ),
        (_("Death"), _("Leave the date empty if it is not known."), (("deceased",), ("deceased_on",))),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        for field in ("birth_date", "deceased_on"):
            self.fields[field].widget.attrs["max"] = today.isoformat()

    @property
    def parts(self) -> list[tuple[Any, Any, list[list[forms.BoundField]]]]:
        """The fields as the page groups them: heading, hint, rows of fields."""
        return [
            (title, hint, [[self[name] for name in row] for row in rows]) for title, hint, rows in self.PARTS
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for field in LONGEST:
            if isinstance(given.get(field), str):
                given[field] = tidy(given[field])
        if not self.errors and not given["family_name"] and not given["given_names"]:
            self.add_error(
                "family_name", gettext("A patient needs a name. Letters, signs or an emoji will do.")
            )
        if not {"birth_date", "deceased_on", "birth_date_precision"} & set(self.errors):
            for problem in life_problems({**dict.fromkeys(FIELDS), **given}, self.today):
                self.add_error(problem.field, str(LIFE_DATES[problem.code]))
        return given

    @property
    def details(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {field: self.cleaned_data[field] for field in FIELDS}


class NewPatientForm(PatientForm):
    """A new patient. ``id`` becomes the patient's own, so that a form sent twice makes one record."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> frozenset[UUID]:
        """The likely duplicates that the person was shown before they said that this is somebody new."""
        return frozenset(_uuids(self.cleaned_data["seen"]))


class EditPatientForm(PatientForm):
    """A change of an existing patient's details, based on the version that was opened."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date, **options: Any) -> None:
        super().__init__(data, today=today, **options)
        known = self.initial.get("given_names"), self.initial.get("family_name")
        if known[0] and not known[1]:  # a chart from elsewhere that has given names alone
            self.fields["family_name"].required = False


class MergeForm(forms.Form):
    """Which of two charts is kept, and why they are joined."""

    keep = forms.ChoiceField(label=_("Which chart is kept?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why are they the same person?"),
        help_text=_("It stays on record, so that somebody who doubts it later can follow."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "required": _("Write down why these are the same person."),
            "max_length": TOO_LONG,
        },
    )

    owner = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, charts: Collection[Patient], **options: Any
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["keep"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(c.id), f"{c.record_number} – {c.display_name}") for c in charts]


class UndoMergeForm(forms.Form):
    """Why two joined charts are parted again."""

    reason = forms.CharField(
        label=_("Why are they parted again?"),
        help_text=_("It stays on record."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Write down why the charts are parted again."), "max_length": TOO_LONG},
    )
    owner = forms.CharField(required=False, widget=forms.HiddenInput)


def _uuids(text: str) -> list[UUID]:
    found = []
    for part in text.split(","):
        try:
            found.append(UUID(part.strip()))
        except ValueError:
            continue
    return found

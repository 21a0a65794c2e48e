"""The checklist before the dose, the order, and what is assessed before somebody goes home."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from upwell.base.errors import BadInput
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_PERSON
from upwell.knowledge.protocols import Protocol
from upwell.pathway.calendar.rules import instant_of
from upwell.pathway.session.forms import amount, long_text, number
from upwell.pathway.session.ordering import DRAWN_UP, INFUSED
from upwell.pathway.session.words import CRITERIA

NO_PROTOCOL = "none"
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
CONCOMITANT = {
    "benzodiazepine": _("Benzodiazepine"),
    "hypnotic": _("Sleeping pill"),
    "opioid": _("Opioid"),
    "stimulant": _("Stimulant"),
    "maoi": _("MAO inhibitor"),
}
JUDGED = (
    "oriented",
    "walks-unaided",
    "dissociation",
    "suicidal-intent",
    "written-instructions",
    "contact-number",
)
ASKED_AT = {"suicide_risk": "suicide_risk_at", "pregnancy_test": "pregnancy_test_at"}


def yes_no(label: Any, **options: Any) -> forms.ChoiceField:
    """Yes, no, or not asked yet."""
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, widget=forms.RadioSelect, **options)


def past(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment before now, on the practice's clock."""
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **options,
    )


class ChecklistForm(forms.Form):
    """What is asked before the dose. What is left open stays unknown."""

    escort_named = yes_no(_("Is somebody named who takes the person home?"))
    escort_name = forms.CharField(
        label=_("Who?"), required=False, max_length=500, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    last_food_at = past(_("Last food"))
    last_liquid_at = past(_("Last drink"))
    last_nasal_medicine_at = past(_("Last nasal spray for a cold or allergy"))
    last_alcohol_at = past(_("Last alcohol"))
    pregnancy_test = forms.ChoiceField(
        label=_("Pregnancy test today"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("negative", _("Negative")),
            ("positive", _("Positive")),
            ("refused", _("Refused")),
        ],
    )
    pregnancy_test_note = long_text(_("If refused: what was said"), 1, required=False)
    suicide_risk = forms.ChoiceField(
        label=_("Suicide risk, asked today (C-SSRS since the last visit, or ASQ)"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("none", _("None")),
            ("low", _("Low")),
            ("moderate", _("Moderate")),
            ("high", _("High")),
            ("acute", _("Acute: stay with the person")),
            ("incomplete", _("Not all questions were answered")),
        ],
    )
    new_psychosis_or_mania = yes_no(_("Psychosis or mania that is new?"))
    bp_rise_serious_hazard = yes_no(_("Would a rise of blood pressure be a serious danger for this person?"))
    rems_site_certified = yes_no(_("REMS: is the site certified?"))
    rems_patient_enrolled = yes_no(_("REMS: is the person enrolled?"))

    def __init__(self, *args: Any, known: Mapping[str, Any], **kwargs: Any) -> None:
        self.known = known
        self.meanwhile: dict[str, str] = {}
        answers = dict(known.get("answers") or {})
        kwargs.setdefault("initial", _initial(answers))
        super().__init__(*args, **kwargs)
        for key, words in CONCOMITANT.items():
            self.fields[f"concomitant.{key}"] = yes_no(words)
        for name in self._not_asked():
            del self.fields[name]

    def _not_asked(self) -> list[str]:
        """What does not concern this person, substance or route."""
        person = self.known.get("person") or {}
        left_out = ["escort_named", "escort_name"] if self.known.get("setting") == "inpatient" else []
        if person.get("sex") == "male" or person.get("could_be_pregnant") is False:
            left_out += ["pregnancy_test", "pregnancy_test_note"]
        if self.known.get("substance") != "esketamine" or self.known.get("jurisdiction") != "US":
            left_out += ["rems_site_certified", "rems_patient_enrolled"]
        if self.known.get("route") not in (None, "intranasal"):
            left_out.append("last_nasal_medicine_at")
        return left_out

    def clean(self) -> dict[str, Any]:
        """Moments on the practice's clock."""
        given = super().clean() or {}
        for name in list(given):
            if name.endswith("_at") and isinstance(given[name], datetime):
                given[name] = _moment(self, name, given[name])
        if "escort_named" in self.fields and given.get("escort_name") and not given.get("escort_named"):
            given["escort_named"] = "yes"
        self.meanwhile = self._answered_meanwhile()
        for name, stands in self.meanwhile.items():
            words = dict(getattr(self.fields[name], "choices", ())).get(stands, stands.replace("T", " "))
            self.add_error(
                name,
                _("Somebody else answered “%(words)s” meanwhile. Send it again if yours is right.")
                % {"words": words},
            )
        return given

    def as_shown(self) -> str:
        """What the fields showed when the page was opened, for the form to carry along."""
        if self.is_bound:
            return json.dumps(_read_shown(self.data.get("as_shown", "")) | self.meanwhile)
        return json.dumps({name: _as_sent(self[name].value()) for name in self.fields})

    def _answered_meanwhile(self) -> dict[str, str]:
        """The questions that this person and a colleague answered at once, in two ways: what the colleague said."""
        before = _initial(dict(self.known.get("answers") or {}))
        shown = _read_shown(self.data.get("as_shown", ""))
        found = {}
        for name in self.fields:
            sent, stands, was = _as_sent(self.data.get(name)), _as_sent(before.get(name)), shown.get(name)
            if (
                was is not None
                and sent
                and stands
                and len({sent, stands, str(was)}) == len((sent, stands, was))
            ):
                found[name] = stands
        return found

    def documents(self, at: datetime) -> list[dict[str, Any]]:
        """An entry for each answer that this person gave. What the page only showed is nobody's answer: a colleague
        may have given another one since it was opened."""
        before = _initial(dict(self.known.get("answers") or {}))
        shown = _read_shown(self.data.get("as_shown", ""))
        documents = []
        for name, value in self.cleaned_data.items():
            if value in (None, "") or _same(value, before.get(name)):
                continue
            if (sent := _as_sent(self.data.get(name))) and sent == shown.get(name):
                continue
            documents.append(_checklist(name, _plain(value)))
            if name in ASKED_AT:
                documents.append(_checklist(ASKED_AT[name], at.isoformat()))
        return documents


class CriteriaForm(forms.Form):
    """What a person judges before somebody goes home."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in JUDGED:
            self.fields[name] = yes_no(CRITERIA[name])
        self.fields["escort"] = forms.CharField(
            label=_("Escort: who is here"),
            required=False,
            max_length=500,
            widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        )

        self.fields["handed_over_to"] = forms.CharField(
            label=_("Who on the ward takes over"),
            required=False,
            max_length=LONGEST_PERSON,
            widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
        )

    def documents(self) -> list[dict[str, Any]]:
        """An entry for each criterion that was judged."""
        found = []
        for name in JUDGED:
            value = self.cleaned_data.get(name)
            if value:
                found.append(_entry("criterion", {"id": name, "met": value == "yes"}))
        escort = (self.cleaned_data.get("escort") or "").strip()
        if escort:
            found.append(_entry("criterion", {"id": "escort", "met": True, "text": escort}))
        return found


class OrderForm(forms.Form):
    """What the prescriber orders."""

    protocol = forms.ChoiceField(
        label=_("Protocol"), error_messages={"required": _("Choose the protocol, or that there is none.")}
    )
    dose_mg = amount(_("Dose mg"), "doses.dose_mg")
    dose_mg_per_kg = amount(_("or mg/kg"))
    weight_kg = number(_("Weight kg"), "person.weight_kg", "0.1")
    infusion_min = amount(_("Over how many minutes"))
    strength_mg_per_ml = amount(_("Strength on the vial, mg/mL"))
    diluted_to_ml = amount(_("Diluted to, mL in all"))
    confirm = forms.BooleanField(required=False)

    def __init__(self, *args: Any, protocols: Iterable[Protocol], route: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.id, one.title) for one in protocols]
        shapes: Any = self.fields
        shapes["protocol"].choices = [("", _("choose …")), *choices, (NO_PROTOCOL, _("without a protocol"))]
        if route == "intranasal":
            for name in ("dose_mg_per_kg", "weight_kg"):
                del self.fields[name]
        left_out = [] if route in INFUSED else ["infusion_min", "diluted_to_ml"]
        for name in left_out if route in DRAWN_UP else [*left_out, "strength_mg_per_ml"]:
            del self.fields[name]


def _initial(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as the fields show them."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{key}": _shown(one) for key, one in value.items()}
        elif name.endswith("_at") and isinstance(value, str):
            found[name] = timezone.localtime(datetime.fromisoformat(value))
        else:
            found[name] = _shown(value)
    return found


def _shown(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _as_sent(value: Any) -> str:
    """A value as a browser sends it back."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return str(value or "").replace("\r\n", "\n").strip()


def _read_shown(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _same(value: Any, before: Any) -> bool:
    if isinstance(value, datetime) and isinstance(before, datetime):
        return value.replace(second=0, microsecond=0) == before.replace(second=0, microsecond=0)
    return bool(value == before)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return {"yes": True, "no": False}.get(value, value)


def _moment(form: forms.Form, name: str, value: datetime) -> datetime | None:
    naive = value.replace(tzinfo=None)
    try:
        moment = instant_of(naive.date(), naive.time(), timezone.get_current_timezone())
    except BadInput as error:
        form.add_error(name, error.message)
        return None
    if moment > timezone.now():
        form.add_error(name, _("That lies in the future."))
        return None
    return moment


def _checklist(item: str, value: Any) -> dict[str, Any]:
    return _entry("checklist", {"item": item, "value": value})


def _entry(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(new_id()), "type": kind, "body": body}

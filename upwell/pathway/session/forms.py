"""What is entered at the bedside and at the gates: each form says which entry of the log it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from upwell.base.clock import now
from upwell.base.errors import BadInput
from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.reporting import load_event_reports
from upwell.pathway.calendar.rules import instant_of
from upwell.pathway.session.setting import ON_OFF, TOUCH
from upwell.pathway.session.words import DISPOSITIONS, HAPPENED_OUTCOMES

LONG = 10_000
DISSOCIATION = "cadss"
BECAUSE = "because-"


def long_text(label: Any, rows: int = 2, **options: Any) -> forms.CharField:
    """A person's words."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=LONG, widget=widget, **options)


def more_than_nothing(value: float) -> None:
    """An amount of 0 is none."""
    if not value > 0:
        raise forms.ValidationError(_("0 is no amount. Give what it really was."))


def amount(label: Any, fact: str = "", **options: Any) -> forms.FloatField:
    """A number above 0."""
    return number(label, fact, "any", validators=[more_than_nothing], **options)


def number(label: Any, fact: str = "", step: str = "1", **options: Any) -> forms.FloatField:
    """A number within what is possible at all, typed on a tablet's keys for numbers."""
    entry = load_fact_book().entries.get(fact)
    low, high = entry.possible if entry is not None and entry.possible is not None else (0, None)
    keys = "numeric" if step == "1" else "decimal"
    attributes: dict[str, Any] = {"inputmode": keys, "step": step, "autocomplete": "off"}
    return forms.FloatField(
        label=label,
        required=options.pop("required", False),
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(attrs=attributes),
        **options,
    )


def moment_field(label: Any) -> forms.DateTimeField:
    """A moment on the practice's clock, to the minute."""
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class TypedTime(forms.DateTimeField):
    """What a clock on the wall showed; ``moment_of`` says when that was. Django refuses an hour that comes twice."""

    def to_python(self, value: Any) -> Any:
        """The time as it was typed."""
        with timezone.override(UTC):
            return super().to_python(value)


class Entry(forms.Form):
    """One entry of the log. ``type`` is the contract's; ``observed`` is for what is entered late."""

    type: ClassVar[str] = "note"
    observed = TypedTime(
        label=_("When it was, if not now"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def kind(self) -> str:
        """The type of the entry that it becomes."""
        return self.type

    def body(self) -> dict[str, Any]:
        """The body of the entry: what was filled in, and nothing else."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"observed", "kind"} and value not in (None, "")
        }

    def clean(self) -> dict[str, Any]:
        """Something has to be filled in."""
        given = super().clean() or {}
        if not self.errors and not self.body():
            raise forms.ValidationError(_("Nothing is filled in yet."))
        return given


class ArrivedForm(Entry):
    """The person is here."""

    type = "arrived"
    text = long_text(_("Note"), required=False)

    def clean(self) -> dict[str, Any]:
        """An arrival needs no words."""
        return forms.Form.clean(self) or {}


Form = TypeVar("Form", bound=type[Entry])


class _Shared(dict[str, forms.Field]):
    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        return dict(self)


def never_changed(form: Form) -> Form:
    """A form whose fields no instance changes: they are not copied for each entry that is sent."""
    form.base_fields = _Shared(form.base_fields)
    return form


@never_changed
class VitalsForm(Entry):
    """Vital signs: whichever were taken."""

    type = "vitals"
    bp_systolic_mmhg = number(_("Systolic"), "vitals.bp_systolic_mmhg")
    bp_diastolic_mmhg = number(_("Diastolic"), "vitals.bp_diastolic_mmhg")
    heart_rate_bpm = number(_("Heart rate"), "vitals.heart_rate_bpm")
    spo2_percent = number(_("SpO2 %"), "vitals.spo2_percent")
    resp_rate_bpm = number(_("Breaths / min"), "vitals.resp_rate_bpm")
    temperature_c = number(_("Temperature °C"), "vitals.temperature_c", "0.1")
    weight_kg = number(_("Weight kg"), "vitals.weight_kg", "0.1")

    def clean(self) -> dict[str, Any]:
        """Pressures the right way up: caught while the cuff is still on."""
        given = super().clean()
        high, low = given.get("bp_systolic_mmhg"), given.get("bp_diastolic_mmhg")
        if high is not None and low is not None and high < low:
            self.add_error("bp_systolic_mmhg", _("Systolic is below diastolic. Measure again."))
        return given


class ScaleForm(Entry):
    """A rating by words. Which instrument, the page says."""

    type = "scale"

    def __init__(self, *args: Any, instrument: str = "moaa-s", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        known = load_instrument(instrument)
        self.ratings = [(f"{one.value:g}", one.text) for one in known.items[0].responses]
        choices = [(value, f"{value} · {words}") for value, words in self.ratings]
        self.fields["total"] = forms.TypedChoiceField(
            label=known.name, choices=choices, coerce=float, widget=forms.RadioSelect
        )

    def body(self) -> dict[str, Any]:
        """The rating."""
        given = super().body()
        return {**given, "instrument": self.instrument} if "total" in given else {}


class AnswersForm(Entry):
    """A recovery score, item by item."""

    type = "scale"

    def __init__(self, *args: Any, instrument: str = "modified-aldrete", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        for item in load_instrument(instrument).items:
            choices = [(f"{one.value:g}", f"{one.value:g} · {one.text}") for one in item.responses]
            self.fields[f"item-{item.id}"] = forms.TypedChoiceField(
                label=item.text, choices=[("", "–"), *choices], coerce=float
            )

    def body(self) -> dict[str, Any]:
        """The answers; the total is worked out from them."""
        answers = {
            name.removeprefix("item-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("item-") and value not in (None, "")
        }
        return {"instrument": self.instrument, "answers": answers} if answers else {}


class DoseForm(Entry):
    """A dose that was given: it happened, whether it was ordered or not."""

    type = "dose-given"
    dose_mg = amount(
        _("Dose mg"),
        "doses.dose_mg",
        required=True,
        error_messages={"required": _("How many mg were given?")},
    )
    device = forms.IntegerField(label=_("Device number"), required=False, min_value=0, max_value=1000)
    lot = forms.CharField(label=_("Lot"), required=False, max_length=200)
    volume_ml = amount(_("Volume mL"))
    concentration_mg_per_ml = amount(_("Strength mg/mL"))
    witnessed_by = forms.CharField(label=_("Witness"), required=False, max_length=200)


class InfusionForm(Entry):
    """A step of an infusion."""

    kind_of = forms.ChoiceField(
        choices=[(one, one) for one in ("started", "paused", "resumed", "stopped")],
        error_messages={"required": _("Which step?")},
    )
    rate_mg_per_min = amount(_("Rate mg/min"))
    reason = long_text(_("Why"), 1, required=False)

    def kind(self) -> str:
        """Started, paused, resumed, stopped."""
        return f"infusion-{self.cleaned_data['kind_of']}"

    def body(self) -> dict[str, Any]:
        """Rate and reason; a step needs neither."""
        return {name: value for name, value in super().body().items() if name != "kind_of"}

    def clean(self) -> dict[str, Any]:
        """The step alone is enough."""
        return forms.Form.clean(self) or {}


class WordsForm(Entry):
    """What was seen, said or done, in words."""

    kind_of = forms.ChoiceField(
        label=_("What"),
        choices=[
            ("note", _("Note")),
            ("comfort", _("Comfort given")),
            ("distress", _("Distress")),
            ("therapist", _("What the therapist did or said")),
            ("setting", _("The room")),
            ("deviation", _("Something did not go as planned")),
            ("near-miss", _("Near miss: caught in time")),
        ],
    )
    text = long_text(_("In words"))

    def kind(self) -> str:
        """The type that was chosen."""
        return str(self.cleaned_data["kind_of"])

    def body(self) -> dict[str, Any]:
        """The words, under the name that the type gives them."""
        if not self.cleaned_data.get("text"):
            return {}
        name = "term" if self.cleaned_data.get("kind_of") in {"deviation", "near-miss"} else "text"
        return {name: self.cleaned_data["text"]}


class SettingForm(Entry):
    """The room: what plays, the light, the eyeshade, and whether touch is welcome today."""

    type = "setting"
    music = forms.CharField(
        label=_("Music: what plays, or “off”"), required=False, max_length=500,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    light = forms.CharField(
        label=_("Light"), required=False, max_length=500, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    eyeshade = forms.ChoiceField(label=_("Eyeshade"), required=False, choices=ON_OFF)
    touch = forms.ChoiceField(label=_("Touch, asked today"), required=False, choices=TOUCH)
    text = long_text(_("Anything else about the room"), 1, required=False)

    def body(self) -> dict[str, Any]:
        """What was said; an eyeshade is on or off."""
        given = super().body()
        if "eyeshade" in given:
            given["eyeshade"] = given["eyeshade"] == "on"
        return given


class TherapistForm(Entry):
    """A therapist came into the room, or left it."""

    type = "therapist"
    present = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        error_messages={"required": _("Is the therapist in the room?")},
    )

    def body(self) -> dict[str, Any]:
        """Whether they are there."""
        return {"present": self.cleaned_data["present"] == "yes"} if self.cleaned_data.get("present") else {}


class MedicineForm(Entry):
    """A medicine that was given beside the dose."""

    type = "medication"
    drug = forms.CharField(label=_("Medicine"), max_length=500)
    dose = forms.CharField(label=_("Dose"), required=False, max_length=200)
    text = long_text(_("Why"), 1, required=False)


class AdverseForm(Entry):
    """An unwanted event: how severe it was is one question, whether it was serious another."""

    type = "adverse-event"
    term = forms.CharField(
        label=_("What happened"),
        max_length=500,
        widget=forms.TextInput(attrs={"list": "terms", "dir": "auto"}),
    )
    ctcae_grade = forms.TypedChoiceField(
        label=_("How severe (CTCAE)"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", "–"),
            (1, _("1 · mild")),
            (2, _("2 · moderate")),
            (3, _("3 · severe")),
            (4, _("4 · life-threatening")),
            (5, _("5 · death")),
        ],
    )
    onset_at = moment_field(_("When it began"))
    resolved_at = moment_field(_("When it was over"))
    action = long_text(_("What was done"), 1, required=False)
    outcome = forms.ChoiceField(
        label=_("How it stands"), required=False, choices=[("", "–"), *HAPPENED_OUTCOMES.items()]
    )
    serious = forms.BooleanField(label=_("Serious (hospital, lasting harm, danger to life)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in load_event_reports().criteria.values():
            self.fields[f"{BECAUSE}{one.id}"] = forms.BooleanField(label=one.title, required=False)

    def criteria(self) -> list[forms.BoundField]:
        """What makes an event serious, each a box of its own."""
        return [self[name] for name in self.fields if name.startswith(BECAUSE)]

    def clean(self) -> dict[str, Any]:
        """Times on the practice's clock; nothing is over before it begins."""
        given = super().clean()
        for name in ("onset_at", "resolved_at"):
            naive = given.get(name)
            if naive is None:
                continue
            try:
                zone: Any = timezone.get_current_timezone()
                given[name] = instant_of(naive.date(), naive.time(), zone)
            except BadInput as error:
                self.add_error(name, error.message)
        begun, over = given.get("onset_at"), given.get("resolved_at")
        if begun is not None and over is not None and not self.errors and over < begun:
            self.add_error("resolved_at", _("It is over before it begins."))
        return given

    def body(self) -> dict[str, Any]:
        """What happened. A criterion that is ticked makes it serious."""
        given = super().body()
        because = [name.removeprefix(BECAUSE) for name in given if name.startswith(BECAUSE) and given[name]]
        found = {name: value for name, value in given.items() if not name.startswith(BECAUSE)}
        for name in ("onset_at", "resolved_at"):
            if name in found:
                found[name] = found[name].isoformat()
        if not found.pop("serious", False) and not because:
            return found
        return found | {"serious": True} | ({"serious_because": because} if because else {})


class EndForm(Entry):
    """How a session ended other than by a discharge: it happened, and is always accepted."""

    type = "ended"
    disposition = forms.ChoiceField(label=_("How it ended"), choices=[("", "–"), *DISPOSITIONS.items()])
    capacity_note = long_text(_("Could the person decide? What was said?"), required=False)
    who_was_called = forms.CharField(label=_("Who was called"), required=False, max_length=1000)
    follow_up = long_text(_("What happens next"), required=False)


class AcknowledgeForm(Entry):
    """Somebody saw an alarm and acts."""

    type = "checklist"
    rule = forms.CharField(max_length=200)

    def body(self) -> dict[str, Any]:
        """The rule whose alarm it is."""
        rule = self.cleaned_data.get("rule")
        return {"item": f"acknowledge:{rule}", "value": True} if rule else {}


class DissociationForm(Entry):
    """The total of the dissociation scale."""

    type = "scale"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = load_instrument(DISSOCIATION)
        self.fields["total"] = forms.FloatField(
            label=_("CADSS, total"),
            min_value=known.range.minimum,
            max_value=known.range.maximum,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "1", "autocomplete": "off"}),
        )

    def body(self) -> dict[str, Any]:
        """The rating."""
        total = self.cleaned_data.get("total")
        return {} if total is None else {"instrument": DISSOCIATION, "total": total}


FORMS: dict[str, type[Entry]] = {
    "arrived": ArrivedForm,
    "vitals": VitalsForm,
    "scale": ScaleForm,
    "recovery": AnswersForm,
    "dose": DoseForm,
    "infusion": InfusionForm,
    "words": WordsForm,
    "setting": SettingForm,
    "therapist": TherapistForm,
    "medicine": MedicineForm,
    "adverse": AdverseForm,
    "end": EndForm,
    "acknowledge": AcknowledgeForm,
    "dissociation": DissociationForm,
}
SAY_SOMETHING = frozenset({"vitals", "scale", "note", "setting"})
RATED = frozenset({"moaa-s", "rass"})
SCORED = frozenset({"modified-aldrete", "padss"})


def entry_form(
    what: str, data: Mapping[str, Any] | None = None, begin: Mapping[str, Any] | None = None
) -> Entry:
    """The form of a name, bound to what was sent; a fresh one begins with what is usual."""
    kind, auto_id = FORMS[what], f"{what}-%s"  # several forms stand on one page
    if kind in {ScaleForm, AnswersForm}:
        wanted = str((data or {}).get("instrument", ""))
        allowed, usual = (RATED, "moaa-s") if kind is ScaleForm else (SCORED, "modified-aldrete")
        made: Any = kind
        form: Entry = made(
            data if len(data or ()) > 1 else None,
            instrument=wanted if wanted in allowed else usual,
            auto_id=f"{what}-{wanted}-%s",
        )
        return form
    return kind(data, auto_id=auto_id, initial=dict(begin or {}))


def says_nothing(form: Entry) -> bool:
    """Whether nothing at all was filled in, where something has to be: there is nothing to store then.

    A dose is no such entry: somebody pressed “Given”.
    """
    asked = [name for name in form.fields if name not in {"observed", "kind_of"}]
    return form.type in SAY_SOMETHING and not any(form.data.get(name) for name in asked)


def moment_of(form: Entry, zone: ZoneInfo) -> Any:
    """When it was, on the practice's clock; nothing where it is now.

    Where the clock went back, an hour comes twice: the later one is meant, unless that is still to come.
    """
    observed = form.cleaned_data.get("observed")
    if observed is None:
        return None
    naive = observed.replace(tzinfo=None)
    try:
        moment = instant_of(naive.date(), naive.time(), zone)
    except BadInput as error:
        form.add_error("observed", error.message)
        return None
    again = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if moment < again <= now():
        return again
    if moment > now():
        form.add_error("observed", _("That lies in the future."))
        return None
    return moment

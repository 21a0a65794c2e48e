"""The form that corrects an entry: its values as they are, to be changed; nothing that is not shown is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from upwell.pathway.session.forms import FORMS, RATED, Entry, entry_form, number
from upwell.science.session import Event

SHAPES: Mapping[str, str] = {
    "vitals": "vitals",
    "dose-given": "dose",
    "adverse-event": "adverse",
    "medication": "medicine",
    "ended": "end",
}


class CorrectionForm(forms.Form):
    """The values of one entry. Keys that the form does not show stay as they were."""

    def __init__(self, event: Event, data: Any = None) -> None:
        super().__init__(data, initial={name: _as_text(value) for name, value in event.body.items()})
        self.event = event
        if (rating := _rating(event)) is not None:
            self.fields["total"], self.initial["total"] = rating, f"{event.body['total']:g}"
            return
        shape: Any = FORMS[SHAPES[event.type]].base_fields if event.type in SHAPES else {}
        names = [name for name in shape if name != "observed" and not _is_moment(shape[name])] or [
            name for name, value in event.body.items() if not isinstance(value, Mapping | list)
        ]
        for name in names:
            fits = name in shape and _fits(shape[name], event.body.get(name))
            self.fields[name] = shape[name] if fits else _field(name, event.body.get(name))

    def replacement(self) -> dict[str, Any]:
        """The whole body anew."""
        kept = {name: value for name, value in self.event.body.items() if name not in self.fields}
        given = {name: _whole(value) for name, value in self.cleaned_data.items() if value not in (None, "")}
        if given.get("serious") is False:
            given.pop("serious")
        return kept | given


def correction_form(event: Event, data: Any = None) -> CorrectionForm:
    """The form for an entry."""
    return CorrectionForm(event, data)


def _rating(event: Event) -> forms.Field | None:
    """A rating is chosen by its words, as it was; its instrument is no question."""
    name, total = event.body.get("instrument"), event.body.get("total")
    if event.type != "scale" or name not in RATED or not isinstance(total, int | float):
        return None
    field = entry_form("scale", {"instrument": name}).fields["total"]
    return field if field.valid_value(f"{total:g}") else None  # type: ignore[attr-defined]


def _fits(field: forms.Field, value: Any) -> bool:
    """What a device wrote in words of its own stays as it is, where the form offers a choice."""
    return not isinstance(field, forms.ChoiceField) or value is None or field.valid_value(value)


def _is_moment(field: forms.Field) -> bool:
    """When it began and was over is changed by a later entry that goes on with it."""
    return isinstance(field, forms.DateTimeField)


def _field(name: str, value: Any) -> forms.Field:
    label = name.replace("_", " ").capitalize()
    if isinstance(value, bool):
        return forms.TypedChoiceField(
            label=label, choices=[("True", "yes"), ("False", "no")], coerce=lambda text: text == "True"
        )
    if isinstance(value, int | float):
        return number(label, "", "any")
    return forms.CharField(
        label=label, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, bool) else value


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


__all__ = ["CorrectionForm", "Entry", "correction_form"]

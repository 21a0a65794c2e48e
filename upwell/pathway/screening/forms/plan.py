"""What is planned: a substance by a route, by a protocol where there is one; what the label says stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from upwell.knowledge.protocols import known_protocols, load_protocol
from upwell.knowledge.screening import load_labels

_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Choice:
    """One treatment to choose."""

    value: str
    title: str
    treatment: str
    label: str
    off_label: bool
    has_protocol: bool


def choices(jurisdiction: str) -> Iterator[Choice]:
    """Every treatment: those with a dosing protocol first, then the other routes of the contract."""
    labels = load_labels()
    with_protocol = set()
    for protocol_id in known_protocols():
        one = load_protocol(protocol_id)
        if one.jurisdiction and one.jurisdiction != jurisdiction:
            continue
        with_protocol.add((one.substance, one.route))
        yield _choice(one.substance, one.route, one.id, one.title)
    for substance in labels.substances:
        for route in labels.routes:
            if (substance, route) not in with_protocol:
                yield _choice(substance, route, "", "")


def _choice(substance: str, route: str, protocol: str, title: str) -> Choice:
    labels = load_labels()
    label, words = labels.of(substance, route), labels.words(substance, route)
    return Choice(
        value=_BETWEEN.join((substance, route, protocol)),
        title=title or words,
        treatment=words,
        label=label.words if label else "",
        off_label=label is None or label.off_label,
        has_protocol=bool(protocol),
    )


class PlanForm(forms.Form):
    """One choice of all."""

    plan = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args: Any, jurisdiction: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.all = list(choices(jurisdiction))
        shapes: Any = self.fields
        shapes["plan"].label = _("What is planned")
        shapes["plan"].choices = [(one.value, one.title) for one in self.all]
        shapes["plan"].error_messages["required"] = _("Choose one.")

    def chosen(self) -> dict[str, str]:
        """Substance, route and protocol."""
        substance, route, protocol = self.cleaned_data["plan"].split(_BETWEEN)
        return {"substance": substance, "route": route, "protocol": protocol}


def plan_value(substance: str, route: str, protocol: str) -> str:
    """What stands in the form when it is opened."""
    return _BETWEEN.join((substance, route, protocol)) if substance else ""

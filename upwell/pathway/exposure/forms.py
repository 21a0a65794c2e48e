"""The form of the planning page: who, and which dose by which route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.pharmacology import load_facts, models_for
from upwell.knowledge.pharmacology.pages import load_pages
from upwell.pathway.exposure.planning import Wanted
from upwell.pathway.exposure.words import ANCESTRIES, ROUTES
from upwell.science.pharmacology import Person

INFUSION = "infusion_min"


def routes_of(substance: str) -> list[str]:
    """The routes for which a model of the substance was published."""
    return [route for route in load_facts().routes if models_for(substance, route)]


def _number(label: Any, limit: str, **options: Any) -> forms.FloatField:
    known = load_facts().limits[limit]
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"})
    low, high = known.minimum, known.maximum
    return forms.FloatField(label=label, min_value=low, max_value=high, widget=widget, **options)


class PlanForm(forms.Form):
    """Doses in mg as base, in total. A route that is left empty is not drawn."""

    weight_kg = _number(gettext_lazy("Weight, kg"), "weight_kg", required=False)
    age_years = _number(gettext_lazy("Age, years"), "age_years", required=False)
    ancestry = forms.ChoiceField(
        label=gettext_lazy("Ancestry"),
        required=False,
        choices=[("", gettext_lazy("not said")), *ANCESTRIES.items()],
    )

    def __init__(self, data: Any = None, *, substance: str, **options: Any) -> None:
        super().__init__(data, auto_id="plan-%s", **options)
        self.substance = substance
        for route in routes_of(substance):
            label = _("%(route)s, mg") % {"route": str(ROUTES[route])}
            self.fields[route] = _number(label[:1].upper() + label[1:], "dose_mg", required=False)
        self.fields[INFUSION] = _number(_("Into a vein: over, minutes"), "infusion_min", required=False)

    @property
    def person_fields(self) -> list[BoundField]:
        return [self[name] for name in ("weight_kg", "age_years", "ancestry")]

    @property
    def dose_fields(self) -> list[BoundField]:
        return [self[name] for name in (*routes_of(self.substance), INFUSION)]

    def person(self) -> Person:
        """Who the curves are for."""
        given = self.cleaned_data
        return Person.of(given["weight_kg"] or None, given["age_years"], given["ancestry"] or None)

    def wanted(self) -> tuple[Wanted, ...]:
        """The doses that were put in."""
        given = self.cleaned_data
        return tuple(
            Wanted(route, given[route], (given[INFUSION] or None) if route == "iv" else None)
            for route in routes_of(self.substance)
            if given.get(route)
        )


def begin_with(substance: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What the form begins with: the person as known, and the doses of published studies."""
    default = load_facts().limits
    begin: dict[str, Any] = {
        "weight_kg": known.get("weight_kg") or default["weight_kg"].default,
        "age_years": known["age_years"] if "age_years" in known else default["age_years"].default,
    }
    for route, mg, minutes in _examples(substance, float(begin["weight_kg"])):
        begin[route] = mg
        if minutes is not None:
            begin[INFUSION] = minutes
    return begin


def _examples(substance: str, weight_kg: float) -> Iterator[tuple[str, float, float | None]]:
    for one in load_pages().examples:
        if one.substance == substance:
            yield one.route, _short(one.mg(weight_kg)), one.infusion_min


def _short(mg: float) -> float:
    """To a tenth of a milligram; a whole number without its point."""
    return int(mg) if mg == int(mg) else round(mg, 1)

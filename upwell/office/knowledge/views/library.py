"""The library of questionnaires and rating scales, each with a preview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upwell.access.declare import requires
from upwell.knowledge.catalogue import entries
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.office.knowledge.queries import item_texts
from upwell.office.knowledge.scoring_words import (
    change_words,
    condition_words,
    flag_words,
    scoring_words,
    skip_words,
)
from upwell.office.knowledge.words import LICENCES, TEXT


@requires("knowledge.read")
def instruments(request: HttpRequest) -> HttpResponse:
    """Every instrument: what it measures, who answers, whether its wording is here."""
    every = sorted((load_instrument(one) for one in known_instruments()), key=lambda one: one.name.casefold())
    rows = [
        {
            "one": one,
            "about": one.construct.replace("-", " "),
            "licence": LICENCES.get(one.licence.kind, ""),
            "text": TEXT[one.text_status],
        }
        for one in every
    ]
    return render(request, "knowledge/instruments.html", {"rows": rows})


@requires("knowledge.read")
def instrument(request: HttpRequest, instrument_id: str) -> HttpResponse:
    """One instrument as its form shows it, with licence, bands, scoring in words and sources."""
    scope: Any = request
    one = load_instrument(instrument_id)
    name = f"instruments/{one.id}.toml"
    context = {
        "one": one,
        "licence": LICENCES.get(one.licence.kind, ""),
        "text": TEXT[one.text_status],
        "skips": skip_words(one),
        "scoring": scoring_words(one),
        "change": list(change_words(one)),
        "flags": [{"words": flag_words(flag), "when": condition_words(flag.when)} for flag in one.flags],
        "loaded": item_texts(scope.actor, one.id),
        "name": name,
        "sources": [source["title"] for source in entries()[name].content["sources"].values()],
    }
    return render(request, "knowledge/instrument.html", context)

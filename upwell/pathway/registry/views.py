"""Numbers for researchers: over many patients, never a single one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upwell.access.declare import requires
from upwell.base.clock import now
from upwell.base.errors import NotFound
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import load_instrument
from upwell.pathway.local_time import local_time
from upwell.pathway.registry.queries import practice_numbers
from upwell.pathway.response import FIRST_CONSTRUCT


@requires("numbers.read")
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """Numbers over the practice: patients, questionnaires by month, change from first to latest."""
    scope: Any = request
    with local_time(scope.practice.time_zone):
        found = practice_numbers(by=scope.actor, time_zone=scope.practice.time_zone, at=now())
        shown = [(_known(one.instrument), one) for one in found.instruments]
        shown.sort(key=lambda pair: pair[0] is None or pair[0].construct != FIRST_CONSTRUCT)
        return render(request, "registry/numbers.html", {"numbers": found, "instruments": shown})


def _known(instrument_id: str) -> Instrument | None:
    try:
        return load_instrument(instrument_id)
    except NotFound:
        return None

"""Where a number comes from, and the files in which it stands."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from upwell.access.declare import requires
from upwell.knowledge.catalogue import entries
from upwell.knowledge.edition import edition
from upwell.office.knowledge import queries


@requires("knowledge.read")
def why(request: HttpRequest, rule: str) -> HttpResponse:
    """Where does this number come from?"""
    scope: Any = request
    version, said = request.GET.get("version", ""), request.GET.get("said", "")
    shown = queries.explained(scope.actor, rule, version, said)
    return render(request, "knowledge/why.html", {"shown": shown, "rule": rule})


@requires("knowledge.read")
def files(request: HttpRequest) -> HttpResponse:
    """Every file of what is in force, by kind."""
    every = sorted(entries().values(), key=lambda one: (one.kind, one.title))
    kinds = [(kind, list(some)) for kind, some in groupby(every, key=lambda one: one.kind)]
    context = {"kinds": kinds, "version": edition().version, "count": len(every)}
    return render(request, "knowledge/files.html", context)


@requires("knowledge.read")
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One file: every fact with its mark and where it comes from."""
    scope: Any = request
    entry = queries.file_shown(scope.actor, name, request.GET.get("version", ""))
    return render(request, "knowledge/file.html", {"entry": entry})

"""The style guide: every part of the design system on one page, in demo mode only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from upwell.access.declare import requires
from upwell.base.finding import Because, Finding, Override, Severity, Source
from upwell.web.charts import Trajectory, TrajectoryPoint
from upwell.web.styleguide_form import SampleForm


@requires("public")
def styleguide(request: HttpRequest) -> HttpResponse:
    """The style guide."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    form = SampleForm(request.POST or None, initial={"name": "Ada Okafor"})
    context: dict[str, Any] = {
        "form": form,
        "chart": _sample_chart(),
        "empty_chart": Trajectory(_("Sample scale"), 20),
        "findings": _sample_findings(),
        "facts": [(_("Born"), "14 May 1984"), (_("Record number"), "UP-000213"), (_("Phone"), "")],
        "crumbs": [{"label": _("Patients"), "url": "#"}, {"label": "Ada Okafor", "url": ""}],
        "tabs": [
            {"label": _("Summary"), "url": "#summary", "current": True},
            {"label": _("Scores"), "url": "#scores", "count": 6},
            {"label": _("Documents"), "url": "#documents"},
        ],
        "options": list(enumerate([_("Never"), _("Sometimes"), _("Often"), _("Always")])),
        "people": _sample_people(),
        "sample_questions": [
            _("I slept through the night"),
            _("I had an appetite"),
            _("I felt close to somebody"),
        ],
        "step_mode": "always" if request.GET.get("steps") == "always" else "phone",
    }
    return render(request, "web/styleguide.html", context, status=422 if form.errors else 200)


def _sample_chart() -> Trajectory:
    start = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    bands = [
        (_("low"), 0.0, 4.0),
        (_("mild"), 5.0, 9.0),
        (_("medium"), 10.0, 14.0),
        (_("high"), 15.0, 20.0),
    ]
    totals: list[float | None] = [18, 17, 12, 9, None, 6, 4, 5]
    days = [0, 7, 9, 16, 23, 30, 51, 79]
    names = {18: 3, 17: 3, 12: 2, 9: 1, 6: 1, 4: 0, 5: 1}
    points = []
    for day, total in zip(days, totals, strict=True):
        band, status = ("", "not-scorable") if total is None else (bands[names[int(total)]][0], "complete")
        points.append(TrajectoryPoint(start + timedelta(days=day), total, band, status))
    doses = tuple(start + timedelta(days=day) for day in (8, 11, 15))
    return Trajectory(_("Sample scale"), 20, bands, points, [(_("Half of the first score"), 9.0)], doses)


def _sample_people() -> list[dict[str, Any]]:
    chart, empty = _sample_chart(), Trajectory(_("Sample scale"), 20)
    keys = ("name", "born", "total", "band", "level", "chart", "tone", "icon", "status")
    long_name = "Tomás Albarracín-Villanueva de la Fuente"
    rows = [
        ("Ada Okafor", "14 May 1984", 5, _("mild"), 1, chart, "good", "check", _("In care")),
        (long_name, "2 Nov 1969", 18, _("high"), 4, empty, "solid", "bell-ring", _("Open alert")),
        ("مريم عبد الرحمن", "30 Jan 1991", 12, _("medium"), 3, chart, "caution", "", _("Waiting")),
    ]
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _sample_findings() -> list[Finding]:
    source = (Source(_("Sample source, page 4"), "V", "US", "2025-01-01"),)
    because = (Because(_("Blood pressure"), "148/88 mmHg", "09:50"),)
    messages = {
        Severity.INFORMATION: _("The last meal was long enough ago."),
        Severity.CAUTION: _("The dose is higher than last time."),
        Severity.NEEDS_DECISION: _("Blood pressure is above the line that was set for today."),
        Severity.UNKNOWN: _("It is not known who takes the person home."),
        Severity.ABSOLUTE: _("Consent has been withdrawn."),
        Severity.EMERGENCY: _("Breathing is slower than is safe."),
    }
    findings = [Finding(f"sample.{level}", level, text, because, source) for level, text in messages.items()]
    override = Override(by="Dr. Reyes", reason=_("Measured again after ten minutes of rest."), at="10:02")
    old = Finding("sample.old", Severity.RELATIVE, _("Pulse is fast."), because, source, True, (), override)
    return [*findings, old]

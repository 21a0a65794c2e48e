"""Tags and filters of the design system: icons, charts, tones, initials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.utils.formats import date_format, number_format, time_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.access.in_force import is_signed
from upwell.base.errors import RefusedByRule, UpwellError
from upwell.base.finding import Because, Severity
from upwell.knowledge.gates.loader import load_fact_book, load_outcomes
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.web import charts
from upwell.web.chart_words import translated_words
from upwell.web.curves import Picture, curve_figure
from upwell.web.errors import TROUBLES
from upwell.web.icons import icon_svg
from upwell.web.role_words import role_titles
from upwell.web.tones import MESSAGE_TONES, SEVERITY_TONES, Tone

register = template.Library()
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T|$)", re.ASCII)


@register.simple_tag
def icon(name: str, label: str = "", large: bool = False) -> SafeString:
    """{% icon "users" %} – decorative; give ``label`` only where no word stands beside it."""
    return mark_safe(icon_svg(name, str(label), bool(large)))  # noqa: S308 (our own files, label escaped)


@register.simple_tag
def trajectory(chart: charts.Trajectory) -> SafeString:
    """{% trajectory chart %} – the line of one instrument's totals over time."""
    return mark_safe(charts.trajectory_figure(replace(chart, words=translated_words())))  # noqa: S308 (every text is escaped in charts)


@register.simple_tag
def sparkline(chart: charts.Trajectory) -> SafeString:
    """{% sparkline chart %} – the same line, the size of a word."""
    return mark_safe(charts.sparkline_svg(replace(chart, words=translated_words())))  # noqa: S308 (every text is escaped in charts)


@register.simple_tag
def curves(picture: Picture) -> SafeString:
    """{% curves picture %} – curves over minutes; put their numbers into a table beside it."""
    return mark_safe(curve_figure(picture))  # noqa: S308 (every text is escaped in curves)


@register.inclusion_tag("components/trajectory_table.html")
def trajectory_table(chart: charts.Trajectory, newest_first: bool = True) -> dict[str, Any]:
    """{% trajectory_table chart %} – the same numbers as a table, for reading and for screen readers."""
    rows = charts.table_rows(chart)
    notes = any(row["label"] for row in rows)
    return {"chart": chart, "rows": list(reversed(rows)) if newest_first else rows, "notes": notes}


@register.filter
def initials(name: str) -> str:
    """The one or two letters on a person's round badge."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def message_tone(level_tag: str) -> Tone:
    """Tone and icon of a flash message."""
    return MESSAGE_TONES.get(str(level_tag), MESSAGE_TONES["info"])


@register.filter
def role_title(role: str) -> str:
    """A role's name for people."""
    return role_titles([role])


@register.filter
def severity_tone(severity: str) -> Tone:
    """Tone, icon and word of a finding's severity."""
    return SEVERITY_TONES.get(str(severity), SEVERITY_TONES["unknown"])


@register.filter
def fact_label(name: str) -> str:
    """A fact as people call it, and which reading of it; what is no name of a fact stands as it is."""
    fact, _open, which = str(name).partition(" (")
    entry = load_fact_book().entries.get(fact)
    label = _(entry.label) if entry is not None else _of_a_score(fact)
    said = {"baseline)": _("before the dose"), "previous)": _("the one before"), "again)": _("once more")}
    return f"{label} ({said.get(which, which.removesuffix(')'))})" if which else label


def _of_a_score(name: str) -> str:
    """What a score or an answer is called that a finding rests on: ``score.phq-9``, ``answers.9``."""
    group, _dot, what = name.partition(".")
    if group == "answers" and what:
        return _("Item %(item)s") % {"item": what}
    if group != "score" or not what:
        return name
    if what == "baseline":
        return _("Score before the first dose")
    return load_instrument(what).name if what in known_instruments() else what.replace("-", " ").capitalize()


@register.filter
def amount(value: Any) -> str:
    """An amount without zeros at its end, which are read as ten times as much: 48.8, never 48.80."""
    if not isinstance(value, int | float | Decimal):
        return str(value)
    return str(number_format(Decimal(f"{value:.6g}").normalize().__format__("f")))


@register.filter
def said_once(because: Sequence[Because | Mapping[str, Any]]) -> list[Because | Mapping[str, Any]]:
    """What a finding rests on, without “on record” beside the value itself, and nothing twice."""
    said = [one.as_json() if isinstance(one, Because) else one for one in because]
    valued = {one["fact"] for one in said if one["value"] != "on record"}
    return [
        one
        for place, (one, says) in enumerate(zip(because, said, strict=True))
        if says not in said[:place] and (says["value"] != "on record" or says["fact"] not in valued)
    ]


@register.filter
def said_when(text: str) -> str:
    """A day or moment in ISO 8601 on the page's clock; other words as they stand."""
    if not _ISO.match(str(text)):
        return str(text)
    try:
        if "T" not in text:
            return date_format(date.fromisoformat(text), "DATE_FORMAT")
        moment = localtime(datetime.fromisoformat(text))
    except (ValueError, TypeError):
        return str(text)
    return f"{date_format(moment, 'DATE_FORMAT')}, {time_format(moment, 'TIME_FORMAT')}"


@register.simple_tag
def knowledge_is_signed() -> bool:
    """Whether a medical director of this practice has signed for what rules run on here."""
    return is_signed()


@register.filter
def is_to_be_verified(confidence: str) -> bool:
    """Whether a mark (M, L) says that somebody still has to verify it."""
    return str(confidence) in ("M", "L")


@register.filter
def who_may_override(finding: Any) -> str:
    """Who may decide otherwise, by the contract's table; empty where nothing has to be decided."""
    row = load_outcomes().rows[Severity(str(_of(finding, "severity")))]
    roles = [str(role) for role in _of(finding, "overridable_by")]
    if row.outcome == load_outcomes().outcomes[0]:
        return ""
    if not roles:
        return _("nobody")
    if row.before_the_day:
        return _("the medical director alone, before the day, with a reason")
    if row.second_clinician:
        return _("the prescriber with a second clinician, with a reason")
    return _("the prescriber, with a reason")


def _of(finding: Any, name: str) -> Any:
    return finding[name] if isinstance(finding, Mapping) else getattr(finding, name)


@register.filter
def band_level(band: str, bands: Any) -> int:
    """0 (mildest) to 4: where ``band`` stands among ``bands`` (names, or (name, low, high))."""
    return charts.band_level(str(band), bands)


@register.filter
def of_key(mapping: Mapping[str, Any], key: str) -> Any:
    """``mapping[key]`` where the key is a variable."""
    return mapping.get(key)


@register.filter
def first_control_id(field: BoundField) -> str:
    """Where a link from the error summary leads: the field's control, or the first of its choices."""
    return field.id_for_label or (f"{field.auto_id}_0" if field.use_fieldset else field.auto_id)


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int) -> str:
    """The present query string with another page number, so that a search survives paging."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query["page"] = str(number)
    return query.urlencode()


@register.filter
def split_comma(text: str) -> list[str]:
    """A short list written inside a template: "a,b,c"."""
    return [part.strip() for part in str(text).split(",") if part.strip()]


@register.filter
def refusal_title(error: UpwellError) -> str:
    """The headline of a refusal. A rule that stands against something is no change in the meantime."""
    if isinstance(error, RefusedByRule):
        return str(TROUBLES[405].title)
    return trouble_title(error.status)


@register.filter
def trouble_title(status: int) -> str:
    """The headline of an error page for one HTTP status."""
    return str(TROUBLES.get(status, TROUBLES[500]).title)

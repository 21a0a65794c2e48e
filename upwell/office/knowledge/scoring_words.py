"""How an instrument is scored, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from upwell.knowledge.instrument import Condition, Flag, Instrument, Limit, Scalar, Step
from upwell.science.scoring.form import GIVEN

_ANSWER = re.compile(r"\{[a-z_0-9]+\}")
_SIGNS = (("at_least", "≥"), ("at_most", "≤"), ("above", ">"), ("below", "<"), ("equals", "="))


def scoring_words(instrument: Instrument) -> list[str]:
    """Each step of the scoring as a sentence, in order."""
    return [f"{_name(step.name, instrument)}: {_step(step)}" for step in instrument.steps]


def skip_words(instrument: Instrument) -> list[str]:
    """Which questions are asked only after certain answers, and what they count as otherwise."""
    found = [_("Only one of %s is answered") % _listed(group.items) for group in instrument.one_of]
    skipped: dict[tuple[Condition, Scalar | None], list[str]] = {}
    for item in instrument.items:
        if item.asked_when is not None:
            skipped.setdefault((item.asked_when, item.when_skipped), []).append(item.id)
    for (when, counts_as), names in skipped.items():
        words = {"of": _listed(names), "when": condition_words(when), "value": _value(counts_as)}
        text = (
            _("%(of)s: asked only when %(when)s")
            if counts_as is None
            else _("%(of)s: asked only when %(when)s; otherwise it counts as %(value)s")
        )
        found.append(_capital(text % words))
    return found


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _name(name: str, instrument: Instrument) -> str:
    if name == instrument.total:
        return _("Total")
    return name.replace("_", " ").replace("-", " ").capitalize()


def _step(step: Step) -> str:
    of = _listed(step.of)
    number = "" if step.by is None else f"{step.by:g}"
    sentences = {
        "sum": _("the sum of %(of)s") % {"of": of},
        "mean": _("the mean of %(of)s") % {"of": of},
        "max": _("the highest of %(of)s") % {"of": of},
        "min": _("the lowest of %(of)s") % {"of": of},
        "multiply": _("%(of)s times %(number)s") % {"of": of, "number": number},
        "reverse": _("%(of)s, turned around") % {"of": of},
        "percent-of-maximum": _("%(of)s as per cent of the highest that is possible") % {"of": of},
    }
    if step.op == "count":
        return _count(step, of)
    if step.op == "decide":
        return _table(step)
    words = sentences.get(step.op, f"{step.op}: {of}")
    return _("%s; over what was answered") % words if step.over_answered else words


def _count(step: Step, of: str) -> str:
    words = _("how many of %(of)s are at least %(number)s") % {
        "of": of,
        "number": "?" if step.at_least is None else f"{step.at_least:g}",
    }
    other = ", ".join(f"{_item(name)}: {limit:g}" for name, limit in (step.at_least_for or {}).items())
    return f"{words} ({other})" if other else words


def _table(step: Step) -> str:
    rows = [f"{_value(row.then)} {_('if')} {condition_words(row.when)}" for row in step.rows]
    rows += [] if step.otherwise is None else [_("otherwise %s") % _value(step.otherwise)]
    return "; ".join(rows)


def condition_words(one: Condition) -> str:
    """A condition on answers, in words."""
    return _condition(one).removeprefix("(").removesuffix(")") if one.all or one.any else _condition(one)


def _condition(one: Condition) -> str:
    if one.unanswered is not None:
        return _("%s is not answered") % _item(one.unanswered)
    if one.negated is not None and one.negated.unanswered is not None:
        return _("%s is answered") % _item(one.negated.unanswered)
    if one.negated is not None:
        return _("not (%s)") % condition_words(one.negated)
    if one.all or one.any:
        joined = f" {_('and') if one.all else _('or')} "
        return f"({joined.join(_parts(one.all or one.any, _('each of') if one.all else _('one of')))})"
    return f"{_item(one.value or '')} {_compared(one)}".strip()


def _parts(parts: Iterable[Condition], together: str) -> Iterator[str]:
    """Each part in words; items that are compared with the same are said together."""
    alike: dict[str, list[str]] = {}
    for part in parts:
        if part.value is not None and (said := _compared(part)):
            alike.setdefault(said, []).append(part.value)
        else:
            alike[_condition(part)] = []
    for said, names in alike.items():
        listed = _listed(names)
        if names and listed == ", ".join(_item(name) for name in names):
            yield from (f"{_item(name)} {said}" for name in names)
        else:
            yield f"{together} {listed} {said}" if names else said


def _compared(one: Condition) -> str:
    signs = [f"{sign} {_value(limit)}" for key, sign in _SIGNS if (limit := getattr(one, key)) is not None]
    return ", ".join(signs)


def flag_words(flag: Flag) -> str:
    """What a flag says; the answer itself is not known here."""
    return _ANSWER.sub("…", flag.clinician or flag.message)


def _listed(names: Iterable[str]) -> str:
    """``items 1 to 9``, where they follow each other; else each of them."""
    every = list(names)
    numbers = [int(one) for one in every if one.isdigit()]
    runs = len(numbers) == len(every) > 2
    if runs and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return _("items %(first)d to %(last)d") % {"first": numbers[0], "last": numbers[-1]}
    return ", ".join(_item(one) for one in every)


def _item(name: str) -> str:
    name = name.removeprefix(GIVEN)  # as it was given, where it counts as something else
    return _("item %s") % name if name[:1].isdigit() else name.replace("_", " ").replace("-", " ")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def change_words(instrument: Instrument) -> Iterator[tuple[str, str, Limit]]:
    """What counts as response, remission, reliable and noticeable change; unknown is said."""
    change = instrument.change
    for title, limit in (
        (_("Response"), change.response),
        (_("Remission"), change.remission),
        (_("Reliable change"), change.reliable),
        (_("Smallest change that people notice"), change.mcid),
    ):
        yield title, limit_words(limit), limit


def limit_words(limit: Limit) -> str:
    """A limit in words; not known where no number was found."""
    words = [f"{sign} {getattr(limit, key):g}" for key, sign in _SIGNS[:4] if getattr(limit, key) is not None]
    if limit.percent_fall_at_least is not None:
        words.append(_("a fall of at least %s %%") % f"{limit.percent_fall_at_least:g}")
    return ", ".join(words) or _("not known")

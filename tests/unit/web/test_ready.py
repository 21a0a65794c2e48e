"""Templates that are made ready say what Django's own engine says."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from upwell.web.ready.loader import _Template


@dataclass
class Person:
    name: str

    @property
    def nobody(self) -> None:
        raise ObjectDoesNotExist

    def greeting(self) -> str:
        return f"Hello {self.name}"

    def remove(self) -> str:
        raise AssertionError("a template must not change anything")

    remove.alters_data = True  # type: ignore[attr-defined]

    def with_words(self, words: str) -> str:
        return words


class Pair(NamedTuple):
    first: str
    second: int


VALUES: dict[str, Any] = {
    "person": Person("<Ada> & “Bo”"),
    "pair": Pair("<one>", 2),
    "plain": {"key": "a<b", "items": "own", "deep": {"list": [1, [2, "three"]]}},
    "ordered": OrderedDict(key="x>y"),
    "safe": mark_safe("<b>safe</b>"),
    "lazy": gettext_lazy("Patients"),
    "later": SimpleLazyObject(lambda: Person("later")),
    "kind": Person,
    "numbers": [1, 2.5, Decimal("3.50"), 12345678],
    "pairs": [("a", 1), ("b", 2)],
    "none": None,
    "yes": True,
    "day": date(2026, 3, 1),
    "moment": datetime(2026, 3, 1, 12, 5, tzinfo=UTC),
    "id": UUID(int=7),
    "empty": [],
}

SAYINGS = [
    "{{ person.name }} {{ person.greeting }} {{ person.nobody }}|{{ person.remove }}|{{ person.with_words }}|",
    "{{ pair.first }} {{ pair.1 }} {{ pair.2 }} {{ pair.second }}",
    "{{ plain.key }} {{ plain.items }} {{ plain.missing }} {{ plain.deep.list.1.1 }} {{ plain.keys|join:',' }}",
    "{{ ordered.key }} {{ ordered.items|length }} {{ later.name }} {{ later.greeting }} {{ kind.name }}",
    "{{ safe }} {{ lazy }} {{ none }} {{ yes }} {{ day }} {{ moment }} {{ id }} {{ missing }} {{ missing.more }}",
    "{{ numbers.0 }} {{ numbers.1 }} {{ numbers.2 }} {{ numbers.3 }} {{ numbers }}",
    "{{ person.name|upper }} {{ missing|default:'none <>' }} {{ safe|upper }} {{ day|date:'DATE_FORMAT' }}",
    "{% autoescape off %}{{ person.name }}{{ safe }}{% endautoescape %}",
    "{% load i18n %}{% trans 'Patients' %}{% trans 'per cent 100%' %}{% trans 'May' context 'month' %}",
    "{% load i18n %}{% trans 'Patients' as words %}[{{ words }}]{% trans person.name %}{% trans 'x'|upper %}",
    "{% for n in numbers %}{{ forloop.counter }}/{{ forloop.revcounter0 }}{% if forloop.last %}.{% endif %}"
    "{% endfor %}",
    "{% for n in numbers reversed %}{{ n }};{% endfor %}{% for n in empty %}x{% empty %}nothing{{ n }}{% endfor %}",
    "{% for a, b in pairs %}{% for n in numbers %}{{ forloop.parentloop.counter }}{{ a }}{{ b }}{{ n }}{% endfor %}"
    "{% endfor %}{{ n }}{% for n in missing %}{% empty %}none{% endfor %}",
    "{% for n in numbers %}{% cycle 'odd' 'even' %}{% ifchanged n %}{{ n }}{% endifchanged %}{% endfor %}",
    "{% if person.nobody %}a{% elif plain.missing %}b{% elif numbers|length > 3 and yes %}c{% else %}d{% endif %}",
    "{% with total=numbers|length %}{{ total }}{% endwith %}{{ total }}",
    "{% url 'chart' id %} {% url 'patients' %} {% url 'chart' patient_id=id %} {% url 'patients' as way %}{{ way }}",
    "{% load upwell_ui %}{% icon 'users' %}a{% icon 'users' large=True %}{% icon 'users' person.name %}",
    "{% load upwell_ui %}{% icon 'users' 'label' as i %}[{{ i }}]",
    "{% include 'components/badge.html' with label=person.name tone='info' icon='users' %}{{ label }}",
    "{% include 'components/badge.html' with label=safe only %}{% include badge with label='x' %}",
    "{% extends 'bare.html' %}{% block title %}{{ person.name }}{{ block.super }}{% endblock %}",
]


def said(kind: type[Template], source: str, values: dict[str, Any]) -> str:
    template = kind(source, name="here.html", engine=Engine.get_default())
    return template.render(Context({**values, "badge": "components/badge.html"}))


@pytest.mark.parametrize("source", SAYINGS)
def test_it_says_the_same_as_django(source: str) -> None:
    values = {**VALUES, "request": RequestFactory().get("/")}
    expected = said(Template, source, values)
    assert said(_Template, source, values) == expected
    template = _Template(source, name="here.html", engine=Engine.get_default())
    for _ in range(2):  # what was found once is found again
        assert template.render(Context({**values, "badge": "components/badge.html"})) == expected


def test_words_are_those_of_the_language_of_each_page() -> None:
    source = "{% load i18n %}{% trans 'Yes' %}"
    template = _Template(source, engine=Engine.get_default())
    for language in ("en", "de", "en", "fr"):
        with override(language):
            assert template.render(Context()) == said(Template, source, {})


def test_a_value_belongs_to_its_page_alone() -> None:
    template = _Template("{% for n in many %}{{ n.name }}{% endfor %}", engine=Engine.get_default())
    assert template.render(Context({"many": [Person("a")]})) == "a"
    assert template.render(Context({"many": [Person("b"), {"name": "c"}]})) == "bc"
    assert template.render(Context()) == ""


def test_an_error_of_a_value_is_not_swallowed() -> None:
    class Broken:
        @property
        def name(self) -> str:
            raise AttributeError("inside")

        def sum(self) -> int:
            return 1 // 0

    for source in ("{{ one.name }}", "{{ one.sum }}"):
        with pytest.raises((AttributeError, ZeroDivisionError)):
            said(_Template, source, {"one": Broken()})


def test_pages_are_read_by_this_loader() -> None:
    template = Engine.get_default().get_template("patients/list.html")
    assert type(template) is _Template
    assert Engine.get_default().get_template("patients/list.html") is template

"""Kept queries answer as Django's own do, whatever is asked, and refuse what they can't keep."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.base.kept_query import kept_query
from upwell.people.models import Patient
from upwell.record.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(practice, patient_factory):
    found = [
        patient_factory("Rivera", "Alex"),
        patient_factory("Stone", "Kim"),
        patient_factory("Stone", "Ada"),
    ]
    with acting_as(system_actor("set-up", practice.id)):
        for one in found[:2]:
            Task.objects.create(practice=practice, patient=one, kind="item-9-history", raised_at=now())
    with acting_as(system_actor("set-up", practice.id)):
        yield found


FORMS = {
    "rows with what belongs to them": (
        (UUID,),
        lambda id: Task.objects.filter(patient_id=id).select_related("patient").defer("patient__resource"),
        lambda people: (people[0].id,),
    ),
    "a list of ids": (
        (list,),
        lambda ids: Patient.objects.filter(id__any=ids).order_by("family_name", "given_names")[:2],
        lambda people: ([one.id for one in people],),
    ),
    "no ids": ((list,), lambda ids: Task.objects.filter(patient_id__any=ids), lambda people: ([],)),
    "a moment and a word": (
        (object, str),
        lambda at, name: Patient.objects.filter(
            Exists(Task.objects.filter(patient_id=OuterRef("id"), raised_at__gt=at)), ~Q(family_name=name)
        ),
        lambda people: (now() - timedelta(days=1), "Stone"),
    ),
    "words that never change": (
        (UUID,),
        lambda id: (
            Patient.objects.filter(practice_id=id, family_name__startswith="St", entered_in_error=False)
            .exclude(family_name__in=["O'Brien", 'a "quote", \\n and 100% of %s'])
            .order_by("given_names")
        ),
        lambda people: (people[0].practice_id,),
    ),
    "columns": (
        (str,),
        lambda name: (
            Patient.objects.filter(family_name=name).order_by("given_names").values_list("id", "sex")
        ),
        lambda people: ("Stone",),
    ),
    "one column, counted": (
        (UUID,),
        lambda id: (
            Task.objects.filter(practice_id=id)
            .values("practice_id")
            .annotate(n=Count("id"))
            .values_list("n", flat=True)
        ),
        lambda people: (people[0].practice_id,),
    ),
    "the first of each": (
        (UUID,),
        lambda id: (
            Patient.objects.filter(practice_id=id)
            .order_by("family_name", "given_names")
            .distinct("family_name")
        ),
        lambda people: (people[0].practice_id,),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_it_answers_as_the_query_itself(people, form):
    kinds, build, values_of = FORMS[form]
    values = values_of(people)
    kinds = tuple(type(values[n]) if kind is object else kind for n, kind in enumerate(kinds))
    kept = kept_query(*kinds)(build)
    for _ in range(2):
        found = kept(*values)
        assert found == list(build(*values))
        assert isinstance(found, list)
        assert bool(found) == (form != "no ids")


def test_what_never_changes_stands_in_its_text(people):
    """A plan that is made once knows it then, and which partial index holds just that."""
    kept = kept_query(UUID)(lambda id: Patient.objects.filter(id=id).exclude(family_name="O'Brien"))
    assert len(kept(people[0].id)) == 1
    assert "'O''Brien'" in kept._made.sql
    assert len(kept._made.params) == 1


def test_each_call_has_its_own_values_and_costs_one_statement(people):
    kept = kept_query(UUID)(lambda id: Patient.objects.filter(id=id))
    assert [kept(one.id)[0].given_names for one in people] == ["Alex", "Kim", "Ada"]
    assert kept(new_id()) == []
    with CaptureQueriesContext(connection) as captured:
        kept(people[0].id)
    assert len(captured) == 1


def test_what_belongs_to_a_row_is_read_with_it(people):
    kept = kept_query(UUID)(lambda id: Task.objects.filter(patient_id=id).select_related("patient"))
    with CaptureQueriesContext(connection) as captured:
        assert kept(people[1].id)[0].patient.given_names == "Kim"
    assert len(captured) == 1


def test_row_security_is_asked_anew_each_time(people, other_practice):
    kept = kept_query(UUID)(lambda id: Patient.objects.filter(id=id))
    assert kept(people[0].id)
    with acting_as(system_actor("set-up", other_practice.id)):
        assert kept(people[0].id) == []


def test_a_value_that_is_looked_at_is_refused(people):
    with pytest.raises(TypeError, match="do not reach a filter"):
        kept_query(str)(lambda name: Patient.objects.filter(family_name=name.upper() + "!"))("Stone")
    with pytest.raises(TypeError, match="takes no int"):
        kept_query(int)(lambda n: Patient.objects.filter(version=n))(1)

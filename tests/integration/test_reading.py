"""A row read with a statement of our own is the row that Django would have made."""

from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS

from upwell.base.reading import Part
from upwell.people.models import Account, Patient, Practice
from upwell.record.models import AssessmentRequest


@pytest.mark.parametrize("model", [Account, AssessmentRequest, Patient, Practice])
@pytest.mark.parametrize("some", [False, True])
def test_the_row_is_as_django_makes_it(model, some):
    only = {field.name for field in model._meta.concrete_fields[2:5]} if some else None
    read = [f for f in model._meta.concrete_fields if only is None or f.primary_key or f.name in only]
    stored = ["[1]" if f.get_internal_type() == "JSONField" else n for n, f in enumerate(read)]
    loaded = [[1] if value == "[1]" else value for value in stored]
    ours = Part("x", model, only or ()).made_of(stored)
    theirs = model.from_db(DEFAULT_DB_ALIAS, [f.attname for f in read], loaded)
    assert {**vars(ours), "_state": None} == {**vars(theirs), "_state": None}
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db)
    assert ours.get_deferred_fields() == theirs.get_deferred_fields()

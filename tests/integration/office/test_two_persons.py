"""Second checks and witnesses: on by default, and a practice of one signs to work alone."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from upwell.access.acting import acting_as
from upwell.access.two_persons import two_persons_at
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.office.practice.actions.two_persons import sign_two_persons
from upwell.people.models import TwoPersons

pytestmark = pytest.mark.django_db
PAGE = "/practice/two-persons/"


def sign(actor, **given):
    words = {"solo": True, "reason": "I work alone.", "name": "Sam Alone", "number": 1} | given
    with acting_as(actor):
        return sign_two_persons(by=actor, **words)


def rule_of(actor):
    with acting_as(actor):
        return two_persons_at(actor.practice_id)


def test_a_second_person_is_asked_for_unless_somebody_signed(staff):
    rule = rule_of(staff("prescriber"))
    assert (rule.second_check, rule.witness, rule.is_solo, rule.signed) == (True, True, False, None)


def test_a_practice_of_one_signs_and_the_signature_lapses_when_a_second_comes(staff):
    alone = staff("prescriber", "admin")
    signed = sign(alone)
    assert "no second person" in signed.statement
    assert rule_of(alone).is_solo
    staff("therapist")
    rule = rule_of(alone)
    assert (rule.second_check, rule.witness, rule.lapsed) == (True, True, True)


def test_where_two_work_nobody_signs_to_work_alone(staff):
    admin = staff("prescriber", "admin")
    staff("monitor")
    with pytest.raises(RefusedByRule, match="practice of one"):
        sign(admin)


@pytest.mark.parametrize("given", [{"reason": " "}, {"name": "\0 "}, {"name": "x" * 501}])
def test_it_is_signed_with_reason_and_name(staff, given):
    with pytest.raises(BadInput):
        sign(staff("prescriber", "admin"), **given)


def test_who_may_not_sign_and_who_comes_second(staff):
    with pytest.raises(NotPermitted):
        sign(staff("prescriber"))
    admin = staff("admin")
    with pytest.raises(StaleState):
        sign(admin, number=7)
    sign(admin)
    with pytest.raises(StaleState):
        sign(admin)


def test_what_was_signed_stays(staff):
    admin = staff("admin", "prescriber")
    sign(admin)
    with acting_as(admin):
        for change in (lambda rows: rows.update(witness=True), lambda rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(TwoPersons.objects.all())


def test_the_page_signs_and_signs_back(client_as, staff, other_practice):
    admin = staff("admin", "prescriber")
    browser = client_as(admin)
    assert "Work alone" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"reason": "", "name": "S", "number": 1}).status_code == 422
    assert browser.post(PAGE, {"reason": "Alone", "name": "Sam", "number": 1}).status_code == 302
    assert "without second checks" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"reason": "Two now", "name": "Sam", "number": 2}).status_code == 302
    assert not rule_of(admin).is_solo
    elsewhere = staff("admin", at=other_practice)
    with acting_as(elsewhere):
        assert not TwoPersons.objects.exists()


def test_who_may_not_sign_sees_what_counts(client_as, staff):
    browser = client_as(staff("monitor"))
    page = browser.get(PAGE).content.decode()
    assert "A second person is asked for" in page
    assert browser.post(PAGE, {"reason": "a", "name": "b", "number": 1}).status_code == 403

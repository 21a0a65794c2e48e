"""What a practice's rules run on is seen by its staff, by people in its care, and by nobody else."""

from __future__ import annotations

import pytest

from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.people.models import ItemText, KnowledgeText

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(practice, other_practice):
    """Two practices, each with a text of its own; and one that came with the product."""
    for one in (practice, other_practice):
        with acting_as(system_actor("set-up", one.id)):
            ItemText.objects.create(
                practice=one, instrument="isi", number=1, items={}, licence="Letter, invented."
            )
            KnowledgeText.objects.create(practice=one, name="a", sha256=one.name, says="", text="")
    return practice, other_practice


def seen():
    """Whose texts are seen: the names of the practices."""
    texts = KnowledgeText.objects.filter(practice__isnull=False).values_list("practice__name", flat=True)
    assert list(
        ItemText.objects.order_by("practice__name").values_list("practice__name", flat=True)
    ) == sorted(texts)
    return sorted(texts)


def test_a_person_sees_what_is_in_force_where_their_charts_are_kept(places, account_factory, patient_factory):
    here, there = places
    account = account_factory("Pat")
    own = patient_factory("Pat", account=account)
    patient_factory("Quinn", account=account_factory("Quinn"), at=there)
    with acting_as(patient_actor(account.id, "Pat", (own.id,))):
        assert seen() == [here.name]
    with acting_as(patient_actor(account.id, "Pat", ())):
        assert seen() == []


def test_staff_see_their_own_practices_and_whoever_comes_in_none(places, staff):
    with acting_as(staff("therapist")):
        assert seen() == [places[0].name]
    with at_the_door():
        assert seen() == []
    assert seen() == []

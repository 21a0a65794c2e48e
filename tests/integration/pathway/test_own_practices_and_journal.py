"""A person's practices for daily life and their private journal, as they meet them."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.kept import COOKIE
from upwell.access.local_time import local_time
from upwell.base.ids import new_id
from upwell.pathway.integration.models import DailyPractice, JournalEntry, PracticeDay, SharedEntry
from upwell.pathway.local_time import today

pytestmark = pytest.mark.django_db
ARABIC = "اليوم كان صعبًا قليلاً، لكن المشي ساعدني. " * 60


@pytest.fixture(autouse=True)
def on_the_practices_clock(practice):
    """The day that the tests write is the day there, at any hour."""
    with local_time(practice.time_zone):
        yield


def page(client, url, **posted) -> str:
    answer = client.post(url, posted, follow=True) if posted else client.get(url, follow=True)
    assert answer.status_code in {200, 422, 409}, answer.status_code
    return unescape(answer.content.decode())


def new_page(client, words, **more):
    address = client.get(reverse("journal_new"))["Location"]
    return address, page(client, address, words=words, day=today().isoformat(), **more)


def entries(person):
    with acting_as(person):
        return list(JournalEntry.objects.order_by("created_at"))


def test_an_entry_is_written_revised_and_its_past_kept(alex_browses, alex_acts):
    _address, text = new_page(alex_browses, ARABIC)
    assert "Saved. Only you can read it." in text
    entry = entries(alex_acts)[0]
    here = reverse("journal_entry", args=[entry.id])
    page(alex_browses, here, words="Calmer.", day=today().isoformat(), version="1")
    assert [one.words for one in entries(alex_acts)] == ["Calmer."]
    assert ARABIC.strip()[:40] in page(alex_browses, here)  # how it was before


def test_sent_twice_it_is_one_page(alex_browses, alex_acts):
    address, _text = new_page(alex_browses, "The sea.")
    page(alex_browses, address, words="The sea.", day=today().isoformat())
    assert len(entries(alex_acts)) == 1


def test_it_is_said_that_nobody_reads_it_and_where_help_is(alex_browses):
    for name in ("journal", "journal_new"):
        text = page(alex_browses, reverse(name))
        assert "So nobody sees it if you write that you need help." in text
        assert f'href="{reverse("help_now")}"' in text.split("<main")[1]


def test_the_other_window_is_told_and_loses_nothing(alex_browses, alex_acts):
    new_page(alex_browses, "One.")
    here = reverse("journal_entry", args=[entries(alex_acts)[0].id])
    page(alex_browses, here, words="Two.", day=today().isoformat(), version="1")
    text = page(alex_browses, here, words="Three.", day=today().isoformat(), version="1")
    assert "in another window" in text
    assert "Three." in text
    assert [one.words for one in entries(alex_acts)] == ["Two."]


@pytest.mark.parametrize(
    "typed",
    [
        {"words": "  "},
        {"words": "x" * 20_001},
        {"words": "a\x00b"},
        {"words": "Fine.", "day": "someday"},
        {"words": "Fine.", "day": (today() + timedelta(days=2)).isoformat()},
    ],
)
def test_what_can_not_be_is_said_with_the_words_still_there(alex_browses, alex_acts, typed):
    address = alex_browses.get(reverse("journal_new"))["Location"]
    answer = alex_browses.post(address, {"day": today().isoformat()} | typed)
    assert answer.status_code == 422
    assert entries(alex_acts) == []


@pytest.mark.parametrize("words", ["Short.", "I walked by the lake and thought of my mother. " * 160, ARABIC])
def test_what_was_being_written_survives_a_log_in_that_ended(alex, alex_browses, client_as, words):
    address = alex_browses.get(reverse("journal_new"))["Location"]
    alex_browses.logout()
    typed = {"words": words, "day": today().isoformat(), "owner": str(alex.account_id)}
    refused = alex_browses.post(address, typed, headers={"Referer": f"http://testserver{address}"})
    again = client_as(alex.account)
    for name, morsel in refused.cookies.items():
        if name.startswith(COOKIE):
            again.cookies[name] = morsel.value
    assert words.strip() in page(again, address)


def test_one_page_is_shared_and_taken_back(alex_browses, alex_acts, staff, client_as):
    new_page(alex_browses, "The sea.")
    entry = entries(alex_acts)[0]
    here, therapist = reverse("journal_entry", args=[entry.id]), staff("therapist")
    assert "Only you." in page(alex_browses, here)
    assert "You shared a copy" in page(alex_browses, here, event="share")
    with acting_as(therapist):
        assert [one.words for one in SharedEntry.objects.all()] == ["The sea."]
    page(alex_browses, here, event="take-back")
    with acting_as(therapist):
        assert not SharedEntry.objects.exists()


def test_a_page_is_put_away_and_brought_back(alex_browses, alex_acts):
    new_page(alex_browses, "The sea.")
    here = reverse("journal_entry", args=[entries(alex_acts)[0].id])
    assert "The sea." not in page(alex_browses, here, event="put-away").split("<main")[1]
    assert "The sea." in page(alex_browses, reverse("journal") + "?show=away")
    assert "The sea." in page(alex_browses, here, event="bring-back")


def test_another_persons_page_is_not_there(
    alex_browses, alex_acts, patient_factory, account_factory, client_as
):
    new_page(alex_browses, "The sea.")
    kim = client_as(patient_factory("Stone", "Kim", account=account_factory("Kim Stone")).account)
    assert kim.get(reverse("journal_entry", args=[entries(alex_acts)[0].id])).status_code == 404


# ---------------------------------------------------------------------------------------------------- practices
def test_a_practice_is_added_ticked_paused_ended_and_taken_up(alex_browses, alex_acts):
    address = alex_browses.get(reverse("my_practice_new"))["Location"]
    text = page(alex_browses, address, what="Walk by the lake", how_often="most mornings")
    page(alex_browses, address, what="Walk by the lake", how_often="most mornings")
    assert "Only you see it" in text
    with acting_as(alex_acts):
        habit = DailyPractice.objects.get()
    tick = reverse("my_practice_tick", args=[habit.id])
    assert "1 time in the last 7 days" in page(alex_browses, tick, done="yes")
    page(alex_browses, tick, done="yes")
    assert "in the last 7 days" not in page(alex_browses, tick, done="no")
    with acting_as(alex_acts):
        assert PracticeDay.objects.count() == 1
    here = reverse("my_practice", args=[habit.id])
    for event, said in (("pause", "Paused."), ("end", "Ended."), ("take-up", "Taken up again.")):
        assert said in page(alex_browses, here, event=event)
    assert "has changed meanwhile" in page(alex_browses, here, event="take-up")
    assert "can't be done" in page(alex_browses, here, event="dance")


def test_a_practice_is_shown_to_the_team_and_no_longer(alex_browses, alex_acts, staff):
    address = alex_browses.get(reverse("my_practice_new"))["Location"]
    page(alex_browses, address, what="Paint")
    therapist = staff("therapist")
    with acting_as(alex_acts):
        here = reverse("my_practice", args=[DailyPractice.objects.get().id])
    seen = []
    for event in ("share", "take-back"):
        page(alex_browses, here, event=event)
        with acting_as(therapist):
            seen.append(DailyPractice.objects.count())
    assert seen == [1, 0]


def test_own_pages_cost_the_same_for_one_and_for_many(alex_browses, count_queries):
    def one_more(n):
        new_page(alex_browses, f"Page {n}.")
        page(alex_browses, reverse("my_practice_new") + f"?form={new_id()}", what=f"Practice {n}")

    one_more(0)
    names = ("journal", "my_practices")
    few = [count_queries(lambda name=name: page(alex_browses, reverse(name))) for name in names]
    for n in range(1, 6):
        one_more(n)
    assert [count_queries(lambda name=name: page(alex_browses, reverse(name))) for name in names] == few

"""Joining two charts of one person, and parting them again: nothing moves, and everything is on record."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from tests.integration.office.registered import register, register_many, seen_by
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.own import own_charts
from upwell.access.system import system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.audit.models import AuditEntry
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule
from upwell.base.ids import new_id
from upwell.office.patients.actions import edit_patient, merge_charts, undo_merge
from upwell.people.charts import chart_ids, charts_of, kept_chart
from upwell.people.models import Membership, Patient, PatientMerge, Practice
from upwell.record.models import Condition

WHY = "Same person: insurance card seen."


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Petra Prescriber")


@pytest.fixture
def browser(client_as, prescriber):
    return client_as(prescriber)


@pytest.fixture
def two(practice):
    return register(practice, "Rivera", "Alex"), register(practice, "Riviera", "Alexandra")


def merge(by, kept, merged, reason=WHY):
    with acting_as(by):
        return merge_charts(by=by, kept_id=kept.id, merged_id=merged.id, reason=reason)


def undo(by, done, reason="They are sisters."):
    with acting_as(by):
        return undo_merge(by=by, merge_id=done.id, reason=reason)


def refused(by, kept, merged, error=RefusedByRule, **more):
    with pytest.raises(error) as caught:
        merge(by, kept, merged, **more)
    return caught.value.message


def family(by, patient):
    with acting_as(by):
        return chart_ids(patient.id)


def log_in(patient, account):
    with acting_as(system_actor("set-up", patient.practice_id)):
        Patient.objects.filter(id=patient.id).update(account=account)


def log_in_of(practice, patient):
    return seen_by(practice, patient.id).account_id


class TestMerging:
    def test_the_kept_chart_reads_both_and_no_row_moves(self, practice, prescriber, two):
        kept, merged = two
        with acting_as(system_actor("set-up", practice.id)):
            Condition.objects.create(practice=practice, patient=merged, display="Depression")
        done = merge(prescriber, kept, merged)
        assert family(prescriber, kept) == [kept.id, merged.id]
        assert seen_by(practice, merged.id).merged_into_id == kept.id
        with acting_as(prescriber):
            assert Condition.objects.get().patient_id == merged.id
            assert Condition.objects.filter(patient_id__in=chart_ids(kept.id)).count() == 1
            assert kept_chart(merged.id) == kept.id
        assert (done.reason, done.merged_by_id) == (WHY, prescriber.account_id)

    def test_it_is_on_the_trail_of_both_charts(self, practice, prescriber, two):
        kept, merged = two
        undo(prescriber, merge(prescriber, kept, merged))
        with acting_as(system_actor("set-up", practice.id)):
            for action in ("patient.merged", "patient.merge-undone"):
                rows = AuditEntry.objects.filter(action=action)
                assert {row.patient_id for row in rows} == {kept.id, merged.id}
                assert all(WHY not in str(row.detail) for row in rows)

    def test_undone_everything_is_as_before(self, practice, prescriber, two):
        kept, merged = two
        done = undo(prescriber, merge(prescriber, kept, merged))
        assert family(prescriber, kept) == [kept.id]
        assert family(prescriber, merged) == [merged.id]
        assert (done.undo_reason, done.undone_by_id) == ("They are sisters.", prescriber.account_id)
        merge(prescriber, merged, kept)  # and it can be done the other way round
        assert family(prescriber, merged) == [merged.id, kept.id]

    def test_chains_are_read_through_and_any_link_can_be_undone(self, practice, prescriber, two):
        first, second = two
        third = register(practice, "Riviere", "A")
        inner, outer = merge(prescriber, second, first), merge(prescriber, third, second)
        assert family(prescriber, third) == [third.id, second.id, first.id]
        with acting_as(prescriber):
            assert kept_chart(first.id) == third.id
            assert charts_of([third.id, second.id]) == {
                third.id: [third.id, second.id, first.id],
                second.id: [second.id, first.id],
            }
        undo(prescriber, inner)
        assert family(prescriber, third) == [third.id, second.id]
        assert family(prescriber, first) == [first.id]
        undo(prescriber, outer)
        assert family(prescriber, third) == [third.id]

    def test_a_chart_nobody_may_see_has_no_family(self, staff, other_practice, two):
        assert family(staff("prescriber", at=other_practice), two[0]) == []
        with acting_as(staff("prescriber", at=other_practice)):
            assert kept_chart(two[0].id) is None

    def test_refusals_in_words(self, practice, other_practice, prescriber, two):
        kept, merged = two
        assert "one and the same chart" in refused(prescriber, kept, kept)
        assert "no such patient" in refused(prescriber, kept, register(other_practice, "R", "A"), NotFound)
        wrong = register(practice, "Wrong", "W", entered_in_error=True)
        assert "entered in error" in refused(prescriber, kept, wrong)
        assert "Write down why" in refused(prescriber, kept, merged, BadInput, reason="  \u200b ")
        merge(prescriber, kept, merged)
        assert "joined into another one already" in refused(prescriber, kept, merged)
        assert "joined into another one already" in refused(prescriber, register(practice, "X", "Y"), merged)
        assert "in the meantime" in refused(prescriber, merged, register(practice, "Z", "Y"))
        assert "joined into another one" in refused(prescriber, merged, kept)  # crosswise

    def test_who_may(self, practice, staff, two):
        for role in ("therapist", "monitor", "researcher"):
            assert "role does not allow" in refused(staff(role), *two, NotPermitted)
        merge(staff("admin"), *two)

    def test_undo_is_refused_twice_and_to_others(self, practice, other_practice, staff, prescriber, two):
        done = merge(prescriber, *two)
        elsewhere = staff("admin", at=other_practice)
        with pytest.raises(NotFound):
            undo(elsewhere, done)
        with pytest.raises(NotPermitted):
            undo(staff("therapist"), done)
        with pytest.raises(BadInput):
            undo(prescriber, done, reason=" ")
        undo(prescriber, done)
        with pytest.raises(RefusedByRule, match="parted already"):
            undo(prescriber, done)

    def test_a_merged_chart_can_not_be_changed(self, prescriber, two):
        kept, merged = two
        merge(prescriber, kept, merged)
        with acting_as(prescriber), pytest.raises(RefusedByRule, match="joined into another one"):
            edit_patient(by=prescriber, patient_id=merged.id, version=1, details={"family_name": "A"})


class TestLogIns:
    def test_two_different_ones_are_refused(self, practice, prescriber, two, account_factory):
        for chart in two:
            log_in(chart, account_factory())
        assert "Both charts have a log-in of their own" in refused(prescriber, *two)

    def test_the_same_one_on_both_is_no_obstacle_and_stays(self, practice, prescriber, two, account_factory):
        account = account_factory()
        for chart in two:
            log_in(chart, account)
        undo(prescriber, merge(prescriber, *two))
        assert [log_in_of(practice, chart) for chart in two] == [account.id, account.id]

    def test_that_of_the_merged_chart_moves_and_goes_back(self, practice, prescriber, two, account_factory):
        kept, merged = two
        account = account_factory()
        log_in(merged, account)
        done = merge(prescriber, kept, merged)
        assert done.account_moved_to == kept.id
        self.sees(account, [kept, merged])
        undo(prescriber, done)
        assert log_in_of(practice, kept) is None
        self.sees(account, [merged])

    def test_that_of_the_kept_chart_opens_the_merged_one_too(
        self, practice, prescriber, two, account_factory
    ):
        kept, merged = two
        account = account_factory()
        log_in(kept, account)
        done = merge(prescriber, kept, merged)
        self.sees(account, [kept, merged])
        undo(prescriber, done)
        assert log_in_of(practice, merged) is None
        self.sees(account, [kept])

    def test_through_a_chain(self, practice, prescriber, two, account_factory):
        first, second = two
        third = register(practice, "Riviere", "A")
        account = account_factory()
        log_in(first, account)
        inner, outer = merge(prescriber, second, first), merge(prescriber, third, second)
        self.sees(account, [third, first, second])
        undo(prescriber, inner)  # the log-in came from the chart that is parted now
        self.sees(account, [first])
        undo(prescriber, outer)
        self.sees(account, [first])

    def test_who_signed_up_after_the_merge_keeps_it(self, practice, prescriber, two, account_factory):
        kept, merged = two
        done = merge(prescriber, kept, merged)
        account = account_factory()
        log_in(kept, account)
        undo(prescriber, done)
        self.sees(account, [kept])

    def test_a_log_in_hidden_in_the_family_counts(self, practice, prescriber, two, account_factory):
        kept, merged = two
        hidden = register(practice, "Hidden", "H", merged_into=merged)
        log_in(hidden, account_factory())
        log_in(kept, account_factory())
        assert "Both charts have a log-in" in refused(prescriber, kept, merged)

    def sees(self, account, charts):
        actor = patient_actor(account.id, account.name)
        with acting_as(actor):
            assert set(own_charts(actor)) == {chart.id for chart in charts}


class TestPages:
    def test_choose_compare_join_and_part(self, browser, practice, two):
        kept, merged = two
        choose = browser.get(f"/patients/{kept.id}/merge/")
        assert [duplicate.entry.id for duplicate in choose.context["duplicates"]] == [merged.id]
        pair_url = f"/patients/{kept.id}/merge/{merged.id}/"
        assert f'href="{pair_url}"' in choose.content.decode()

        pair = browser.get(pair_url)
        assert pair.context["form"]["keep"].value() == str(kept.id)  # the older one
        assert [str(row.label) for row in pair.context["pair"].rows if row.contradicts] == [
            "Family name", "Given names",
        ]  # fmt: skip

        done = browser.post(pair_url, {"keep": str(kept.id), "reason": WHY})
        assert done["Location"] == f"/patients/{kept.id}/"
        note = browser.get(f"/patients/{merged.id}/", follow=True)
        assert note.redirect_chain[-1][0] == f"/patients/{kept.id}/"

        history = browser.get(f"/patients/{kept.id}/history/")
        (row,) = history.context["merges"]
        undo_url = f"/patients/{kept.id}/merges/{row.id}/undo/"
        assert undo_url in history.content.decode()
        assert WHY in history.content.decode()
        assert WHY in browser.get(undo_url).content.decode()
        assert browser.post(undo_url, {"reason": ""}).status_code == 422
        assert browser.post(undo_url, {"reason": "Sisters."})["Location"] == f"/patients/{kept.id}/history/"
        assert "Sisters." in browser.get(f"/patients/{kept.id}/history/").content.decode()
        assert browser.post(undo_url, {"reason": "Again."}).status_code == 422

        changes = browser.get(f"/patients/{merged.id}/history/").context["history"].changes
        assert [[(str(f.label), f.before, f.after) for f in change.fields] for change in changes] == [
            [("Joined into", kept.record_number, "")],
            [("Joined into", "", kept.record_number)],
        ]
        assert {change.who for change in changes} == {"Petra Prescriber"}

    def test_the_other_one_can_be_kept(self, browser, practice, two):
        left, right = two
        browser.post(f"/patients/{left.id}/merge/{right.id}/", {"keep": str(right.id), "reason": WHY})
        assert seen_by(practice, left.id).merged_into_id == right.id

    @pytest.mark.parametrize(
        "sent", [{}, {"keep": "x", "reason": "y"}, {"reason": "y"}, {"keep": "", "reason": "\x00"}]
    )
    def test_bad_input(self, browser, practice, two, sent):
        kept, merged = two
        assert browser.post(f"/patients/{kept.id}/merge/{merged.id}/", sent or {"a": ""}).status_code == 422
        assert seen_by(practice, merged.id).merged_into_id is None

    def test_a_reason_is_needed(self, browser, practice, two):
        kept, merged = two
        response = browser.post(
            f"/patients/{kept.id}/merge/{merged.id}/", {"keep": str(kept.id), "reason": " "}
        )
        assert response.status_code == 422
        assert "Write down why these are the same person." in response.content.decode()

    def test_another_chart_is_found_by_search(self, browser, practice, two):
        other = register(practice, "Quite", "Different", identifiers=[("mr", "77-A")])
        response = browser.get(f"/patients/{two[0].id}/merge/", {"q": "77-a"})
        assert [entry.id for entry in response.context["found"]] == [other.id]
        own = browser.get(f"/patients/{two[0].id}/merge/", {"q": "Alex Rivera"})
        assert two[0].id not in [entry.id for entry in own.context["found"]]

    def test_what_can_not_be_joined_shows_no_form(self, browser, practice, two, account_factory):
        kept, merged = two
        same = browser.get(f"/patients/{kept.id}/merge/{kept.id}/").content.decode()
        assert "one and the same chart" in same
        assert 'name="reason"' not in same
        for chart in two:
            log_in(chart, account_factory())
        page = browser.get(f"/patients/{kept.id}/merge/{merged.id}/").content.decode()
        assert "Both charts have a log-in" in page
        posted = browser.post(
            f"/patients/{kept.id}/merge/{merged.id}/", {"keep": str(kept.id), "reason": WHY}
        )
        assert posted.status_code == 422

    def test_the_one_with_a_log_in_is_suggested(self, browser, two, account_factory):
        log_in(two[1], account_factory())
        pair = browser.get(f"/patients/{two[0].id}/merge/{two[1].id}/")
        assert pair.context["form"]["keep"].value() == str(two[1].id)
        assert "One of the two has a log-in" in pair.content.decode()

    def test_a_merged_chart_leads_to_the_kept_one(self, browser, practice, prescriber, two):
        kept, merged = two
        merge(prescriber, kept, merged)
        assert browser.get(f"/patients/{merged.id}/merge/")["Location"] == f"/patients/{kept.id}/merge/"
        assert "joined into another one" in browser.get(f"/patients/{merged.id}/history/").content.decode()

    def test_others_see_nothing_of_it(self, client_as, staff, other_practice, prescriber, two):
        kept, merged = two
        done = merge(prescriber, kept, merged)
        undo_url = f"/patients/{kept.id}/merges/{done.id}/undo/"
        for person, status in ((staff("therapist"), 403), (staff("admin", at=other_practice), 404)):
            other = client_as(person)
            assert other.get(f"/patients/{kept.id}/merge/{merged.id}/").status_code == status
            assert other.get(undo_url).status_code == status
            assert other.post(undo_url, {"reason": "x"}).status_code == status
        history = client_as(staff("therapist")).get(f"/patients/{kept.id}/history/")
        assert "undo" not in history.content.decode().lower().replace("undo-2", "")

    def test_the_merge_of_another_chart_is_not_undone_here(self, browser, practice, prescriber, two):
        done = merge(prescriber, *two)
        other = register(practice, "Other", "O")
        assert browser.get(f"/patients/{other.id}/merges/{done.id}/undo/").status_code == 404
        assert browser.get(f"/patients/{two[0].id}/merges/{new_id()}/undo/").status_code == 404

    @pytest.mark.parametrize("page", ["merge/", "merge/?q=zuniga", "merge/{other}/"])
    def test_the_number_of_queries_does_not_grow_with_the_patients(
        self, browser, practice, page, django_assert_max_num_queries
    ):
        one, other, *_rest = register_many(practice, "Zuniga", 20)
        url = f"/patients/{one.id}/{page.format(other=other.id)}"
        browser.get(url)
        with django_assert_max_num_queries(30) as few:
            browser.get(url)
        register_many(practice, "Zuniga", 200)
        with django_assert_max_num_queries(30) as many:
            browser.get(url)
        assert len(few) == len(many)


class TestAtTheSameTime:
    """Two people merge crosswise at the same moment: one of the two merges happens, the other is refused in words."""

    def test_crossing_merges(self, committed_db):
        practice = Practice.objects.create(name="Harbor Clinic")
        account = make_account("p@example.org", "correct horse battery", name="P")
        actor = staff_actor(
            Membership.objects.create(account=account, practice=practice, roles=["prescriber"]), "P"
        )
        for round_ in range(5):
            one, other = register(practice, f"A{round_}", "A"), register(practice, f"B{round_}", "B")
            outcomes = self.together(actor, practice, (one, other), (other, one))
            assert sorted(map(bool, outcomes)) == [False, True], outcomes
            with acting_as(actor):
                assert PatientMerge.objects.filter(merged_id__in=[one.id, other.id]).count() == 1
                assert {kept_chart(one.id), kept_chart(other.id)} in ({one.id}, {other.id})

    def together(self, actor, practice, *pairs):
        barrier, outcomes = threading.Barrier(len(pairs), timeout=20), []

        def run(kept, merged):
            try:
                with acting_as(actor):
                    barrier.wait()
                    merge_charts(by=actor, kept_id=kept.id, merged_id=merged.id, reason=WHY)
                outcomes.append("")
            except RefusedByRule as refusal:
                outcomes.append(refusal.message)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return outcomes

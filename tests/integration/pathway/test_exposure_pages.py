"""The pages of exposure: what they say, whom they are for, and what they refuse."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from upwell.pathway.exposure.words import CLAIMS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DISCLAIMER = "Context from published models, never a recommendation of a dose."


@pytest.fixture
def doctor(staff, client_as):
    return client_as(staff("prescriber", name="Dr. Dana Here"))


@pytest.fixture
def course(alex):
    return course_at(alex, "induction", substance="racemic-ketamine", route="im")


def page(browser, name, *ids, status=200, **asked) -> str:
    response = browser.get(reverse(name, args=ids), asked)
    assert response.status_code == status, response.content.decode()
    return unescape(response.content.decode())


def test_routes_side_by_side_begin_with_published_doses(doctor):
    text = page(doctor, "exposure")
    assert DISCLAIMER in text
    assert "84 mg by nose" in text
    assert "90 % of simulated people" in text
    assert "Clearances side by side" in text
    assert "Heavier people get more" in text
    assert "Dissociation is never a target" in text
    assert text.count('<svg class="chart__wide"') == 2


def test_racemic_ketamine_has_no_band_and_timing_alone_into_a_muscle(doctor):
    text = page(doctor, "exposure", substance="racemic-ketamine")
    assert "No variability was published" in text
    assert "Timing only: into a muscle" in text
    assert "about 243 ng/mL" in text
    assert "40 mg prolonged-release tablet" in text
    assert not re.search(r"14[89]", _words_of("Timing only", text))  # the model's height, which is far off


def _words_of(heading: str, text: str) -> str:
    """What a section says, without its drawings."""
    section = text.split(heading)[1].split("</section>", maxsplit=1)[0]
    return re.sub(r"<[^>]*>", " ", section)


def test_own_doses_are_drawn(doctor):
    asked = {"substance": "esketamine", "intranasal": "56", "weight_kg": "90", "age_years": "70"}
    text = page(doctor, "exposure", **asked, ancestry="japanese")
    assert "56 mg by nose" in text
    assert "into a vein over" not in text.split("Routes on one axis")[1].split("</section>")[0]
    assert "has no effect of body weight" in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("intranasal", "-5"), ("intranasal", "9000"), ("iv", "abc"), ("weight_kg", "4"), ("age_years", "nan"),
     ("ancestry", "martian"), ("infusion_min", "-1"), ("weight_kg", "1e999")],
)  # fmt: skip
def test_bad_input_is_refused_beside_its_field(doctor, field, value):
    text = page(doctor, "exposure", status=422, substance="esketamine", **{"iv": "20", field: value})
    assert "field__error" in text
    assert "Routes on one axis" not in text


def test_a_substance_that_nobody_knows_shows_the_first(doctor):
    assert DISCLAIMER in page(doctor, "exposure", substance="<script>")


def test_the_person_of_a_course_is_filled_in_and_the_look_is_on_record(doctor, course, count_queries):
    text = page(doctor, "course_exposure", course.id)
    assert "Racemic ketamine" in text
    assert 'value="70"' in text
    assert count_queries(lambda: page(doctor, "course_exposure", course.id)) < 40
    assert reverse("course_exposure", args=[course.id]) in page(doctor, "course", course.id)


def test_the_models_page_says_where_they_miss(doctor):
    text = page(doctor, "exposure_models")
    assert DISCLAIMER in text
    assert "43.8" in text
    assert "7 of them are more than 20 % away" in text
    assert text.count("misses</span>") == 7
    assert "not offered" in text
    assert "296 ng/mL" in text.split("Published, and not compared")[1]


def test_how_it_works_is_for_everybody_with_a_log_in(doctor, alex_browses):
    for browser in (doctor, alex_browses):
        text = page(browser, "how_it_works")
        assert all(str(word) in text for word, *_rest in CLAIMS.values())
        assert "Abdallah" in text


def test_a_person_sees_when_it_starts_peaks_and_passes(alex_browses, course):
    text = page(alex_browses, "my_timing", course.id)
    assert "after about 20 minutes" in text
    assert "ng/mL" not in text
    assert reverse("my_timing", args=[course.id]) in page(alex_browses, "my_course")


def test_where_no_curve_was_published_the_person_is_told(alex_browses, alex):
    course = course_at(alex, "induction", substance="racemic-ketamine", route="oral")
    text = page(alex_browses, "my_timing", course.id)
    assert "nobody has published such a curve" in text
    assert "chart__wide" not in text


def test_nothing_is_chosen_yet(alex_browses, alex):
    course = course_at(alex, "screening")
    assert "has not chosen your treatment yet" in page(alex_browses, "my_timing", course.id)
    assert reverse("my_timing", args=[course.id]) not in page(alex_browses, "my_course")


def test_nobody_elses_course(alex_browses, patient_factory):
    other = course_at(patient_factory("Other"), "induction", substance="esketamine", route="intranasal")
    page(alex_browses, "my_timing", other.id, status=404)

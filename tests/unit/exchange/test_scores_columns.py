"""Which column says what, in the tables that people have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.exchange.scores_tables import GAD7, HEADER, layout
from upwell.base.errors import BadInput
from upwell.exchange.scores.columns import ColumnMap, lay_out

NINE = [str(n) for n in range(1, 10)]


def numbered(pattern: str, count: int = 9) -> list[str]:
    return [pattern.format(n=n) for n in range(1, count + 1)]


def test_defaults_fit_the_weekly_phq9_table() -> None:
    found = layout()
    assert found.as_json() == {
        "id": "Patient_Identifier",
        "week": "Week",
        "items": {str(n): f"DPQ{n}" for n in range(1, 11)},
        "total": "PHQ9_Score",
    }


@pytest.mark.parametrize(
    "change", [str.lower, str.upper, lambda name: f" {name} ", lambda n: n.replace("_", " ")]
)
def test_case_and_filling_signs_make_no_difference(change: Any) -> None:
    assert layout([change(name).strip() for name in HEADER]).items == layout().items


@pytest.mark.parametrize(
    ("header", "items", "total"),
    [
        (["seqn", "week", *numbered("DPQ{n:02}0", 10)], 10, None),
        (["id", "week", *numbered("phq9_{n}"), "phq9_total"], 9, "phq9_total"),
        (["Subject ID", "Visit Week", *numbered("PHQ{n}"), "PHQ-9"], 9, "PHQ-9"),
        (["MRN", "date", *numbered("Q{n}"), "Score"], 9, "Score"),
        (["id", "date", *numbered("{n}")], 9, None),
    ],
)
def test_other_tables_of_the_same_kind(header: list[str], items: int, total: str | None) -> None:
    found = layout(header)
    assert [item for item, _ in found.items] == [str(n) for n in range(1, items + 1)]
    assert [index for _, index in found.items] == list(range(2, 2 + items))
    assert found.as_json()["total"] == total


def test_gad7_has_its_own_names() -> None:
    header = ["patient_id", "week", *numbered("GAD{n}", 7), "GAD7_Score"]
    found = lay_out(header, GAD7, ColumnMap(), file="scores.csv", has_start=False)
    assert [item for item, _ in found.items] == NINE[:7]
    assert found.as_json()["total"] == "GAD7_Score"


@pytest.mark.parametrize(
    "items",
    [
        "DPQ1-DPQ9",
        "dpq1-dpq9",
        "DPQ1,DPQ2,DPQ3,DPQ4,DPQ5,DPQ6,DPQ7,DPQ8,DPQ9",
        "DPQ1-DPQ4, DPQ5 ,DPQ6-DPQ9",
        [f"DPQ{n}" for n in range(1, 10)],
    ],
)
def test_items_named_as_a_range_or_a_list(items: Any) -> None:
    assert layout(items=items).items == tuple((item, 1 + int(item)) for item in NINE)


def test_a_numbered_range_goes_by_number_and_not_by_place() -> None:
    header = ["id", "week", *reversed(numbered("X{n}"))]
    assert [header[index] for _, index in layout(header, items="X1-X9").items] == numbered("X{n}")


def test_a_range_of_other_names_goes_by_place() -> None:
    header = ["id", "week", "low-mood", *"abcdefg", "suicidal"]
    assert [index for _, index in layout(header, items="low-mood-suicidal").items] == list(range(2, 11))


def test_the_difficulty_item_may_be_named_too() -> None:
    assert layout(items="DPQ1-DPQ10").items[-1] == ("10", 11)


def test_week_or_date() -> None:
    header = [*HEADER, "Date"]
    assert layout(header).by_week is False
    assert layout(header, has_start=True).by_week is True
    assert layout(header, week="Week").by_week is True
    assert layout([*HEADER, "day"], date="day").by_week is False


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"id": "nobody"}, "has no column “nobody” (--id-column)"),
        ({"week": "nope"}, "has no column “nope” (--week-column)"),
        ({"date": "nope"}, "has no column “nope” (--date-column)"),
        ({"total": "nope"}, "has no column “nope” (--total-column)"),
        ({"items": "DPQ1,nope"}, "has no column “nope” (--item-columns)"),
        ({"items": "DPQ1-nope"}, "has no column “DPQ1-nope” (--item-columns)"),
        ({"items": "DPQ1-DPQ8"}, "--item-columns names 8 columns; PHQ-9 has 9 or 10 items"),
        ({"items": "DPQ1-DPQ8,DPQ8"}, "to both item 8 and item 9"),
        ({"total": "DPQ9"}, "to both total and item 9"),
        ({"week": "Week", "date": "Week"}, "either --week-column or --date-column"),
    ],
)
def test_names_that_do_not_fit_are_refused(named: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        layout(**named)
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ({"Patient_Identifier"}, "has no id column. Looked for patient_identifier"),
        ({"Week"}, "has neither a week nor a date column"),
        ({"DPQ4"}, "lacks the item column DPQ4"),
        (set(numbered("DPQ{n}", 10)), "has no item columns such as DPQ1 to DPQ9"),
    ],
)
def test_a_missing_column_is_named_with_the_columns_that_are_there(without: set[str], words: str) -> None:
    header = [name for name in HEADER if name not in without]
    with pytest.raises(BadInput) as refused:
        layout(header)
    assert words in refused.value.message
    assert f"Its columns are: {', '.join(header)}." in refused.value.message


def test_two_columns_of_one_name_are_refused_where_it_matters() -> None:
    with pytest.raises(BadInput, match="2 columns called “week”"):
        layout([*HEADER, "Week"])
    assert layout([*HEADER, "note", "note", "", ""]).items == layout().items


def test_a_start_date_needs_weeks() -> None:
    header = ["date" if name == "Week" else name for name in HEADER]
    with pytest.raises(BadInput, match="no week column, which --start-date needs"):
        layout(header, has_start=True)
    with pytest.raises(BadInput, match="has no meaning"):
        layout(header, has_start=True, date="date")

"""When two charts look like one person, as a front desk would say. Points: people/duplicates.toml."""

from __future__ import annotations

from datetime import date

import pytest

from upwell.people.duplicates import Someone, likeness

BORN = date(1980, 5, 12)


def someone(name: str, born: date | None = BORN, sex: str = "male", **more) -> Someone:
    return Someone(names=tuple(name.split(" / ")), birth_date=born, sex=sex, **more)


JOHN = someone("John Smith")

PAIRS = [
    # one        other                                           likely  what is said of it
    (JOHN, someone("John Smith"), True, ("Same name", "Same birth date")),
    (JOHN, someone("Jon Smyth"), True, ("Very similar name", "Same birth date")),
    (JOHN, someone("Smith John"), True, ("Same name", "Same birth date")),
    (JOHN, someone("JOHN  SMITH"), True, ("Same name", "Same birth date")),
    (JOHN, someone("John Andrew Smith"), True, ("Very similar name", "Same birth date")),
    (JOHN, someone("J Smith"), True, ("Very similar name", "Same birth date")),
    (
        JOHN,
        someone("John Smith", date(1980, 12, 5)),
        True,
        ("Same name", "Birth date with day and month swapped"),
    ),
    (
        JOHN,
        someone("John Smith", date(1980, 5, 21)),
        True,
        ("Same name", "Birth date with two digits swapped"),
    ),
    (
        JOHN,
        someone("John Smith", date(1980, 5, 13)),
        True,
        ("Same name", "Birth date with one digit different"),
    ),
    (
        JOHN,
        someone("John Smith", date(1908, 5, 12)),
        True,
        ("Same name", "Birth date with two digits swapped"),
    ),
    (JOHN, someone("John Smith", None), True, ("Same name", "Birth date not on record for both")),
    (JOHN, someone("John Smith", sex="unknown"), True, ("Same name", "Same birth date")),
    (JOHN, someone("John Smith", sex="female"), True, ("Same name", "Same birth date")),
    (
        JOHN,
        someone("John Smith", date(1980, 1, 1), birth_date_precision="year"),
        True,
        ("Same name", "Birth dates that agree as far as they are known"),
    ),
    # The same person under a new name: a name in common, and something else that fits.
    (
        someone("Sarah Jones", phone="(312) 555-0101", sex="female"),
        someone("Sarah Smith", phone="+1 312 555 0101", sex="female"),
        True,
        ("One name in common", "Same birth date", "Same phone number"),
    ),
    (
        someone("Sarah Smith", sex="female"),
        someone("Sarah Jones / Sarah Smith", sex="female"),
        True,
        ("Same name", "Same birth date"),
    ),
    (
        JOHN,
        someone("Jonathan Brown", date(1975, 1, 1), identifiers=frozenset({("ssn", "999")})),
        False,
        (),
    ),
    (
        someone("John Smith", identifiers=frozenset({("ssn", "999-01")})),
        someone("Jack Doe", date(1975, 1, 1), identifiers=frozenset({("ssn", "999-01")})),
        True,
        ("Same identifier",),
    ),
    # Two people.
    (JOHN, someone("John Smith", date(1955, 9, 30)), False, None),  # the same name is common
    (JOHN, someone("John Brown"), False, None),  # the same given name and birthday
    (JOHN, someone("Peter Novak"), False, None),  # the same birthday alone
    (JOHN, someone("Peter Novak", phone="312 555 0101"), False, None),
    (
        someone("John Smith", date(1950, 1, 2), phone="312 555 0101"),
        someone("John Smith", date(1980, 5, 12), phone="312 555 0101"),
        False,
        None,
    ),  # father and son
    (JOHN, someone("John Smith", date(1979, 1, 1), birth_date_precision="year"), False, None),
    (someone("王 小明"), someone("李 小红"), False, None),
    (someone("王 小明"), someone("小明 王"), True, ("Same name", "Same birth date")),
    (someone("小明 王"), someone("王小明"), True, ("Same name", "Same birth date")),
    # The same given name in another form.
    (someone("Margaret Li"), someone("Peggy Li"), True, ("Very similar name", "Same birth date")),
    (someone("Bob Rivera"), someone("Roberto Rivera"), True, ("Very similar name", "Same birth date")),
    (someone("Margaret Li"), someone("Peggy Li", date(1955, 9, 30)), False, None),
    (someone("Anna Boyd"), someone("Emma Boyd"), False, None),  # twins
]


@pytest.mark.parametrize(("one", "other", "likely", "reasons"), PAIRS)
def test_pairs(one, other, likely, reasons):
    found = likeness(one, other)
    assert found.likely is likely, found
    if reasons:
        assert found.reasons == reasons
    assert likeness(other, one) == found


def test_what_speaks_against_is_said_too():
    assert likeness(JOHN, someone("John Smith", sex="female")).against == ("Different sex",)


def test_near_certain():
    same_phone = likeness(
        someone("John Smith", phone="3125550101"), someone("John Smith", phone="3125550101")
    )
    assert same_phone.near_certain
    assert not likeness(JOHN, someone("John Smith")).near_certain


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("(312) 555-0101", "+1 312 555 0101", True),
        ("0161 496 0123", "+44 161 496 0123", True),
        ("12345", "12345", False),  # an extension says nothing
        ("", "", False),
        ("312 555 0101", "312 555 0102", False),
    ],
)
def test_phone_numbers(one, other, agree):
    found = likeness(someone("John Smith", phone=one), someone("John Smith", phone=other))
    assert ("Same phone number" in found.reasons) is agree

"""The chain finds every change with its first position; stock is shared out without making or losing any."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from upwell.pathway.pharmacy.rules import (
    GENESIS,
    INTO,
    KINDS,
    OUT_OF,
    Break,
    Free,
    Kind,
    Link,
    Mark,
    allot,
    fits,
    hash_of,
    walk,
)

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def chained(said):
    """Entries that say these things, one after the other."""
    links, previous = [], GENESIS
    for position, text in enumerate(said, start=1):
        kept = hash_of({"position": str(position), "previous": previous, "words": text})
        links.append(Link(position, previous, kept, kept))
        previous = kept
    return links


def marks_of(links):
    return [Mark(link.position, link.hash) for link in links]


books = st.lists(words, min_size=1, max_size=12).map(chained)


@given(books)
def test_a_book_is_whole(links):
    found = walk(links, marks_of(links))
    assert (found.broken, found.entries, found.head) == (None, len(links), marks_of(links)[-1])
    assert walk(links).broken is None


@given(books, st.data())
def test_a_change_is_found_where_it_is(links, data):
    at = data.draw(st.integers(0, len(links) - 1))
    one = links[at]
    links[at] = Link(one.position, one.previous, one.hash, hash_of({"words": "something else"}))
    assert walk(links).broken.position == at + 1


@given(st.lists(words, min_size=2, max_size=12), st.data())
def test_a_change_with_all_hashes_made_anew_is_found_by_the_anchor(said, data):
    at = data.draw(st.integers(0, len(said) - 1))
    marks = marks_of(chained(said))
    other = chained([*said[:at], f"{said[at]} or so", *said[at + 1 :]])
    assert walk(other).broken is None
    assert walk(other, marks).broken.position == at + 1


@given(books, st.data())
def test_what_is_missing_or_cut_is_found(links, data):
    at = data.draw(st.integers(0, len(links) - 1))
    marks = marks_of(links)
    found = walk(links[:at] + links[at + 1 :], marks).broken
    assert found.position == at + 1
    assert found.what == ("cut" if at == len(links) - 1 else "missing")
    assert walk(links[:at], marks).broken.position == at + 1


@given(books, words, st.data())
def test_what_is_put_in_is_found(links, text, data):
    at = data.draw(st.integers(0, len(links) - 1))
    before = links[at].previous
    forged = hash_of({"position": str(at + 1), "previous": before, "words": text})
    assume(forged != links[at].hash)
    extra = Link(at + 1, before, forged, forged)
    for several in ([*links[:at], extra, *links[at:]], [*links[: at + 1], extra, *links[at + 1 :]]):
        assert walk(several, marks_of(links)).broken.position == at + 1
        assert walk(several).broken.position == at + 1


amounts = st.decimals(0, 1000, places=3)


@given(amounts.filter(bool), st.lists(st.tuples(amounts, amounts), max_size=6))
def test_stock_is_shared_out_without_making_any(wanted, stock):
    lots = [Free(str(n), balance, held) for n, (balance, held) in enumerate(stock)]
    parts = allot(wanted, lots)
    left = sum((max(one.available, Decimal(0)) for one in lots), Decimal(0))
    if parts is None:
        assert left < wanted
        return
    assert sum(part for _lot, part in parts) == wanted
    for lot, part in parts:
        assert 0 < part <= lots[int(lot)].available
    assert len({lot for lot, _part in parts}) == len(parts)


def test_devices_are_not_shared_out_in_parts():
    device = Decimal(28)
    lots = [Free("a", Decimal(40), Decimal(0), device), Free("b", Decimal(56), Decimal(0), device)]
    assert allot(Decimal(84), lots) == [("a", Decimal(28)), ("b", Decimal(56))]
    assert allot(Decimal(96), lots) is None


@given(st.sampled_from(sorted(KINDS)), amounts)
def test_a_kind_moves_the_balance_its_own_way_only(kind, amount):
    kind = Kind(kind)
    assume(amount)
    assert fits(kind, amount) is (kind in INTO or kind in {"given-changed", "explained", "reversed"})
    assert fits(kind, -amount) is (kind in OUT_OF or kind in {"given-changed", "explained", "reversed"})


def test_stock_comes_from_one_lot_where_one_has_enough_and_no_less_than_all_of_it():
    lots = [Free("a", Decimal(28), Decimal(0)), Free("b", Decimal(84), Decimal(0))]
    assert allot(Decimal(84), lots) == [("b", Decimal(84))]  # just enough
    assert allot(Decimal(28), lots) == [("a", Decimal(28))]
    small = [Free("a", Decimal(1), Decimal(0)), Free("b", Decimal(2), Decimal(0))]
    assert allot(Decimal(3), small) == [("a", Decimal(1)), ("b", Decimal(2))]


def test_what_was_given_may_have_come_from_elsewhere_and_what_goes_out_never_adds():
    assert fits(Kind.GIVEN, Decimal(0))
    assert not fits(Kind.GIVEN, Decimal(1))
    assert not any(fits(kind, Decimal(0)) for kind in OUT_OF if kind is not Kind.GIVEN)


def test_a_hash_does_not_hang_on_the_order_of_what_is_said_and_is_that_of_the_plain_text():
    """As anybody computes it: sha256 over JSON with sorted keys, no spaces, in UTF-8."""
    plain = hashlib.sha256('{"a":"ü","b":"2"}'.encode()).hexdigest()
    assert hash_of({"b": "2", "a": "ü"}) == hash_of({"a": "ü", "b": "2"}) == plain


def test_what_is_wrong_with_a_chain_has_a_name():
    one, two, three = links = chained(["one", "two", "three"])
    marks = marks_of(links)
    cases = {
        (2, "inserted"): [one, two, two, three],
        (2, "missing"): [one, three],
        (2, "changed"): [one, Link(2, two.previous, two.hash, hash_of({"words": "else"})), three],
        (2, "rewritten"): [one, Link(2, GENESIS, two.hash, two.hash), three],
        (3, "cut"): [one, two],
    }
    for (position, what), broken in cases.items():
        assert walk(broken, marks).broken == Break(position, what)
    assert walk(chained(["one", "two", "else"]), marks).broken == Break(3, "rewritten")

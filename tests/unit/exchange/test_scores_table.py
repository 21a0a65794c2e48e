"""Reading tables: what Excel, Windows and hand-made files look like, and what is no table."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exchange.scores_tables import cells, table
from upwell.base.errors import BadInput
from upwell.exchange.scores.lines import LONGEST_LINE_BYTES, Broken

READS_AS = [(2, ["1", "2"]), (3, ["3", "4"])]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "a,b\r\n1,2\r\n3,4\r\n",
        "\ufeffa,b\n1,2\n3,4\n",
        "a;b\r\n1;2\r\n3;4\r\n",
        "a\tb\n1\t2\n3\t4\n",
        '"a","b"\n"1","2"\n"3","4"\n',
        "a, b\n1, 2\n3, 4\n",
        '"a;x",b\n1,2\n3,4\n',
        "a,b\n1,2\n3,4\n\n,\n  \n".replace("  \n", ""),
    ],
)
def test_the_same_table_however_it_was_saved(content: str) -> None:
    assert list(cells(content)) == READS_AS


def test_delimiter_is_the_one_that_makes_most_columns() -> None:
    assert table("a;b,x;c\n").header == ["a", "b,x", "c"]
    assert table("one\n1\n").delimiter == ","


def test_excels_line_that_names_the_delimiter_is_heeded() -> None:
    read = table("sep=;\r\na;b\r\n1;2\r\n")
    assert read.header == ["a", "b"]
    assert list(read.rows()) == [(3, ["1", "2"])]


def test_a_quoted_field_may_hold_delimiters_quotes_and_line_ends() -> None:
    assert list(cells('a,b\n"x, ""y""\nz",2\n3,4\n')) == [(2, ['x, "y"\nz', "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \n"])
def test_an_empty_file_is_said_to_be_empty(content: str) -> None:
    with pytest.raises(BadInput, match=r"scores\.csv is empty"):
        table(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"a,b\r1,2\r3,4\r", "carriage return"),
        (b"a,b\x00\n", "NUL at byte 4"),
        (b"a,\xff\n", "byte 3 of the line, byte 3 of the file"),
        (b"\xef\xbb\xbfa,\xff\n", "byte 6 of the line, byte 6 of the file"),
        (b"a," + b"b" * LONGEST_LINE_BYTES, "longer than"),
        (b'"a,b\n', "quotes"),
    ],
)
def test_what_is_no_table_is_refused_by_its_first_line(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        table(content)
    assert refused.value.path == "scores.csv:1"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"\xe9,2\n", "0xE9 at byte 1 of the line, byte 5 of the file"),
        (b"1,\x002\n", "NUL at byte 3"),
        (b"1,2\r3,4\n", "carriage return"),
        (b'"1"x,2\n', "after the closing quote"),
    ],
)
def test_reading_goes_on_after_a_bad_line(bad: bytes, words: str) -> None:
    first, second = cells(b"a,b\n" + bad + b"3,4\n")
    assert isinstance(first, Broken)
    assert first.line == 2
    assert words in first.reason
    assert second == (3, ["3", "4"])


def test_a_quote_that_is_never_closed_is_named_with_the_lines_that_it_swallows() -> None:
    (broken,) = cells('a,b\n"1,2\n3,4\n5,6\n')
    assert isinstance(broken, Broken)
    assert broken.line == 2
    assert "never closed" in broken.reason
    assert "from line 2 to line 4" in broken.reason


FIELDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=12).filter(
    lambda field: field == field.strip()
)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(FIELDS, min_size=width, max_size=width), max_size=8)
)


@given(
    rows=TABLES,
    delimiter=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_whatever_a_spreadsheet_writes_is_read_back(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, mark: str
) -> None:
    width = len(rows[0]) if rows else 2
    header = [f"column {n}" for n in range(width)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header, *rows])
    read = table(mark + out.getvalue())
    assert (read.header, read.delimiter) == (header, delimiter)
    found = list(read.rows())
    assert [row[1] for row in found if not isinstance(row, Broken)] == rows
    starts = [row[0] for row in found if not isinstance(row, Broken)]
    assert all(before < after for before, after in zip([1, *starts], starts, strict=False))


@given(st.binary(max_size=300))
def test_no_bytes_are_read_as_anything_but_rows_or_refusals(content: bytes) -> None:
    try:
        found = list(cells(b"a,b\n" + content))
    except BadInput:
        found = []
    for one in found:
        number = one.line if isinstance(one, Broken) else one[0]
        assert 2 <= number <= content.count(b"\n") + 2

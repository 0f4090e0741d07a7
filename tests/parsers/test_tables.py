"""Reading of boxed and ruled tables and of numbers: what is written comes back, and nothing of a cut table does."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speckleforge.errors import FormatError
from speckleforge.parsers.boxed_table import Table, read_tables, titled
from speckleforge.parsers.printed_numbers import bound, integer, number, real
from speckleforge.parsers.ruled_table import read_ruled_rows
from tests.parsers.vivado_text import box, pairs, ruled, section

WORDS = st.text(
    st.characters(codec="ascii", categories=("L", "N"), include_characters="_/.<>%[]()"), min_size=1, max_size=12
)
CELLS = st.one_of(WORDS, st.just(""))
NUMBERS = st.one_of(st.just(""), st.just("NA"), st.decimals(-9999, 9999, places=3, allow_nan=False).map(str))


@given(st.data(), st.integers(1, 5), st.integers(0, 4))
def test_a_boxed_table_comes_back(data: st.DataObject, columns: int, count: int) -> None:
    names = data.draw(st.lists(WORDS, min_size=columns, max_size=columns, unique=True))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=count, max_size=count))
    (table,) = read_tables(section("3. Some Title", box(names, rows)), "x")
    assert (table.title, table.columns) == ("Some Title", tuple(names))
    assert [list(record.values()) for record in table.records()] == rows


@given(st.data(), st.integers(1, 4))
def test_a_cut_table_is_no_table(data: st.DataObject, columns: int) -> None:
    rows = data.draw(st.lists(st.lists(WORDS, min_size=columns, max_size=columns), min_size=1, max_size=4))
    text = box([f"c{at}" for at in range(columns)], rows).rstrip("\n")
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    tables: tuple[Table, ...] = ()
    with suppress(FormatError):
        tables = read_tables(cut, "x")
    # Only a cut behind a whole border goes unseen: then rows are missing, but none is wrong.
    assert all(list(found.values()) in rows for table in tables for found in table.records())


def test_headers_over_several_columns_and_lines() -> None:
    text = """
    +------+-----+-----+------+
    |      |  Latency  | Trip |
    | Loop | min | max | Count|
    +------+-----+-----+------+
    |- L1  |    1|  20 |     ?|
    +------+-----+-----+------+
    |Total |     |  21 |      |
    +------+-----+-----+------+
    """
    (table,) = read_tables(text, "x")
    assert table.columns == ("Loop", "Latency min", "Latency max", "Trip Count")
    assert [row[0] for row in table.rows] == ["- L1", "Total"]


def test_a_header_with_a_border_of_its_own() -> None:
    text = """
+--------+-----------+
|        |    FF     |
+--------+------+----+
| Region | Used | Av |
+--------+------+----+
| X0Y0   |    1 |  2 |
+--------+------+----+
"""
    (table,) = read_tables(text, "x")
    assert table.columns == ("Region", "FF Used", "FF Av")
    assert table.rows == ((" X0Y0", "    1", "  2"),)


def test_pairs_sections_and_labels() -> None:
    text = "====\n== Estimates\n====\n+ Timing: \n    * Summary: \n" + pairs([("Total (W)", "0.5"), ("Level", "Low")])
    (table,) = read_tables(text, "x")
    assert (table.section, table.title) == ("Estimates", "Summary")
    assert table.pairs() == {"Total (W)": "0.5", "Level": "Low"}
    assert titled([table], "summary") == (table,)


def test_a_name_wider_than_its_column_is_read_between_bars() -> None:
    text = "+---+---+\n| a | b |\n+---+---+\n| longer | 7 |\n+---+---+\n"
    assert read_tables(text, "x")[0].rows == ((" longer", " 7"),)
    with pytest.raises(FormatError, match="cut or has other columns"):
        read_tables(text.replace("| longer | 7 |", "| longer | 7"), "x")


@given(st.lists(st.tuples(WORDS, st.lists(NUMBERS, min_size=3, max_size=3)), min_size=1, max_size=4))
def test_a_ruled_table_comes_back(rows: list[tuple[str, list[str]]]) -> None:
    names = ["WNS(ns)", "TNS(ns)", "TNS Failing Endpoints"]
    text = ruled(["Clock"], names, [[name, *numbers] for name, numbers in rows])
    found = read_ruled_rows(text.split("\n"), "x")
    assert [(row.names[0], list(row.numbers.values())) for row in found] == [
        (name, [number(text) for text in numbers]) for name, numbers in rows
    ]


def test_a_ruled_row_that_is_cut_is_an_error() -> None:
    names = ["WNS(ns)", "TNS(ns)"]
    lines = ruled(["Clock"], names, [["clk", "-1.250", "-100.500"]]).rstrip("\n ").split("\n")
    assert read_ruled_rows(lines, "x")[0].numbers == {"WNS(ns)": -1.25, "TNS(ns)": -100.5}
    for cut in range(1, 8):
        with pytest.raises(FormatError, match="cut"):
            read_ruled_rows([*lines[:-1], lines[-1][:-cut]], "x")


def test_a_wide_number_pushes_the_others() -> None:
    lines = ruled(["Clock"], ["WNS(ns)", "TNS(ns)"], [["clk", "-1.250", "-123456789.125"]]).split("\n")
    assert read_ruled_rows(lines, "x")[0].numbers["TNS(ns)"] == -123456789.125


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("12", 12), (" -3.50 ", -3.5), ("1.2e+06", 1.2e6), ("<0.01", None), ("-", None), ("NA", None), ("?", None)],
        *[("undef", None), ("", None), (None, None), ("nan", None), ("inf", None), ("1,000", None), ("9" * 30, None)],
        ("٣", None),
    ],
)
def test_numbers_are_whole_texts(text: str | None, value: float | None) -> None:
    assert number(text) == value
    assert real(text) == value
    assert integer(text) == (value if isinstance(value, int) else None)


def test_a_bound_is_no_number() -> None:
    assert (bound("<0.01"), bound("< 5"), bound("0.01"), bound(None)) == (0.01, 5.0, None, None)

"""Delimited tables: delimiters, lines, ragged rows, headers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.curation.intake.reading import read_file
from core.curation.intake.table import Table
from core.errors import Refused

CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"),
    max_size=30,
)


def table(text: str, name: str = "file.csv") -> Table:
    return read_file(name, text.encode())


@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    bom=st.booleans(),
)
def test_what_a_spreadsheet_writes_is_read_back_cell_by_cell(
    rows: list[tuple[str, str]], delimiter: str, ending: str, bom: bool
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows([("question", "reply"), *rows])

    found = read_file("file.csv", out.getvalue().encode("utf-8-sig" if bom else "utf-8"))

    assert found.columns == ("question", "reply")
    assert [row.cells for row in found.rows] == rows
    assert not found.rejected
    starts = out.getvalue().split("\n")
    for row in found.rows:
        first = row.cells[0].split("\n")[0].replace('"', '""')
        assert starts[row.line - 1].startswith((first, f'"{first}'))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("question,answer\na; b; c,d\n", "csv"),
        ("question;answer\na, b, c;d\n", "csv"),
        ("question\tanswer\na, b; c\td\n", "tsv"),
        ("question|answer\na, b|d\n", "csv"),
        ("sep=;\nquestion;answer\na, b;d\n", "csv"),
    ],
)
def test_the_delimiter_is_found_whatever_stands_in_the_text(text: str, kind: str) -> None:
    found = table(text)

    assert found.columns == ("question", "answer")
    assert found.format == kind
    assert [len(row.cells) for row in found.rows] == [2]


def test_a_single_column_of_questions_keeps_its_commas() -> None:
    found = table("question\nHello, where is my bag?\nHi there\nOne, two, three\n")

    assert found.columns == ("question",)
    assert [row.cells for row in found.rows] == [
        ("Hello, where is my bag?",),
        ("Hi there",),
        ("One, two, three",),
    ]


def test_rows_know_the_physical_line_they_begin_on_also_after_quoted_newlines_and_blank_lines() -> None:
    found = table('question,answer\r\n"one\r\ntwo\r\nthree",a\r\n\r\nfour,"b\nc"\r\nfive,d,extra\r\n')

    assert [row.line for row in found.rows] == [2, 6]
    assert [(one.line, one.field) for one in found.rejected] == [(8, "")]


def test_a_row_with_too_many_cells_is_listed_with_the_way_to_mend_it() -> None:
    found = table("question,answer\nWhy, oh why?,Because.\nWhen?,Now.,\nWhere?,Here.\n")

    assert [row.cells for row in found.rows] == [("When?", "Now."), ("Where?", "Here.")]
    assert found.rejected[0].line == 2
    assert "quotation marks" in found.rejected[0].reason


def test_a_quotation_mark_that_never_closes_is_listed_and_the_rows_before_it_are_read() -> None:
    found = table('question,answer\none,a\ntwo,"b\nthree,c\nfour,d\n')

    assert [row.cells for row in found.rows] == [("one", "a")]
    assert [(one.line, "never closed" in one.reason) for one in found.rejected] == [(3, True)]
    assert "last 3 lines" in found.rejected[0].reason


def test_duplicated_and_blank_headers_get_names_of_their_own() -> None:
    found = table("question,,answer,,answer\na,,b,,c\n")

    assert found.columns == ("question", "column 2", "answer", "column 4", "answer (2)")
    assert "answer (2)" in " ".join(found.notes)


def test_what_a_program_printed_before_the_table_is_skipped_and_said_so() -> None:
    found = table("Archive: x.zip\n  inflating: x.csv\nid,question,answer\n1,a,b\n2,c,d\n")

    assert found.columns == ("id", "question", "answer")
    assert [row.line for row in found.rows] == [4, 5]
    assert "2 lines" in found.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,answer\n", "only its header (question, answer)"),
        ("Customer: hello\nAgent: hi\nCustomer: my bag\nAgent: sorry\n", "plain transcript"),
        ("<!DOCTYPE html><html><body>sign in</body></html>", "web page"),
    ],
)
def test_what_holds_no_table_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        table(text)

    assert said in str(refused.value)


def test_a_cell_of_a_million_characters_does_not_stop_the_file() -> None:
    found = table("question,answer\n" + "x" * 1_000_000 + ",a\nb,c\n")

    assert [row.line for row in found.rows] == [2, 3]

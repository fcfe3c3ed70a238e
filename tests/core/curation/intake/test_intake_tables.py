"""Delimited tables: delimiters, lines, ragged rows, headers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from tests.core.curation.intake.files import found

CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"),
    max_size=30,
)


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

    read = found(out.getvalue().encode("utf-8-sig" if bom else "utf-8"))

    assert read.columns == ("question", "reply")
    assert [row.cells for row in read.rows] == rows
    assert not read.rejected
    starts = out.getvalue().split("\n")
    for row in read.rows:
        first = (row.cells[0] or "").split("\n")[0].replace('"', '""')
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
    read = found(text)

    assert read.columns == ("question", "answer")
    assert read.format == kind
    assert [len(row.cells) for row in read.rows] == [2]


def test_a_single_column_of_questions_keeps_its_commas() -> None:
    read = found("question\nHello, where is my bag?\nHi there\nOne, two, three\n")

    assert read.columns == ("question",)
    assert [row.cells for row in read.rows] == [
        ("Hello, where is my bag?",),
        ("Hi there",),
        ("One, two, three",),
    ]


def test_rows_know_the_physical_line_they_begin_on_also_after_quoted_newlines_and_blank_lines() -> None:
    read = found('question,answer\r\n"one\r\ntwo\r\nthree",a\r\n\r\nfour,"b\nc"\r\nfive,d,extra\r\n')

    assert [row.line for row in read.rows] == [2, 6]
    assert [(one.line, one.field) for one in read.rejected] == [(8, "")]


def test_a_row_with_too_many_cells_is_listed_with_the_way_to_mend_it() -> None:
    read = found("question,answer\nWhy, oh why?,Because.\nWhen?,Now.,\nWhere?,Here.\n")

    assert [row.cells for row in read.rows] == [("When?", "Now."), ("Where?", "Here.")]
    assert read.rejected[0].line == 2
    assert "quotation marks" in read.rejected[0].reason


def test_a_quotation_mark_that_never_closes_is_listed_and_the_rows_before_it_are_read() -> None:
    read = found('question,answer\none,a\ntwo,"b\nthree,c\nfour,d\n')

    assert [row.cells for row in read.rows] == [("one", "a")]
    assert [(one.line, "never closed" in one.reason) for one in read.rejected] == [(3, True)]
    assert "last 3 lines" in read.rejected[0].reason


def test_a_quotation_mark_that_never_closes_in_the_first_row_is_listed_and_in_the_header_refused() -> None:
    read = found('question,answer\none,"a\ntwo,b\n')

    assert [(one.line, "never closed" in one.reason) for one in read.rejected] == [(2, True)]
    with pytest.raises(Refused, match=r"Line 1 of file\.csv: A quotation mark opens"):
        found('"question,answer\none,a\ntwo,b\n')


def test_duplicated_and_blank_headers_get_names_of_their_own() -> None:
    read = found("question,,answer,,answer\na,,b,,c\n")

    assert read.columns == ("question", "column 2", "answer", "column 4", "answer (2)")
    assert "answer (2)" in " ".join(read.notes)


def test_what_a_program_printed_before_the_table_is_skipped_and_said_so() -> None:
    read = found("Archive: x.zip\n  inflating: x.csv\nid,question,answer\n1,a,b\n2,c,d\n")

    assert read.columns == ("id", "question", "answer")
    assert [row.line for row in read.rows] == [4, 5]
    assert "2 lines" in read.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question,answer\n", "only its header (question, answer)"),
        (
            "question," + ",".join(f"c{n}" for n in range(2_000)) + "\n" + "x," * 2_000 + "x\n",
            "2,001 columns",
        ),
        ("<!DOCTYPE html><html><body>sign in</body></html>", "web page"),
    ],
)
def test_what_holds_no_table_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        found(text)

    assert said in str(refused.value)


def test_a_cell_of_a_million_characters_does_not_stop_the_file() -> None:
    read = found("question,answer\n" + "x" * 1_000_000 + ",a\nb,c\n")

    assert [row.line for row in read.rows] == [2, 3]


def test_a_thousand_columns_of_one_name_get_names_of_their_own_at_once() -> None:
    read = found("question," + ",".join(["x"] * 1_500) + "\nq" + "," * 1_500 + "\n")

    assert len(set(read.columns)) == 1_501
    assert read.columns[-1] == "x (1500)"


def test_a_cell_of_many_million_characters_ends_the_file_and_is_listed() -> None:
    read = found('question,answer\none,a\ntwo,"' + "x" * (1 << 24) + "x\nthree,c\n")

    assert [row.line for row in read.rows] == [2]
    assert [one.line for one in read.rejected] == [3]

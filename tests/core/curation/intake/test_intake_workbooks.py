"""Workbooks and Parquet: the sheet, the rows as they are numbered, and files made to do harm."""

import io

import pyarrow as pa
import pytest
from pyarrow import parquet

from core.curation.intake.mapping import guess_mapping
from core.errors import Refused
from tests.core.curation.intake.books import Cell, Day, Formula, Rows, packed, sheet, workbook
from tests.core.curation.intake.files import found

SHEET_1 = "xl/worksheets/sheet1.xml"
NAMED = '<sheet name="Q" sheetId="1" r:id="rId1"/>'
WITH_ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]>' + sheet([["question"], ["&a;"]]).replace("&amp;", "&")
QA: Rows = [["Question", "Reply"], ["Where?", "There."]]


def test_the_first_sheet_with_questions_is_read_and_another_may_be_chosen() -> None:
    book = workbook({"Cover": [["Export of May"]], "Mai": QA, "Juni": [["Frage"], ["Wo?"]]})

    read = found(book, "book.xlsx")
    other = found(book, "book.xlsx", sheet="Juni")

    assert (read.format, read.reading.encoding, read.reading.sheets) == (
        "xlsx",
        "binary",
        ("Cover", "Mai", "Juni"),
    )
    assert (read.reading.sheet, read.cells) == ("Mai", [("Where?", "There.")])
    assert other.cells == [("Wo?",)]
    with pytest.raises(Refused, match=r"has no sheet 'July'\. Its sheets: Cover, Mai, Juni"):
        found(book, "book.xlsx", sheet="July")


def test_a_hidden_sheet_is_not_offered() -> None:
    assert found(workbook({"a": QA, "b": QA}, hidden=["a"]), "book.xlsx").reading.sheets == ("b",)


def test_cells_are_read_as_they_are_seen() -> None:
    row: list[Cell] = [
        "Where?",
        Formula('HYPERLINK("http://evil.example")', "=cmd"),
        4711,
        1.5,
        True,
        Day(45000),
        Day(45000.5),
        None,
    ]
    read = found(workbook({"Q": [["question", "b", "c", "d", "e", "f", "g", "h"], row]}), "book.xlsx")

    assert read.cells == [("Where?", "=cmd", "4711", "1.5", "true", "2023-03-15", "2023-03-15T12:00:00", "")]


def test_rows_have_the_numbers_they_have_in_the_sheet() -> None:
    rows: Rows = [["Report of May"], ["question", "answer"], ["a", "b"], [None, None], ["c", "d"]]
    read = found(workbook({"Q": rows}, first_row=5), "book.xlsx")

    assert [row.line for row in read.rows] == [7, 9]
    assert "Skipped before the header: 1 line" in read.notes[0]


def test_a_table_may_begin_in_any_column() -> None:
    assert found(workbook({"Q": [[None, *row] for row in QA]}), "book.xlsx").cells == [("Where?", "There.")]


@pytest.mark.parametrize(
    ("rows", "said"), [([], "is empty"), ([["question"]], "only its header"), ([[None]], "is empty")]
)
def test_a_workbook_without_rows_is_refused(rows: list[list[None]], said: str) -> None:
    with pytest.raises(Refused, match=said):
        found(workbook({"Q": rows}), "book.xlsx")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed({SHEET_1: sheet(QA).replace("A2", "XFD1048576")}, NAMED, 1), "more memory or time"),
        (packed({SHEET_1: sheet(QA)}, NAMED, 1, says_more=1 << 31), "would unpack to 2,0"),
        (packed({SHEET_1: WITH_ENTITY}, NAMED, 1), "cannot be read"),
        (b"PK\x03\x04rest", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read"),
    ],
)
def test_a_workbook_made_to_do_harm_is_refused_and_harms_nothing(data: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        found(data, "book.xlsx")

    assert "book.xlsx" in str(refused.value)
    assert said in str(refused.value)
    assert "othing was imported" in str(refused.value)


def test_a_cell_of_many_million_characters_is_cut_before_it_is_handed_on() -> None:
    read = found(workbook({"Q": [["question"], ["x" * 5_000_000], ["fine"]]}), "book.xlsx")

    assert [len(cell) for (cell,) in read.cells if cell] == [200_000, 4]


def parquet_file(**columns: list[object]) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def test_parquet_is_read_by_its_columns_and_counted_from_one() -> None:
    read = found(
        parquet_file(question=["a", None, "c"], answer=["x", "y", "z"], n=[1, 2, None]), "rows.parquet"
    )

    assert (read.format, read.reading.encoding) == ("parquet", "binary")
    assert [(row.line, *row.cells) for row in read.rows] == [
        (1, "a", "x", "1"),
        (2, "", "y", "2"),
        (3, "c", "z", ""),
    ]


def test_conversations_in_parquet_are_conversations() -> None:
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]

    read = found(parquet_file(messages=[messages], problem=["x"]), "rows.parquet")

    assert read.cells == [("q", "a", "x")]
    assert read.reading.has_turns


def test_a_file_that_only_begins_like_parquet_is_refused() -> None:
    with pytest.raises(Refused, match=r"rows\.parquet cannot be read"):
        found(b"PAR1 and no more", "rows.parquet")


def test_the_mapping_of_a_sheet_is_guessed_like_any_other() -> None:
    mapping = guess_mapping(found(workbook({"Q": QA}), "book.xlsx").reading)

    assert mapping is not None
    assert (mapping.question, mapping.reply) == ("Question", "Reply")

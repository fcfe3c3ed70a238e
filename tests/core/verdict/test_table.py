"""Files as spreadsheets and programs write them, read the same whichever way."""

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.verdict.errors import BadTable
from core.verdict.plain_csv import read_plain
from core.verdict.table import parse_csv, place, read_csv

CELL = st.text(st.characters(exclude_characters='"\r\n,;\t\0', exclude_categories=["Cs"]), max_size=6)
TABLE = st.lists(st.tuples(CELL, CELL, CELL), min_size=0, max_size=12)


@given(TABLE, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
@settings(deadline=None)
def test_a_plain_file_is_read_like_any_other(
    rows: list[tuple[str, str, str]], delimiter: str, end: str, mark: bool, last: bool
) -> None:
    lines = [delimiter.join(row) for row in [("a", " b", "c"), *rows]]
    text = end.join(lines) + (end if last else "")

    quick = read_plain((b"\xef\xbb\xbf" if mark else b"") + text.encode())

    assert quick is not None
    _same(quick, parse_csv(io.StringIO(text, newline="")))


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(b"a,b\r\n\r\n1,2\r\n\r\n\r\nNA,null\r\n")

    table = read_csv(path)

    assert table.index.tolist() == [3, 6]
    assert table["a"].tolist() == ["1", "NA"]
    assert table["b"].tolist() == ["2", "null"]
    assert place(table, 1) == "line 6"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"a\n1\n",
        b"a,a\n1,2\n",
        b"a,\n1,2\n",
        b'a,b\n"1",2\n',
        b"a,b\n1\n",
        b"a,b\n1,2,3\n",
        b"a,b\n  \n1,2\n",
        b"a,b\r1,2\r",
        b"\n\na,b\n1,2\n",
        b"a,b\n\xff,2\n",
        b"a,b\n1,\x002\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_careful_reader(content: bytes) -> None:
    assert read_plain(content) is None


def test_a_ragged_row_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(b"a,b\n1,2\n\n1,2,3\n")

    with pytest.raises(BadTable, match="line 4: the row has 3 fields and the header 2"):
        read_csv(path)


def _same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert list(one.columns) == list(other.columns)
    assert one.index.tolist() == other.index.tolist()
    assert one.index.name == other.index.name
    for column in one.columns:
        assert one[column].tolist() == other[column].tolist()

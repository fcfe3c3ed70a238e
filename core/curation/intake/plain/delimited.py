"""Delimited tables: comma, semicolon, tab or bar between cells; each row knows its physical line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from core.curation.intake.grid import MOST_PREAMBLE, SAMPLE_ROWS, Line, find_header, rows_of
from core.curation.intake.plain.decode import BLANK, Encoding, empty, open_text
from core.curation.intake.source import Source
from core.curation.intake.table import Reading, Rejected, Row, Tally, Unit
from core.curation.intake.words import is_known
from core.errors import Refused
from core.text.figures import counted

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ONE_COLUMN = "\x1f"
"""Stands for a delimiter in a file of one column, where commas belong to the text."""

SAMPLE_CHARACTERS = 100_000
LEAST_AGREEING = 0.5
LONGEST_CELL = 1 << 24
DECLARED = re.compile(r"sep=([,;\t|])\r?\n")

csv.field_size_limit(LONGEST_CELL)


def read_delimited(source: Source, encoding: Encoding) -> Reading:
    """Tell how a delimited table is to be read.

    Raises:
        Refused: it holds no more than a header, or not even that.
    """
    sample = _sample(source, encoding)
    declared = DECLARED.match(sample)
    delimiter = declared.group(1) if declared else _delimiter(source.name, sample)

    def lines(tally: Tally) -> Iterator[Line | Rejected]:
        text, binary = open_text(source, encoding, newline="")
        tally.share = lambda: 1.0 if binary.closed else binary.tell() / source.size
        with text:
            yield from _lines(text, delimiter, skip_first=declared is not None)

    begins = list(islice(lines(Tally()), SAMPLE_ROWS))
    first = [line for line in begins if not isinstance(line, Rejected)]
    if not first:
        raise _unreadable(source.name, begins)
    header = find_header(source.name, first, goes_on=len(begins) > len(first))

    def read(wanted: tuple[str, ...], tally: Tally) -> Iterator[Row | Rejected]:
        return rows_of(lines(tally), header, wanted, DELIMITERS.get(delimiter, "delimiter"))

    kind = "tsv" if delimiter == "\t" else "csv"
    notes = (*encoding.notes, *header.notes)
    return Reading(source.name, kind, encoding.called, Unit.LINE, header.columns, read, notes)


def _unreadable(name: str, begins: list[Line | Rejected]) -> Refused:
    """Why a file has no header: a quotation mark in it never closes, or nothing is in the file."""
    broken = next((one for one in begins if isinstance(one, Rejected)), None)
    return Refused(f"Line {broken.line} of {name}: {broken.reason}") if broken else empty(name)


def _sample(source: Source, encoding: Encoding) -> str:
    text, _ = open_text(source, encoding, newline="")
    with text:
        return text.read(SAMPLE_CHARACTERS)


def _lines(text: Iterable[str], delimiter: str, *, skip_first: bool) -> Iterator[Line | Rejected]:
    """The rows that are not blank lines; the last one is listed where a quotation mark in it never closes.

    The reader asks for a line beyond the last only inside quotation marks.
    """
    ended = False

    def watched() -> Iterator[str]:
        nonlocal ended
        yield from text
        ended = True

    source = watched()
    reader = csv.reader(source, delimiter=delimiter)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _never_closed(begins, reader.line_num - begins + 1 + sum(1 for _ in source))
            return
        if ended:
            yield _never_closed(begins, reader.line_num - begins + 1)
        elif cells and not (skip_first and begins == 1):
            yield begins, cells
        begins = reader.line_num + 1


def _never_closed(begins: int, lines: int) -> Rejected:
    reason = (
        "A quotation mark opens in this row and is never closed, so the file's last "
        f"{counted(lines, 'line')} were read as one row, and nothing was imported of it. Close it and import "
        "the file again; what was taken is known then."
    )
    return Rejected(begins, "", reason)


def _delimiter(name: str, sample: str) -> str:
    first = next((line for line in io.StringIO(sample) if line.strip(BLANK)), "")
    if is_known(first.strip().strip('"')):
        return ONE_COLUMN
    order = sorted(DELIMITERS, key=lambda one: one != "\t" if name.lower().endswith((".tsv", ".tab")) else 0)
    scores = {delimiter: _score(sample, delimiter) for delimiter in order}
    best = max(order, key=lambda one: scores[one])
    return best if scores[best][0] >= LEAST_AGREEING else ONE_COLUMN


def _score(sample: str, delimiter: str) -> tuple[float, int]:
    """How many rows agree on a number of cells over one, and how many header cells have a name we know."""
    lines = islice(_lines(io.StringIO(sample, newline=""), delimiter, skip_first=False), SAMPLE_ROWS)
    rows = [line[1] for line in lines if not isinstance(line, Rejected)]
    if len(sample) == SAMPLE_CHARACTERS and len(rows) > 1:
        rows = rows[:-1]
    widths = Counter(map(len, rows))
    width, agreeing = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
    if width < 2:  # noqa: PLR2004 - one cell a row is no table
        return 0.0, 0
    return agreeing / len(rows), max(sum(map(is_known, row)) for row in rows[:MOST_PREAMBLE])

"""Grids: rows of cells under a header, from a delimited text or a sheet."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from core.curation.intake.table import Rejected, Row, listed
from core.errors import Refused
from core.text.figures import counted

SAMPLE_ROWS = 200
MOST_PREAMBLE = 20
MOST_COLUMNS = 2_000

Line = tuple[int, list[str]]
"""The number of the row, and its cells."""


@dataclass(frozen=True)
class Header:
    """The names of a grid's columns, how many rows stand before the first one with data, and what to say."""

    columns: tuple[str, ...]
    rows_before_data: int
    notes: tuple[str, ...]


def find_header(name: str, lines: list[Line], *, goes_on: bool = False) -> Header:
    """The header among the first lines of a grid; `goes_on` where something comes after them.

    Raises:
        Refused: it has too many columns, or no row comes after it.
    """
    place = _header_place(lines)
    notes = [f"Skipped before the header: {counted(place, 'line')} that belong to no table."] if place else []
    cells = lines[place][1]
    if len(cells) > MOST_COLUMNS:
        raise Refused(
            f"{name} has {len(cells):,} columns in line {lines[place][0]}; the most that is taken is "
            f"{MOST_COLUMNS:,}. Export only what belongs to the questions; nothing was imported."
        )
    columns = _column_names(cells, notes)
    if place + 1 == len(lines) and not goes_on:
        raise Refused(
            f"{name} holds only its header ({listed(columns)}) and no rows. Nothing was imported; "
            "export it again with its rows."
        )
    return Header(columns, place + 1, tuple(notes))


def rows_of(
    lines: Iterable[Line | Rejected], header: Header, wanted: tuple[str, ...], separator: str
) -> Iterator[Row | Rejected]:
    """The rows under a header, each with the cells of the wanted columns.

    Cells too many are refused, for they are mostly a reply cut in two.

    Args:
        lines: all rows of the grid from its first.
        header: what `find_header` found.
        wanted: the columns.
        separator: what stands between two cells, in a word.
    """
    places = [header.columns.index(column) for column in wanted]
    pick = _picker(places)
    width = len(header.columns)
    skip = header.rows_before_data
    for line in lines:
        if skip:
            skip -= 1
            continue
        if isinstance(line, Rejected):
            yield line
            continue
        number, cells = line
        if len(cells) == width or (len(cells) > width and not any(map(str.strip, cells[width:]))):
            yield Row(number, pick(cells))
        elif len(cells) < width:
            yield Row(number, tuple(cells[place] if place < len(cells) else None for place in places))
        else:
            reason = (
                f"The row has {len(cells)} cells, the header {width}. Put a cell that holds a {separator} in "
                "quotation marks."
            )
            yield Rejected(number, "", reason)


def _picker(places: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """Takes the cells at these places, always as a tuple."""
    if len(places) == 1:
        [only] = places
        return lambda cells: (cells[only],)
    pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(*places)
    return pick


def _header_place(lines: list[Line]) -> int:
    """The first row nearly as wide as most: what a program printed before the table is narrower."""
    widths = Counter(_width(cells) for _, cells in lines[:SAMPLE_ROWS])
    width = max(widths, key=lambda one: (widths[one], one))
    for place, (_, cells) in enumerate(lines[:MOST_PREAMBLE]):
        if _width(cells) > width // 2:
            return place
    return 0


def _width(cells: list[str]) -> int:
    """How many cells a row has up to its last one with something in it: a sheet pads every row."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def _column_names(cells: list[str], notes: list[str]) -> tuple[str, ...]:
    """The header's names, each once and none blank."""
    names: dict[str, None] = {}
    used: Counter[str] = Counter()
    for place, cell in enumerate(cells, start=1):
        wanted = " ".join(cell.encode("utf-8", "replace").decode().split()) or f"column {place}"
        found = wanted
        while found in names:
            used[wanted] += 1
            found = f"{wanted} ({used[wanted] + 1})"
        if found != wanted:
            notes.append(f"The column {wanted} stands there more than once; one is called {found} here.")
        names[found] = None
    return tuple(names)

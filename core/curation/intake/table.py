"""What is read from a file: its columns, its rows one after another, and what is left out on the way."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import islice
from typing import NamedTuple

from core.curation.items import Turn
from core.text.figures import counted

SUPPORTED = (
    "CSV and TSV tables, workbooks (XLSX, XLS, ODS), Parquet, JSON and JSONL (OpenAI chat, prompt and "
    "completion, Alpaca, Dolly, ShareGPT, preference pairs, Zendesk, Intercom, or any objects with a "
    "question), and transcripts with Customer: and Agent: before each message"
)


class Rejected(NamedTuple):
    """A row that is not taken: the line it begins on, the field at fault (empty: all of it), the reason."""

    line: int
    field: str
    reason: str


class Row(NamedTuple):
    """One row: the cells of the columns that were asked for, in that order; None where the row breaks off.

    `conversation` is what was said before the question.
    """

    line: int
    cells: tuple[str | None, ...]
    conversation: tuple[Turn, ...] = ()


class Unit(StrEnum):
    """What the number of a row counts."""

    LINE = "line"
    ROW = "row"
    RECORD = "record"


class Turns(StrEnum):
    """Which turn of a conversation is the question."""

    LAST = "last"
    FIRST = "first"
    EVERY = "every"


class Aside(Enum):
    """Something that is left out or set right: what is done with it, one of it, many of it."""

    BLANK_LINE = ("Skipped", "blank line between the rows", "blank lines between the rows")
    SYSTEM = (
        "Left out",
        "system message; a project has instructions of its own",
        "system messages; a project has instructions of its own",
    )
    TOOL = ("Left out", "message to or from a tool", "messages to or from tools")
    NOTE = ("Left out", "internal note", "internal notes")
    EMPTY_MESSAGE = ("Left out", "message without text", "messages without text")
    UNLEARNED = (
        "Passed over",
        "reply of weight 0, which is not to be learned",
        "replies of weight 0, which are not to be learned",
    )
    UNANSWERED = (
        "Left out",
        "last message of a customer that nobody answered",
        "last messages of customers that nobody answered",
    )
    NO_DATE = ("Kept as written", "date that cannot be read", "dates that cannot be read")
    NO_NUMBER = ("Kept as written", "volume that is no whole number", "volumes that are no whole numbers")
    LATE_COLUMN = (
        "Left out",
        "row's columns that none of the rows before it has",
        "rows' columns that none of the rows before them has",
    )


class Tally:
    """What one pass over a file leaves out, and how far in the file it is (None while unknown)."""

    def __init__(self) -> None:
        self.counts: Counter[Aside] = Counter()
        self.share: Callable[[], float | None] = lambda: None

    def add(self, aside: Aside, number: int = 1) -> None:
        """Count something."""
        self.counts[aside] += number

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each kind."""
        return tuple(
            f"{aside.value[0]}: {counted(number, *aside.value[1:])}."
            for aside, number in self.counts.items()
            if number
        )


Read = Callable[[tuple[str, ...], Tally], Iterator[Row | Rejected]]
"""Goes through the file once, from its beginning, and gives each row with the cells of these columns."""


@dataclass(frozen=True)
class Reading:
    """A file that can be read: what it is, and how to go through its rows.

    Attributes:
        name: the file's name.
        format: what it was recognised as.
        encoding: of its text; "binary" where it has none.
        unit: what a row's number counts.
        columns: the names of its columns, each once.
        read: goes through the rows.
        notes: sentences about what was skipped or set right before the first row.
        sheets: the names of a workbook's sheets.
        sheet: the one that is read.
        has_turns: whether its rows are conversations, so that the turn to answer can be chosen.
    """

    name: str
    format: str
    encoding: str
    unit: Unit
    columns: tuple[str, ...]
    read: Read
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    has_turns: bool = False

    def first(self, number: int) -> list[Row | Rejected]:
        """The first rows, with the cells of all columns."""
        return list(islice(self.read(self.columns, Tally()), number))


def listed(names: tuple[str, ...], most: int = 20) -> str:
    """Names as a sentence shows them, each cut to a readable length."""
    shown = [shortened(name, 40) for name in names[:most]]
    more = len(names) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def shortened(text: str, longest: int) -> str:
    """The beginning of a text."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"

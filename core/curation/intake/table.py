"""What was read from a file: columns, rows with the line each begins on, and what could not be read."""

from dataclasses import dataclass

from core.curation.items import Turn

SUPPORTED = (
    "CSV and TSV tables, JSONL (OpenAI chat, prompt/completion, instruction/output, or any objects with a "
    "question), and JSON lists of such objects"
)


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken: the line it begins on, the field at fault (empty: all of it), the reason."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row; it may be shorter than the columns. `conversation` is what was said before its question."""

    line: int
    cells: tuple[str, ...]
    conversation: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file as read; `notes` are sentences about what was left out or set right on the way."""

    name: str
    format: str
    encoding: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 row`, `2,000 rows`; `things` where the plural is not made with an s."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {things or f'{thing}s'}"


def listed(names: tuple[str, ...], most: int = 20) -> str:
    """Names as a sentence shows them, each cut to a readable length."""
    shown = [name if len(name) <= 40 else f"{name[:39]}…" for name in names[:most]]  # noqa: PLR2004 - a readable length
    more = len(names) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")

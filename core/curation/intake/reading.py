"""Reading: a file of any supported format, told apart by what stands in it, becomes a table to go through."""

from dataclasses import dataclass

from core.curation.intake.packed.sealed import records_of_parquet
from core.curation.intake.packed.sheet import read_workbook
from core.curation.intake.plain.decode import BLANK, Encoding, empty, encoding_of, open_text
from core.curation.intake.plain.delimited import read_delimited
from core.curation.intake.plain.transcript import is_transcript, read_transcript
from core.curation.intake.records.record import is_one_document, records_by_line, records_of_document
from core.curation.intake.records.shapes import reading_of
from core.curation.intake.source import Source
from core.curation.intake.table import SUPPORTED, Reading, Turns
from core.errors import Refused

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
TABLE_ENDINGS = (".csv", ".tsv", ".tab")
BOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PARQUET = b"PAR1"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
OTHER_FILES = (
    (b"%PDF", "a PDF", "Export the data itself as CSV"),
    (b"\x1f\x8b", "a compressed file", "Unpack it first"),
    (b"7z\xbc\xaf", "a compressed file", "Unpack it first"),
    (b"Rar!", "a compressed file", "Unpack it first"),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV"),
    (b"{\\rtf", "a text document (RTF)", "Save it as plain text or as CSV"),
)
HEAD = 1 << 12


@dataclass(frozen=True)
class Wanted:
    """How a person wants a file to be read, where that can be chosen; None leaves it to the program."""

    turns: Turns = Turns.LAST
    sheet: str | None = None
    encoding: str | None = None


AS_IT_COMES = Wanted()


def read_file(source: Source, wanted: Wanted = AS_IT_COMES) -> Reading:
    """Tell what a file is and how to go through it; what its name ends with helps, what stands in it decides.

    Raises:
        Refused: it is empty, no text, of unknown encoding, or of a format that cannot be read.
    """
    head = source.head(HEAD)
    if not head:
        raise empty(source.name)
    if head.startswith(LFS_POINTER):
        raise Refused(
            f"{source.name} is only a Git LFS pointer: it names the real file and holds none of its rows. "
            "Fetch the file with 'git lfs pull' and import it then; nothing was imported."
        )
    if head.startswith(PARQUET):
        return reading_of(records_of_parquet(source), wanted.turns)
    if _is_workbook(source, head):
        return read_workbook(source, wanted.sheet)
    _must_be_text(source, head)
    return _read_text(source, encoding_of(source, wanted.encoding), wanted)


def _read_text(source: Source, encoding: Encoding, wanted: Wanted) -> Reading:
    start = _start(source, encoding)
    if start.lower().startswith(("<!doctype", "<html", "<?xml")):
        raise Refused(
            f"{source.name} is a web page or XML, which cannot be imported. Export the data as CSV or JSONL; "
            f"nothing was imported. Supported are {SUPPORTED}."
        )
    untold = not source.name.lower().endswith((*JSON_ENDINGS, *TABLE_ENDINGS))
    if untold and is_transcript(source, encoding):
        return read_transcript(source, encoding, wanted.turns)
    if _looks_like_json(source.name, start):
        in_one = is_one_document(source, encoding)
        records = records_of_document(source, encoding) if in_one else records_by_line(source, encoding)
        return reading_of(records, wanted.turns)
    return read_delimited(source, encoding)


def _is_workbook(source: Source, head: bytes) -> bool:
    """Whether it is a workbook by its name and its first bytes, or by the parts of its archive."""
    if head.startswith(OLD_OFFICE):
        return True
    marks = (b"[Content_Types].xml", b"xl/", b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
    by_name = source.name.lower().endswith(BOOK_ENDINGS)
    return head.startswith(ZIP) and (by_name or any(mark in head for mark in marks))


def _must_be_text(source: Source, head: bytes) -> None:
    others = ((ZIP, "a zip archive", "Unpack it first"), *OTHER_FILES)
    for mark, kind, way_out in others:
        if head.startswith(mark):
            raise Refused(
                f"{source.name} is {kind}, which cannot be imported. {way_out} and import that; nothing was "
                f"imported. Supported are {SUPPORTED}."
            )


def _start(source: Source, encoding: Encoding) -> str:
    """The first characters that are not blank."""
    text, _ = open_text(source, encoding, newline="")
    with text:
        while piece := text.read(HEAD):
            if start := piece.lstrip(BLANK):
                return start
    return ""


def _looks_like_json(name: str, start: str) -> bool:
    if name.lower().endswith(JSON_ENDINGS):
        return True
    return start[:1] in {"{", "["} and not name.lower().endswith(TABLE_ENDINGS)

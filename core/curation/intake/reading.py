"""Reading: a file of any supported format becomes one table of rows with their lines."""

from pathlib import PurePath

from core.curation.intake.decode import Decoded, decode
from core.curation.intake.delimited import read_delimited
from core.curation.intake.records import is_one_document, read_document, read_lines
from core.curation.intake.table import SUPPORTED, Table
from core.errors import Refused

JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
TABLE_ENDINGS = (".csv", ".tsv", ".tab")


def read_file(name: str, data: bytes) -> Table:
    """Read a file; what its name ends with helps, what stands in it decides.

    Args:
        name: the file's name, for the sentences.
        data: its bytes.

    Raises:
        Refused: it is empty, no text, of unknown encoding, or of a format that cannot be read yet.
    """
    called = plain_name(name)
    decoded = decode(called, data)
    if _looks_like_markup(decoded.text):
        raise Refused(
            f"{called} is a web page or XML, which cannot be imported. Export the data as CSV or JSONL; "
            f"nothing was imported. Supported are {SUPPORTED}."
        )
    if not _looks_like_json(called, decoded):
        return read_delimited(called, decoded)
    if _is_document(called, decoded.text):
        return read_document(called, decoded)
    return read_lines(called, decoded)


def plain_name(name: str) -> str:
    """A file's name alone, as a sentence can show it and the store can keep it."""
    alone = PurePath(name.replace("\\", "/")).name or "The file"
    return alone.encode("utf-8", "replace").decode()


def _looks_like_json(name: str, decoded: Decoded) -> bool:
    if name.lower().endswith(JSON_ENDINGS):
        return True
    return decoded.text.lstrip()[:1] in {"{", "["} and not name.lower().endswith(TABLE_ENDINGS)


def _is_document(name: str, text: str) -> bool:
    """Whether all of the text is one list or object, rather than an object on each line."""
    by_lines = name.lower().endswith((".jsonl", ".ndjson"))
    if text.lstrip()[:1] == "[":
        return not by_lines or is_one_document(text)
    several = "\n" in text.strip()
    return (several or not by_lines) and is_one_document(text)


def _looks_like_markup(text: str) -> bool:
    start = text[:200].lstrip().lower()
    return start.startswith(("<!doctype", "<html", "<?xml"))

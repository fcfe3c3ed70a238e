"""Decoding: the bytes of a file become text, or one sentence says why not and what to do."""

import re
from dataclasses import dataclass

from core.curation.intake.table import SUPPORTED
from core.errors import Refused

OTHER_FILES = (
    (b"PAR1", "a Parquet file", "Export the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save its sheet as CSV (UTF-8)"),
    (b"%PDF", "a PDF", "Export the data itself as CSV"),
    (b"\x1f\x8b", "a compressed file", "Unpack it first"),
    (b"SQLite format 3", "a SQLite database", "Export the table as CSV"),
)
ZIP = b"PK\x03\x04"
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
UTF8_BOM = b"\xef\xbb\xbf"
UTF16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

BLANK = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\ufeff\u2028\u2029"

WESTERN = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽžŸ€£¥§©®™°ªº«»‹›‘’‚“”„–—…•·¡¿²³¼½¾×µ\xa0\xad"
)
"""What Western European text is written with beyond ASCII."""

ODD = re.compile(r"[A-Za-z][¡-¬®-¶¸-¿‚„†‡ˆ˜‰‹›•ƒ][A-Za-z]|[a-z][À-ÖØ-ÞŠŽŒŸ]")
"""A symbol inside a word, or a capital after a small letter: signs of another code page."""

MOST_BEYOND_ASCII = 0.3
MOST_ODD = 0.1


@dataclass(frozen=True)
class Decoded:
    """The text of a file and the name of its encoding."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(name: str, data: bytes) -> Decoded:
    """Decode a text file.

    UTF-8 (with or without byte order mark), UTF-16 with a mark, else Windows-1252 if it reads as Western
    European text. In a file that is UTF-8 but for a few bytes, those become lone surrogates: the rows that
    hold them are listed later, the others are taken.

    Raises:
        Refused: the file is empty, is no text, or its encoding cannot be told.
    """
    _must_be_text(name, data)
    decoded = _decoded(name, data)
    if not decoded.text.strip(BLANK):
        raise empty(name)
    return decoded


def empty(name: str) -> Refused:
    """What is said of a file without anything in it."""
    return Refused(f"{name} is empty. Export it again and import that file; nothing was imported.")


def _decoded(name: str, data: bytes) -> Decoded:
    if data.startswith(UTF8_BOM):
        return _utf8(name, data[len(UTF8_BOM) :], "utf-8-sig")
    for mark, encoding in UTF16:
        if data.startswith(mark):
            return _utf16(name, data[len(mark) :], encoding)
    return _utf8(name, data, "utf-8")


def _must_be_text(name: str, data: bytes) -> None:
    if data.startswith(LFS_POINTER):
        raise Refused(
            f"{name} is only a Git LFS pointer: it names the real file and holds none of its rows. "
            "Fetch the file with 'git lfs pull' and import it then; nothing was imported."
        )
    if data.startswith(ZIP):
        kind = "an Excel workbook" if name.lower().endswith((".xlsx", ".xlsm")) else "a zip archive"
        way_out = "Save its sheet as CSV (UTF-8)" if kind == "an Excel workbook" else "Unpack it first"
        raise _not_supported(name, kind, way_out)
    for mark, kind, way_out in OTHER_FILES:
        if data.startswith(mark):
            raise _not_supported(name, kind, way_out)


def _not_supported(name: str, kind: str, way_out: str) -> Refused:
    return Refused(
        f"{name} is {kind}, which cannot be imported yet. {way_out} and import that; nothing was imported. "
        f"Supported are {SUPPORTED}."
    )


def _must_hold_no_nul(name: str, data: bytes) -> None:
    at = data.find(b"\0")
    if at >= 0:
        line = data.count(b"\n", 0, at) + 1
        raise Refused(
            f"{name} is no plain text: line {line} holds a NUL byte. It is a program's own file, or UTF-16 "
            "without its mark. Save it as UTF-8 text and import that; nothing was imported."
        )


def _utf16(name: str, data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            f"{name} begins as UTF-16 and breaks off or breaks at byte {error.start + 3:,}. Export it again, "
            "best as UTF-8; nothing was imported."
        ) from error
    if "\0" in text:
        raise Refused(
            f"{name} begins as UTF-16 but holds NUL characters, so it is no plain text. Save it as UTF-8 "
            "and import that; nothing was imported."
        )
    return Decoded(text, encoding)


def _utf8(name: str, data: bytes, encoding: str) -> Decoded:
    _must_hold_no_nul(name, data)
    try:
        return Decoded(data.decode("utf-8"), encoding)
    except UnicodeDecodeError as error:
        first_bad = error.start
    text = data.decode("utf-8", "surrogateescape")
    broken = sum("\ud800" <= letter <= "\udfff" for letter in text)
    sound = sum(letter > "\x7f" for letter in text) - broken
    if encoding == "utf-8-sig" or sound >= 4 * broken:
        note = f"{broken:,} bytes of this UTF-8 file cannot be read; rows are listed where they matter."
        return Decoded(text, encoding, (note,))
    western = _western(data)
    if western is not None:
        return Decoded(western, "cp1252")
    line = data.count(b"\n", 0, first_bad) + 1
    raise Refused(
        f"The encoding of {name} is unknown: from line {line} on it is neither UTF-8 nor Western European "
        "(Windows-1252). Save it as UTF-8 (in Excel: 'CSV UTF-8') and import that; nothing was imported."
    )


def _western(data: bytes) -> str | None:
    """The text as Windows-1252, if that makes sense of it."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond = [letter for letter in text if letter > "\x7f"]
    if len(beyond) > MOST_BEYOND_ASCII * len(text):
        return None
    strange = sum(letter not in WESTERN for letter in beyond) + len(ODD.findall(text))
    return text if strange <= MOST_ODD * len(beyond) else None

"""Decoding: in which encoding the text of a file is written, and the text, piece by piece."""

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, TextIO

from core.curation.intake.plain.code_pages import code_page, plain_encoding
from core.curation.intake.source import Source
from core.errors import Refused

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
"""The mark, how the bytes after it are decoded, and what that is called; the longer marks first."""

ENCODINGS = (
    "utf-8", "utf-16-le", "utf-16-be", "cp1252", "cp1250", "iso8859-2", "cp1251", "koi8-r", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "mac-roman", "cp850", "shift_jis", "cp932", "euc_jp",
    "iso2022_jp", "big5", "gb18030", "euc_kr", "cp949",
)  # fmt: skip
"""What a person may name where the guess is wrong."""

ALL_OR_NOTHING = ("utf-16", "utf-32", "iso2022")
"""Encodings in which one broken place leaves nothing that could be marked."""

HEAD = 1 << 16
PIECE = 1 << 20
TOLD_BY = 4 << 20
"""Bytes that are looked at to tell a code page."""

BLANK = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\ufeff\u2028\u2029"
HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
SEPARATORS = frozenset(b'\n,;\t"{}:')
PRINTABLE = frozenset(range(0x20, 0x7F)) | frozenset(b"\t\r\n")
MOST_PRINTABLE = 0.8
"""Of the bytes of UTF-16, those that ASCII text could hold; half of them is usual."""

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
FEWEST_SOUND = 4
"""Sound characters for each broken byte that a file must have to be taken for damaged UTF-8."""


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file become text.

    `codec` is Python's name, `called` what people are told, `skip` the length of the byte order mark.
    """

    codec: str
    called: str
    skip: int = 0
    notes: tuple[str, ...] = ()


def encoding_of(source: Source, wanted: str | None = None) -> Encoding:
    """Tell the encoding of a text file, or take the one a person named.

    A byte order mark decides; else UTF-8 if it is that, UTF-16 by its pattern of zero bytes, else the code
    page that makes most sense. In a file that is UTF-8 but for a few bytes those become lone surrogates: the
    rows that hold them are listed later, the others are taken.

    Raises:
        Refused: the file is empty or no text, or its encoding is unknown, or not the one that was named.
    """
    head = source.head(HEAD)
    found = _named(source, head, wanted) if wanted else _marked(head) or _unmarked(source, head)
    if found.called == "utf-8-sig" and _not_utf8(source) is not None:
        found = replace(found, notes=(_damage(_broken_and_sound(source)[0]),))
    if found.codec.startswith(ALL_OR_NOTHING):
        _must_decode(source, found)
    _must_hold_something(source, found)
    return found


def open_text(source: Source, encoding: Encoding, newline: str) -> tuple[TextIO, BinaryIO]:
    """The file's text, to be read once and closed, and the bytes under it, which know how far that is.

    Args:
        source: the file.
        encoding: what `encoding_of` told.
        newline: what `open` calls by this name; the ends of lines are never changed.
    """
    binary = source.open()
    binary.seek(encoding.skip)
    errors = "strict" if encoding.codec.startswith(ALL_OR_NOTHING) else "surrogateescape"
    return io.TextIOWrapper(binary, encoding.codec, errors, newline=newline), binary


def whole_text(source: Source, encoding: Encoding) -> str:
    """All of the file's text."""
    text, _ = open_text(source, encoding, newline="")
    with text:
        return text.read()


def empty(name: str) -> Refused:
    """What is said of a file without anything in it."""
    return Refused(f"{name} is empty. Export it again and import that file; nothing was imported.")


def _named(source: Source, head: bytes, wanted: str) -> Encoding:
    """The encoding a person named, if it is one of those offered and the file can be read in it."""
    try:
        codec = codecs.lookup(wanted).name.replace("-sig", "")
    except LookupError:
        codec = ""
    if codec not in {codecs.lookup(one).name for one in ENCODINGS}:
        raise Refused(
            f"There is no encoding called {wanted!r} here. Name one of {', '.join(ENCODINGS)}; nothing was "
            "imported."
        )
    marked = _marked(head)
    found = marked if marked and codecs.lookup(marked.codec).name == codec else Encoding(codec, wanted)
    _must_decode(source, found)
    return found


def _marked(head: bytes) -> Encoding | None:
    for mark, codec, called in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return Encoding(codec, called, len(mark))
    return None


def _unmarked(source: Source, head: bytes) -> Encoding:
    if b"\0" in head:
        return _without_mark(source, head)
    if b"\x1b$" in head and head.isascii():
        return Encoding("iso2022_jp", "iso2022_jp")
    broken_at = _not_utf8(source)
    if broken_at is None:
        return Encoding("utf-8", "utf-8")
    return _damaged_utf8(source) or _old(source, broken_at)


def _without_mark(source: Source, head: bytes) -> Encoding:
    """UTF-16 without its mark: what separates cells and lines comes with a zero byte, always on one side."""
    found = {
        "utf-16-le": sum(
            one in SEPARATORS and not zero for one, zero in zip(head[::2], head[1::2], strict=False)
        ),
        "utf-16-be": sum(
            one in SEPARATORS and not zero for zero, one in zip(head[::2], head[1::2], strict=False)
        ),
    }
    codec = max(found, key=found.__getitem__)
    text = head[: len(head) // 2 * 2].decode(codec, "replace")
    strange = sum(
        unicodedata.category(letter) in {"Cc", "Cn", "Co"} for letter in text if letter not in BLANK
    )
    is_ascii = sum(map(PRINTABLE.__contains__, head)) > MOST_PRINTABLE * len(head)
    if found[codec] and strange * 100 <= len(text) and not is_ascii:
        return Encoding(codec, codec)
    line = head.count(b"\n", 0, head.find(b"\0")) + 1
    raise _no_text(source, line)


def _not_utf8(source: Source) -> int | None:
    """The byte at which the file stops being UTF-8, or None if it never does."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    for piece in _pieces(source):
        _must_hold_no_nul(source, piece, done)
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            return max(0, done - held + error.start)
        done += len(piece)
    return done if decoder.getstate()[0] else None


def _must_hold_no_nul(source: Source, piece: bytes, done: int) -> None:
    at = piece.find(b"\0")
    if at >= 0:
        line = source.head(done + at).count(b"\n") + 1
        raise _no_text(source, line)


def _no_text(source: Source, line: int) -> Refused:
    return Refused(
        f"{source.name} is no plain text: line {line} holds a NUL byte. Export it again as UTF-8 text and "
        "import that; nothing was imported."
    )


def _damaged_utf8(source: Source) -> Encoding | None:
    """UTF-8 with a few bytes that are none, if most of what is beyond ASCII is sound."""
    broken, sound = _broken_and_sound(source)
    if sound < FEWEST_SOUND * broken:
        return None
    return Encoding("utf-8", "utf-8", notes=(_damage(broken),))


def _broken_and_sound(source: Source) -> tuple[int, int]:
    """How many bytes are no UTF-8, and how many characters beyond ASCII are."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    broken = beyond = 0
    for piece in _pieces(source):
        text = decoder.decode(piece)
        broken += len(HALF_CHARACTER.findall(text))
        beyond += len(BEYOND_ASCII.findall(text))
    return broken + len(decoder.getstate()[0]), beyond - broken


def _damage(broken: int) -> str:
    return f"{broken:,} bytes of this UTF-8 file cannot be read; the rows that hold them are listed."


def _old(source: Source, broken_at: int) -> Encoding:
    data = source.head(max(TOLD_BY, broken_at + TOLD_BY))
    codec = code_page(data)
    if codec is None:
        line = data.count(b"\n", 0, broken_at) + 1
        raise Refused(
            f"The encoding of {source.name} is unknown: from line {line} on it is not UTF-8, and read in any "
            "other usual encoding it makes no sense. Save it as UTF-8 (in Excel: 'CSV UTF-8') and import "
            "that, or name its encoding; nothing was imported."
        )
    return Encoding(codec, plain_encoding(data, codec))


def _must_decode(source: Source, encoding: Encoding) -> None:
    """Read the whole file once, strictly, where the encoding has no way to mark what is broken."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    done = encoding.skip
    try:
        for piece in _pieces(source, encoding.skip):
            if "\0" in decoder.decode(piece):
                raise Refused(
                    f"{source.name} begins as {encoding.called} but holds NUL characters, so it is no plain "
                    "text. Save it as UTF-8 and import that; nothing was imported."
                )
            done += len(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Refused(
            f"{source.name} is not all {encoding.called}: it breaks off or breaks at about byte "
            f"{done + error.start + 1:,}. Export it again, best as UTF-8, or name another encoding; nothing "
            "was imported."
        ) from error


def _must_hold_something(source: Source, encoding: Encoding) -> None:
    text, _ = open_text(source, encoding, newline="")
    with text:
        while piece := text.read(PIECE):
            if piece.strip(BLANK):
                return
    raise empty(source.name)


def _pieces(source: Source, start: int = 0) -> Iterator[bytes]:
    with source.open() as file:
        file.seek(start)
        while piece := file.read(PIECE):
            yield piece

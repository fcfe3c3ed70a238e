"""A plain CSV file, without quotes and with the same number of fields on every line, read quickly."""

import csv
import io

import numpy as np
import pandas as pd

from core.verdict.arrays import IntArray

LINE = "line"
DELIMITERS = ",;\t"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEW_LINE, _RETURN = 10, 13
_UNUSUAL = (b'"', b"\0")


def read_plain(content: bytes) -> pd.DataFrame | None:
    """Return the table as `table.read_csv` would, in a tenth of the time; None if it is not plain."""
    text = content.removeprefix(_BYTE_ORDER_MARK)
    names, delimiter = _header(text)
    if len(names) <= 1 or not all(names) or len(set(names)) < len(names):
        return None
    lines = _lines(text, delimiter, len(names) - 1)
    if lines is None:
        return None
    frame = pd.read_csv(
        io.BytesIO(text),
        sep=delimiter,
        dtype=object,
        index_col=False,
        keep_default_na=False,
        na_filter=False,
        quoting=csv.QUOTE_NONE,
    )
    frame.columns = pd.Index(names)
    frame.index = pd.Index(lines[1:], name=LINE)
    return frame


def _header(text: bytes) -> tuple[list[str], str]:
    """Return the names of the columns and the delimiter; no names where the file is unusual."""
    alone = text.count(b"\r") != text.count(b"\r\n")
    if alone or any(mark in text for mark in _UNUSUAL) or not _is_utf8(text):
        return [], ","
    first = text.split(b"\n", 1)[0].decode()
    delimiter = max(DELIMITERS, key=first.count)
    return [name.strip() for name in first.split(delimiter)], delimiter


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(text: bytes, delimiter: str, wanted: int) -> IntArray | None:
    """Return the number of every line that is not empty; None where one has another number of delimiters."""
    held = np.frombuffer(text, dtype=np.uint8)
    ends = np.append(np.flatnonzero(held == _NEW_LINE), len(held))
    starts = np.append(0, ends[:-1] + 1)
    marks = np.flatnonzero(held == ord(delimiter))
    delimiters = np.diff(np.searchsorted(marks, np.append(starts, len(held))))
    sizes = ends - starts
    sizes -= (sizes > 0) & (held[np.minimum(ends, len(held)) - 1] == _RETURN)
    filled = sizes > 0
    if not (delimiters[filled] == wanted).all():
        return None
    return np.flatnonzero(filled) + 1

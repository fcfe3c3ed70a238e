"""Cells: what stands under a key of a JSON object, as the text of one cell of a table."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.curation.intake.grid import MOST_COLUMNS
from core.curation.intake.records.said import Unusable

LONG = 40
"""Characters over which the texts of a list are paragraphs rather than tags."""

INSIDE = "."
"""Between the key of an object and a key in it, in the name of a column."""

Cell = Callable[[dict[str, Any]], str]
"""The text of one column, out of a document."""


@dataclass(frozen=True)
class Columns:
    """The columns of a file of objects: how each is read, and the keys that nest too deeply to be one."""

    cells: Mapping[str, Cell]
    nested: tuple[str, ...]


def columns_of(documents: Iterable[dict[str, Any]], without: frozenset[str] = frozenset()) -> Columns:
    """A column for each key that mostly holds a plain value or a list of such, and those of plain objects.

    Args:
        documents: some of the objects.
        without: keys that are read in another way.
    """
    seen: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    inner: dict[str, dict[str, None]] = {}
    for document in documents:
        for key, value in document.items():
            if key in without or value is None or value == "":
                seen[key] += 0
                continue
            seen[key] += 1
            kinds.setdefault(key, Counter())[_kind(value)] += 1
            if isinstance(value, dict):
                plain = (name for name, one in value.items() if _kind(one) == "plain")
                inner.setdefault(key, {}).update(dict.fromkeys(plain))
    cells: dict[str, Cell] = {}
    nested: list[str] = []
    for key in seen:
        if key in without:
            continue
        kind = max(kinds.get(key, {"plain": 1}).items(), key=lambda found: found[1])[0]
        if kind == "plain":
            cells[key] = plain_cell(key)
        elif kind == "object" and inner[key]:
            cells.update({f"{key}{INSIDE}{name}": inner_cell(key, name) for name in inner[key]})
        else:
            nested.append(key)
    return Columns(dict(list(cells.items())[:MOST_COLUMNS]), tuple(nested))


def plain_cell(key: str) -> Cell:
    """The cell under a key; blank where the key is missing.

    The cell raises Unusable where it holds an object or a list of lists.
    """

    def cell(document: dict[str, Any]) -> str:
        value = document.get(key)
        return value if value.__class__ is str else text_of(value, key)

    return cell


def inner_cell(key: str, name: str) -> Cell:
    """The cell under a key of the object that stands under another key."""

    def cell(document: dict[str, Any]) -> str:
        value = document.get(key)
        inside = value.get(name) if isinstance(value, dict) else None
        return inside if isinstance(inside, str) else text_of(inside, f"{key}{INSIDE}{name}")

    return cell


def text_of(value: Any, field: str) -> str:
    """A plain value, or a list of plain values, as a text.

    Raises:
        Unusable: it is an object, or a list that holds one.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        raise Unusable(field, f"{field} holds an object, not a text.")
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False, default=str)
    if _kind(value) != "plain":
        raise Unusable(field, f"{field} holds a list of lists or objects, not a text.")
    texts = [text_of(one, field) for one in value if one is not None]
    return ("\n\n" if any(len(text) > LONG for text in texts) else ", ").join(texts)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        return "nested"
    return "plain"

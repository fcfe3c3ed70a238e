"""One line of JSON read strictly, and, where it is broken, said so that a person can mend it."""

import json
import re
from typing import Any

_DOUBLED_KEY = re.compile(r'""\s*([A-Za-z_]\w*)\s*""')
_SINGLE_QUOTED = re.compile(r"^\s*[{\[]\s*'")


class Broken(Exception):
    """Valid JSON for a lenient reader, but ambiguous or not portable."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def strict_object(text: str) -> Any:
    """Parse one JSON value.

    Raises:
        Broken: duplicate keys, NaN or Infinity, or half a surrogate pair.
        ValueError: it is not JSON.
        RecursionError: it is nested too deeply.
    """
    try:
        document, end = _LENIENT.raw_decode(text)
    except ValueError:
        end = -1
    if end != len(text) or not _each_key_stands_once(text, document):
        document = _STRICT.decode(text)
    if "\\" in text or not text.isascii():
        _no_half_characters(document, "")
    return document


def explain(text: str, error: Exception) -> tuple[str, str]:
    """The field and the plain reason for a line that is not JSON."""
    doubled = _DOUBLED_KEY.search(text)
    if doubled:
        key = doubled.group(1)
        return key, 'The quotation marks are doubled (""), as a spreadsheet writes them. Write each once.'
    if _SINGLE_QUOTED.search(text):
        return "", "The quotation marks are single ('). JSON wants double ones (\")."
    if isinstance(error, RecursionError):
        return "", "The JSON is nested too deeply."
    if not isinstance(error, json.JSONDecodeError):
        return "", "The JSON holds a number that is too long."
    if error.msg.startswith("Expecting ':'"):
        return _text_without_key(text, error.pos)
    return "", f"The JSON is broken at column {error.colno}: {error.msg}."


def _text_without_key(text: str, at: int) -> tuple[str, str]:
    """`{"role": "system", "You are kind"}`: the sample that has been copied for years."""
    messages_so_far = text.count('"role"', 0, at)
    if not messages_so_far:
        return "", f"The JSON is broken at column {at + 1}: a text stands where a key with a colon should."
    place = f"messages[{messages_so_far - 1}].content"
    return place, 'The key "content" is missing: a text stands there without it.'


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Broken(twice, f"The key {twice} stands twice in the same object.")
    return found


def _no_constant(word: str) -> Any:
    raise Broken("", f"{word} is not a JSON value.")


def _no_half_characters(value: Any, place: str) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            reason = "The text holds half a character (a lone surrogate such as \\ud83d)."
            raise Broken(place, reason) from None
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _no_half_characters(inner, f"{place}[{number}]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _no_half_characters(key, place)
            _no_half_characters(inner, f"{place}.{key}" if place else key)


def _each_key_stands_once(text: str, document: Any) -> bool:
    """Whether it is plain that no object has a key twice: there are as many keys as colons.

    A colon in a text only makes the answer no; the strict decoder, which takes twice as long, then tells.
    """
    return text.count(":") == _keys_in(document)


def _keys_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum([_keys_in(inner) for inner in value.values() if inner.__class__ in _NESTING])
    return sum([_keys_in(inner) for inner in value]) if isinstance(value, list) else 0


_NESTING = frozenset({dict, list})
_LENIENT = json.JSONDecoder(parse_constant=_no_constant)
_STRICT = json.JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_no_constant)

"""A batch's input file: one request on each line, checked before the first is answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engine.batches.records import BatchProblem
from core.formats.broken_json import Broken, explain, strict_object

MAX_REQUESTS = 50_000
MAX_INPUTS = 50_000
MAX_LINE_BYTES = 8 * 2**20
PROBLEMS_SHOWN = 20
_LONGEST_CUSTOM_ID = 512
_KEYS = frozenset({"custom_id", "method", "url", "body"})
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class LineRequest:
    """One request of a batch. `custom_id` is the user's name for it, once in a file."""

    custom_id: str
    body: dict[str, Any]

    @property
    def model(self) -> str:
        """The model that is asked."""
        return str(self.body["model"])

    @property
    def inputs(self) -> int:
        """How many texts are to become vectors; 1 where that is not what is asked."""
        texts = self.body.get("input")
        return len(texts) if isinstance(texts, list) else 1


@dataclass(frozen=True)
class Checked:
    """What a look at the whole file found. `model` is the one that all requests ask, if it is one."""

    total: int
    model: str | None
    problems: tuple[BatchProblem, ...]


def check_requests(path: Path, endpoint: str) -> Checked:
    """Look at every line; at most `PROBLEMS_SHOWN` problems are told."""
    seen: dict[str, int] = {}
    inputs = 0
    models: set[str] = set()
    problems: list[BatchProblem] = []
    for number, raw in _lines(path):
        try:
            request = _request(raw, number, endpoint)
            _must_be_new(request.custom_id, number, seen)
            models.add(request.model)
            inputs += request.inputs
        except _Unfit as unfit:
            problems.append(BatchProblem(unfit.code, unfit.message, unfit.param, number))
        if len(seen) > MAX_REQUESTS or inputs > MAX_INPUTS:
            return Checked(0, None, (_too_many(len(seen)),))
        if len(problems) == PROBLEMS_SHOWN:
            break
    if not seen and not problems:
        problems.append(BatchProblem("empty_file", "The file holds no requests."))
    return Checked(len(seen), models.pop() if len(models) == 1 else None, tuple(problems))


def read_requests(path: Path, endpoint: str) -> Iterator[LineRequest]:
    """The requests of a file that was found good, in its order."""
    for number, raw in _lines(path):
        yield _request(raw, number, endpoint)


@dataclass
class _Unfit(Exception):
    """Why a line is no request."""

    code: str
    message: str
    param: str | None = None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, by their number; of one that is far too long only the beginning."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            whole = raw
            while len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):
                raw = file.readline(MAX_LINE_BYTES + 1)
            line = whole.removeprefix(_BOM) if number == 1 else whole
            if line.strip():
                yield number, line


def _too_many(requests: int) -> BatchProblem:
    if requests > MAX_REQUESTS:
        message = f"The file holds more than {MAX_REQUESTS:,} requests, the most a batch may have."
        return BatchProblem("too_many_requests", message)
    message = f"The file holds more than {MAX_INPUTS:,} texts to embed, the most a batch may have."
    return BatchProblem("too_many_inputs", message, "body.input")


def _must_be_new(custom_id: str, number: int, seen: dict[str, int]) -> None:
    if custom_id in seen:
        message = f"The custom_id of line {number} stands on line {seen[custom_id]} already."
        raise _Unfit("duplicate_custom_id", message, "custom_id")
    seen[custom_id] = number


def _request(raw: bytes, number: int, endpoint: str) -> LineRequest:
    if len(raw) > MAX_LINE_BYTES:
        message = f"Line {number} is longer than {MAX_LINE_BYTES // 2**20} MiB."
        raise _Unfit("line_too_long", message)
    document = _document(raw, number)
    custom_id = document.get("custom_id")
    if not isinstance(custom_id, str) or not 1 <= len(custom_id) <= _LONGEST_CUSTOM_ID:
        message = f"Line {number} needs a custom_id: a text of 1 to {_LONGEST_CUSTOM_ID} characters."
        raise _Unfit("missing_required_parameter", message, "custom_id")
    if document.get("method") != "POST":
        raise _Unfit("invalid_method", f'Line {number} needs the method "POST".', "method")
    if document.get("url") != endpoint:
        message = f'Line {number} needs the url "{endpoint}", the endpoint of its batch.'
        raise _Unfit("invalid_url", message, "url")
    body = document.get("body")
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        message = f"Line {number} needs a body: an object that names a model."
        raise _Unfit("missing_required_parameter", message, "body.model")
    for other in document.keys() - _KEYS:
        raise _Unfit("unknown_parameter", f"Line {number} holds {other!r}, which means nothing.", other)
    return LineRequest(custom_id, body)


def _document(raw: bytes, number: int) -> dict[str, Any]:
    try:
        text = raw.decode("utf-8")
        document = strict_object(text)
    except UnicodeDecodeError:
        raise _Unfit("invalid_json_line", f"Line {number} is not UTF-8.") from None
    except Broken as broken:
        field = broken.field or None
        raise _Unfit("invalid_json_line", f"Line {number}: {broken.reason}", field) from None
    except (ValueError, RecursionError) as error:
        reason = explain(text, error)[1]
        raise _Unfit("invalid_json_line", f"Line {number} is not JSON. {reason}") from None
    if not isinstance(document, dict):
        raise _Unfit("invalid_json_line", f"Line {number} is not a JSON object.")
    return document

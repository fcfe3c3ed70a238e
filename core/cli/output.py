"""What a verb prints: lines for people, or one JSON document with `--json`."""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any


def emit(document: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print `text`, or with `as_json` the document alone, undefined numbers as null."""
    if as_json:
        sys.stdout.write(json.dumps(_defined(document), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def _defined(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _defined(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_defined(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

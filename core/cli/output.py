"""What a verb prints, lines for people or one JSON document with `--json`, and the files it writes."""

import json
import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.errors import StorageFailed


def emit(document: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print `text`, or with `as_json` the document alone, undefined numbers as null."""
    if as_json:
        sys.stdout.write(json.dumps(_defined(document), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file entirely or not at all; what is no file, such as /dev/stdout, is written to as it is.

    Raises:
        StorageFailed: it cannot be written there.
    """
    whole = path.is_file() or not path.exists()
    target = path.with_name(f".{path.name}.{os.getpid()}.tmp") if whole else path
    try:
        target.write_bytes(data)
        if whole:
            target.replace(path)
    except OSError as error:
        with suppress(OSError):
            if whole:
                target.unlink()
        raise StorageFailed(f"{path} could not be written: {error.strerror}. Nothing was changed.") from error


def _defined(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _defined(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_defined(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

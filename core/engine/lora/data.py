"""A training or validation file as an adapter learns it: whole conversations, or preferences."""

from collections.abc import Sequence
from pathlib import Path

from core.engine.errors import JobFailed
from core.formats.json_lines import Problem
from core.formats.preference_file import ParsedPreference, parse_preference_file
from core.formats.training_file import ParsedExample, parse_chat_file

MIN_EXAMPLES = 10
_PROBLEMS_SHOWN = 3


def read_conversations(path: Path, param: str) -> tuple[ParsedExample, ...]:
    """The conversations of a file; `param` says which file it is.

    Raises:
        JobFailed: a line is not a chat example, or there are too few of them.
    """
    parsed = parse_chat_file(_bytes(path, param))
    _must_be_right(parsed.problems, len(parsed.examples), param)
    return parsed.examples


def read_preferences(path: Path, param: str) -> tuple[ParsedPreference, ...]:
    """The preferences of a file; `param` says which file it is.

    Raises:
        JobFailed: a line is not a preference, or there are too few of them.
    """
    parsed = parse_preference_file(_bytes(path, param))
    _must_be_right(parsed.problems, len(parsed.preferences), param)
    return parsed.preferences


def _bytes(path: Path, param: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The {_named(param)} cannot be read from the disk."
        raise JobFailed(f"invalid_{param}", message, param) from error


def _must_be_right(problems: Sequence[Problem], examples: int, param: str) -> None:
    if problems:
        first = " ".join(str(problem) for problem in problems[:_PROBLEMS_SHOWN])
        more = len(problems) - _PROBLEMS_SHOWN
        told = f"The {_named(param)} cannot be used. {first}" + (f" And {more} more." if more > 0 else "")
        raise JobFailed(f"invalid_{param}", told, param)
    least = MIN_EXAMPLES if param == "training_file" else 1
    if examples < least:
        message = f"The {_named(param)} has {examples} example(s), but must have at least {least}."
        raise JobFailed("invalid_n_examples", message, param)


def _named(param: str) -> str:
    return param.replace("_", " ")

"""A training or validation file as what a reply picker can learn, or the sentence why it is unfit."""

from dataclasses import dataclass
from pathlib import Path

from core.engine.errors import JobFailed
from core.formats.json_lines import Problem
from core.formats.preference_file import parse_preference_file
from core.formats.training_file import parse_chat_file

MIN_EXAMPLES = 10
MAX_REPLIES = 20_000
_PROBLEMS_SHOWN = 3


@dataclass(frozen=True)
class TrainingPairs:
    """Questions and their ideal replies in the file's order; `unweighted` examples were left out.

    In a file of preferences `worse` holds, for each pair, the reply that is not as good.
    """

    pairs: tuple[tuple[str, str], ...]
    unweighted: int
    worse: tuple[str, ...] = ()

    @property
    def replies(self) -> set[str]:
        """Every different reply, good or not."""
        return {reply for _, reply in self.pairs} | set(self.worse)


def read_training(path: Path, param: str, method: str) -> TrainingPairs:
    """Read a file for a method, "supervised" or "dpo" (`param` says which file it is).

    Raises:
        JobFailed: a line is not what the method learns from, or there are too few or too many of them.
    """
    return read_preferences(path, param) if method == "dpo" else read_pairs(path, param)


def read_pairs(path: Path, param: str) -> TrainingPairs:
    """Read a file of approved replies.

    Raises:
        JobFailed: a line is not a chat example, or there are too few or too many of them.
    """
    parsed = parse_chat_file(_bytes(path, param))
    if parsed.problems:
        raise _unfit(param, parsed.problems)
    learned = [parsed.example for parsed in parsed.examples if parsed.example.reply_is_learned]
    pairs = tuple((example.question, example.reply) for example in learned)
    return _of_fit_size(TrainingPairs(pairs, len(parsed.examples) - len(pairs)), param)


def read_preferences(path: Path, param: str) -> TrainingPairs:
    """Read a file of preferences.

    Raises:
        JobFailed: a line is not a preference, or there are too few or too many of them.
    """
    parsed = parse_preference_file(_bytes(path, param))
    if parsed.problems:
        raise _unfit(param, parsed.problems)
    found = [line.preference for line in parsed.preferences]
    pairs = tuple((preference.question, preference.preferred) for preference in found)
    return _of_fit_size(TrainingPairs(pairs, 0, tuple(preference.other for preference in found)), param)


def _bytes(path: Path, param: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The {_named(param)} cannot be read from the disk."
        raise JobFailed(f"invalid_{param}", message, param) from error


def _of_fit_size(read: TrainingPairs, param: str) -> TrainingPairs:
    least = MIN_EXAMPLES if param == "training_file" else 1
    if len(read.pairs) < least:
        message = f"The {_named(param)} has {len(read.pairs)} example(s), but must have at least {least}."
        raise JobFailed("invalid_n_examples", message, param)
    if len(read.replies) > MAX_REPLIES:
        message = (
            f"The {_named(param)} has more than {MAX_REPLIES:,} different replies, too many to pick among."
        )
        raise JobFailed("too_many_replies", message, param)
    return read


def _unfit(param: str, problems: tuple[Problem, ...]) -> JobFailed:
    first = " ".join(str(problem) for problem in problems[:_PROBLEMS_SHOWN])
    more = len(problems) - _PROBLEMS_SHOWN
    message = f"The {_named(param)} cannot be used. {first}" + (f" And {more} more." if more > 0 else "")
    return JobFailed(f"invalid_{param}", message, param)


def _named(param: str) -> str:
    return param.replace("_", " ")

"""A training or validation file as questions and replies, or the sentence why it is unfit."""

from dataclasses import dataclass
from pathlib import Path

from core.engine.errors import JobFailed
from core.formats.training_file import Problem, parse_chat_file

MIN_EXAMPLES = 10
MAX_REPLIES = 20_000
_PROBLEMS_SHOWN = 3


@dataclass(frozen=True)
class TrainingPairs:
    """Questions and their ideal replies in the file's order; `unweighted` examples were left out."""

    pairs: tuple[tuple[str, str], ...]
    unweighted: int


def read_pairs(path: Path, param: str) -> TrainingPairs:
    """Read a file the picker is to learn from, or to be checked on (`param` says which).

    Raises:
        JobFailed: a line is not a chat example, or there are too few or too many of them.
    """
    named = param.replace("_", " ")
    try:
        parsed = parse_chat_file(path.read_bytes())
    except OSError as error:
        raise JobFailed(f"invalid_{param}", f"The {named} cannot be read from the disk.", param) from error
    if parsed.problems:
        raise JobFailed(f"invalid_{param}", _told(named, parsed.problems), param)
    learned = [parsed.example for parsed in parsed.examples if parsed.example.reply_is_learned]
    pairs = tuple((example.question, example.reply) for example in learned)
    least = MIN_EXAMPLES if param == "training_file" else 1
    if len(pairs) < least:
        message = f"The {named} has {len(pairs)} example(s), but must have at least {least}."
        raise JobFailed("invalid_n_examples", message, param)
    if len({reply for _, reply in pairs}) > MAX_REPLIES:
        message = f"The {named} has more than {MAX_REPLIES:,} different replies, too many to pick among."
        raise JobFailed("too_many_replies", message, param)
    return TrainingPairs(pairs, len(parsed.examples) - len(pairs))


def _told(named: str, problems: tuple[Problem, ...]) -> str:
    first = " ".join(str(problem) for problem in problems[:_PROBLEMS_SHOWN])
    more = len(problems) - _PROBLEMS_SHOWN
    return f"The {named} cannot be used. {first}" + (f" And {more} more." if more > 0 else "")

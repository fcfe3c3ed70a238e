"""The accuracy of a file of answers: every arm against the expected text, and every pair of arms."""

import argparse
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from core.cli.output import emit
from core.errors import Refused
from core.verdict.accuracy import FEWEST_FOR_TANGO, ArmAccuracy, Paired, accuracy, paired
from core.verdict.arrays import Interval
from core.verdict.errors import BadTable
from core.verdict.plan import paired_power
from core.verdict.signs import holm
from core.verdict.table import place, read_csv, require

FIXED, BROKEN = 0.15, 0.05
"""The change, ten points net, by which people are told what their number of prompts can find."""

_FIELDS = ("expected", "prompt_id")


@dataclass(frozen=True)
class _Answers:
    """The expected text of every prompt, and every arm's answers in the same order."""

    expected: list[str]
    arms: dict[str, list[str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ANSWERS, --map and --arms."""
    parser.add_argument(
        "answers",
        metavar="ANSWERS.csv",
        type=Path,
        help="one row a prompt: columns expected, prompt_id (optional), and one column an arm",
    )
    parser.add_argument(
        "--map",
        metavar="expected=COL,prompt_id=COL",
        default="",
        help="the columns' names where they are others",
    )
    parser.add_argument(
        "--arms",
        metavar="PATTERN",
        default="*",
        help="which columns are arms, like '*_prediction' (default: all others)",
    )


def run(options: argparse.Namespace) -> None:
    """Print the accuracy of every arm and of every pair.

    Raises:
        Refused: the file cannot be read as answers, or a named column is not there.
    """
    names = _mapped(options.map)
    try:
        found = _read(read_csv(options.answers), names, options.arms)
    except BadTable as error:
        raise Refused(f"{options.answers}: {error}") from error
    except OSError as error:
        raise Refused(f"{options.answers} cannot be read: {error.strerror}.") from error
    arms = {name: accuracy(found.expected, answers) for name, answers in found.arms.items()}
    pairs = {
        (a, b): paired(found.expected, found.arms[a], found.arms[b]) for a, b in combinations(found.arms, 2)
    }
    emit(
        _document(len(found.expected), arms, pairs),
        _text(len(found.expected), arms, pairs),
        as_json=options.json,
    )


def _mapped(text: str) -> dict[str, str]:
    """Return the column of each field, from `expected=COL,prompt_id=COL`."""
    names: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        field, equals, column = part.partition("=")
        if not equals or field.strip() not in _FIELDS or not column.strip():
            raise Refused(f"--map: {part!r} is not expected=COL or prompt_id=COL.")
        names[field.strip()] = column.strip()
    return names


def _read(frame: pd.DataFrame, names: dict[str, str], pattern: str) -> _Answers:
    expected, prompt = names.get("expected", "expected"), names.get("prompt_id", "prompt_id")
    require(frame, [expected, *(names[field] for field in names if field == "prompt_id")])
    if frame.empty:
        raise BadTable("there are no answers, only a header.")
    _refuse_blank(frame, expected)
    if prompt in frame.columns:
        _refuse_blank(frame, prompt)
        _refuse_twice(frame, prompt)
    others = [str(column) for column in frame.columns if column not in {expected, prompt}]
    arms = [column for column in others if fnmatchcase(column, pattern)]
    if not arms:
        raise BadTable(f"no column for an arm matches {pattern!r}; there are: {', '.join(others) or 'none'}.")
    return _Answers(_texts(frame, expected), {arm: _texts(frame, arm) for arm in arms})


def _refuse_blank(frame: pd.DataFrame, column: str) -> None:
    for row, text in enumerate(_texts(frame, column)):
        if not text.strip():
            raise BadTable(f"{place(frame, row)}, {column}: it is blank.")


def _refuse_twice(frame: pd.DataFrame, column: str) -> None:
    again = frame[column].duplicated().to_numpy()
    if again.any():
        row = int(again.argmax())
        raise BadTable(
            f"{place(frame, row)}, {column}: prompt {frame[column].iloc[row]!r} has a row already, "
            "and a prompt counts once."
        )


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    return [str(text) for text in frame[column].tolist()]


def _document(n: int, arms: dict[str, ArmAccuracy], pairs: dict[tuple[str, str], Paired]) -> dict[str, Any]:
    return {
        "n": n,
        "arms": {name: _promised(asdict(found)) for name, found in arms.items()},
        "paired": [{"a": a, "b": b} | _promised(asdict(found)) for (a, b), found in pairs.items()],
    }


def _promised(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in {"n", "shown95"}}


def _text(n: int, arms: dict[str, ArmAccuracy], pairs: dict[tuple[str, str], Paired]) -> str:
    lines = [f"{n} prompts; an answer is right when its trimmed text is the expected one.", ""]
    for name, found in sorted(arms.items(), key=lambda item: -item[1].correct):
        low, high = found.shown95
        lines.append(
            f"{name}: {found.correct} right, {_percent(found.accuracy)} "
            f"(95 % {_percent(low)} to {_percent(high)}), macro-F1 {found.macro_f1:.3f}"
        )
    lines.append("")
    adjusted = holm([change.mcnemar_exact_p for change in pairs.values()])
    for ((a, b), change), corrected in zip(pairs.items(), adjusted, strict=True):
        lines.append(
            f"from {a} to {b}: {change.fixed} fixed, {change.broken} broken, "
            f"net {100 * change.net:+.1f} points ({_span(change.shown95)}), "
            f"exact p {change.mcnemar_exact_p:.3g}, mid-p {change.midp:.3g}"
            + (f", exact p by Holm {corrected:.3g}" if len(pairs) > 1 else "")
        )
    power = paired_power(n, FIXED, BROKEN)
    lines.append("")
    lines.append(
        f"With {n} prompts a change that fixes {100 * FIXED:.0f} % and breaks {100 * BROKEN:.0f} % "
        f"is found in {100 * power:.0f} % of cases."
    )
    return "\n".join(lines)


def _span(interval: Interval | None) -> str:
    if interval is None:
        return f"no interval below {FEWEST_FOR_TANGO} prompts"
    return f"95 % {100 * interval[0]:+.1f} to {100 * interval[1]:+.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"

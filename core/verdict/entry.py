"""The order in which prompts enter the evidence, and which of them are complete."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.arrays import BoolArray, IntArray
from core.verdict.errors import BadTable
from core.verdict.table import place


@dataclass(frozen=True)
class EntryOrder:
    """`rows` sorts the table by time; `entry` is, for each sorted row, its prompt's place within its pair."""

    rows: IntArray
    entry: IntArray
    notes: tuple[str, ...]


def entry_order(
    frame: pd.DataFrame,
    prompt: IntArray,
    pair: IntArray,
    prompts: Sequence[str],
    planned: Sequence[str] | None,
) -> EntryOrder:
    """Return the order: as planned, else by `prompt_order`, else by the prompt's first row for that pair.

    Raises:
        BadTable: a time is no time, an order is no whole number, a prompt has two orders, or is not planned.
    """
    rows, timed = _by_time(frame)
    prompt, pair = prompt[rows], pair[rows]
    met, _ = pd.factorize(pair * (int(prompt.max()) + 1) + prompt)
    if planned is not None:
        return EntryOrder(rows, _planned_place(prompts, planned)[prompt], ())
    drawn = _drawn_order(frame)
    if drawn is not None:
        entry = _by_drawn_order(frame, rows, met, drawn)
        return EntryOrder(rows, entry, ())
    moment = "first vote" if timed else "first row"
    note = (
        f"The table has no prompt_order: each pair's prompts enter the evidence in order of their {moment}, "
        "and stopping early is only as honest as that order."
    )
    return EntryOrder(rows, met.astype(np.int64), (note,))


def leading_run(
    pair: IntArray, entry: IntArray, counts: BoolArray, *, raters: int | None, planned: bool
) -> tuple[BoolArray, list[str]]:
    """Mark the rows whose prompts count, and say what was left out or is uneven.

    Without `raters` and without a plan every prompt counts. `counts` marks a rater's first row on a prompt.
    """
    group, first_row, finished = _prompts_of_pairs(pair, entry, counts)
    group_pair, group_entry = pair[first_row], entry[first_row]
    if raters is None and not planned:
        uneven = any(len(set(finished[group_pair == one].tolist())) > 1 for one in np.unique(pair))
        return np.ones(len(pair), dtype=bool), [_UNEVEN] if uneven else []
    inside = np.zeros(len(first_row), dtype=bool)
    for one in np.unique(pair):
        here = np.flatnonzero(group_pair == one)
        here = here[np.argsort(group_entry[here])]
        complete = finished[here] >= (raters or 1)
        if planned:
            complete &= group_entry[here] == np.arange(len(here))
        inside[here[np.logical_and.accumulate(complete)]] = True
    left_out = int((~inside).sum())
    note = (
        f"Counted is each pair's leading run of prompts with {raters or 1} or more raters; "
        f"prompts left out, summed over pairs: {left_out}."
    )
    return inside[group], [note] if left_out else []


_UNEVEN = (
    "Prompts have unequal numbers of raters: every prompt counts the same, "
    "and an early stop is honest only over prompts that are complete."
)


def _prompts_of_pairs(
    pair: IntArray, entry: IntArray, counts: BoolArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return each row's (pair, prompt) group, the groups' first rows, and how many raters finished each."""
    group, keys = pd.factorize(pair * (int(entry.max()) + 1) + entry)
    first_row = np.full(len(keys), len(pair))
    np.minimum.at(first_row, group, np.arange(len(pair)))
    return group.astype(np.int64), first_row, np.bincount(group[counts], minlength=len(keys))


def _planned_place(prompts: Sequence[str], planned: Sequence[str]) -> IntArray:
    places = {name: number for number, name in enumerate(dict.fromkeys(planned))}
    stranger = next((name for name in prompts if name not in places), None)
    if stranger is not None:
        raise BadTable(f"prompt_id: {stranger!r} is not among the planned prompts.")
    return np.array([places[name] for name in prompts], dtype=np.int64)


def _by_time(frame: pd.DataFrame) -> tuple[IntArray, bool]:
    """Return the rows by `voted_at` (stable, those without a time last), and whether there were times."""
    if "voted_at" not in frame.columns:
        return np.arange(len(frame)), False
    codes, values = pd.factorize(frame["voted_at"])
    texts = [str(value).strip() for value in values]
    blank = np.append(np.array([not text for text in texts], dtype=bool), True)[codes]
    if blank.all():
        return np.arange(len(frame)), False
    times = _times(pd.Series(values if pd.api.types.is_datetime64_any_dtype(values.dtype) else texts))
    moment = np.append(times, np.nan)[codes]
    wrong = np.isnan(moment) & ~blank
    if wrong.any():
        row = int(wrong.argmax())
        raise BadTable(
            f"{place(frame, row)}, voted_at: {frame['voted_at'].iloc[row]!r} is no time; "
            "write it like 2026-01-31T09:30:00Z.",
        )
    return np.argsort(moment, kind="stable"), True


def _times(values: "pd.Series[str]") -> np.ndarray:
    """Return the moments in seconds, NaN where there is none; numbers if the first value is one."""
    numbers = pd.to_numeric(values, errors="coerce")
    if pd.notna(numbers[values != ""].iloc[0]):
        return numbers.to_numpy(dtype=np.float64)
    moments = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
    seconds = (moments - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return seconds.to_numpy(dtype=np.float64)


def _drawn_order(frame: pd.DataFrame) -> IntArray | None:
    """Return `prompt_order` for every row, or None where the column is absent or wholly blank."""
    if "prompt_order" not in frame.columns:
        return None
    codes, values = pd.factorize(frame["prompt_order"])
    texts = pd.Series([str(value).strip() for value in values], dtype=object)
    numbers = np.append(pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64), np.nan)
    blank = np.append((texts == "").to_numpy(dtype=bool), True)[codes]
    if blank.all():
        return None
    drawn = numbers[codes]
    wrong = ~np.isfinite(drawn) | (drawn != np.floor(np.where(np.isfinite(drawn), drawn, 0)))
    if wrong.any():
        row = int(wrong.argmax())
        raise BadTable(
            f"{place(frame, row)}, prompt_order: {frame['prompt_order'].iloc[row]!r} is no whole number."
        )
    return drawn.astype(np.int64)


def _by_drawn_order(frame: pd.DataFrame, rows: IntArray, met: IntArray, drawn: IntArray) -> IntArray:
    """Return each sorted row's place: by the order drawn, prompts of the same order by their first row."""
    drawn_sorted = drawn[rows]
    first_row = np.full(int(met.max()) + 1, len(met))
    np.minimum.at(first_row, met, np.arange(len(met)))
    order_of_prompt = drawn_sorted[first_row]
    differs = order_of_prompt[met] != drawn_sorted
    if differs.any():
        row = int(rows[differs].min())
        raise BadTable(
            f"{place(frame, row)}, prompt_order: this prompt has another order elsewhere in the table."
        )
    rank = np.empty(len(first_row), dtype=np.int64)
    rank[np.lexsort((np.arange(len(first_row)), order_of_prompt))] = np.arange(len(first_row))
    return rank[met]

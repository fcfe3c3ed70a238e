"""The reply picker's quality: how often its best reply is the right one, beside other ways to pick one.

Run with `python -m benchmarks.engine_quality [demo banking77 cfpb6 abstention]`. The picker's settings are
not tuned on these rows: they were chosen on other data, and how far a training goes by cross-validation on
its own training rows.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openai

from benchmarks.engine_client import Floats, answers, base_models, running, tuned, vectors
from benchmarks.engine_process import ROOT
from benchmarks.public_data import public_data
from benchmarks.references import AS_USED, REFERENCES, Draw

Numbers = npt.NDArray[np.int64]
DRAWS = 10
FAR_OFF = "out_of_scope"
_MOST_ASKED = 1000
_KINDS_NOT_TAUGHT = 5
_DEMO = ROOT / "data" / "demo"


@dataclass(frozen=True)
class Task:
    """Questions, and the number of each one's right reply.

    `sizes` says how many are taught: of each reply, or in all; so many are asked.
    """

    name: str
    questions: list[str]
    replies: list[str]
    right: Numbers
    sizes: tuple[int, ...]
    of_each: bool
    asked: int

    @classmethod
    def of(
        cls, name: str, pairs: Sequence[tuple[str, str]], sizes: tuple[int, ...], *, of_each: bool, asked: int
    ) -> "Task":
        replies = sorted({reply for _, reply in pairs})
        right = np.asarray([replies.index(reply) for _, reply in pairs])
        return cls(name, [question for question, _ in pairs], replies, right, sizes, of_each, asked)

    def drawn(self, size: int, seed: int) -> tuple[Numbers, Numbers]:
        """Rows to teach and rows to ask, in chance order; of each reply at least one is left to be asked."""
        everything = np.random.default_rng(seed).permutation(len(self.right))
        if not self.of_each:
            return everything[:size], everything[size : size + self.asked]
        groups = [everything[self.right[everything] == number] for number in range(len(self.replies))]
        cuts = [min(size, len(rows) - 1) for rows in groups]
        taught = [rows[:cut] for rows, cut in zip(groups, cuts, strict=True)]
        asked = [rows[cut : cut + self.asked] for rows, cut in zip(groups, cuts, strict=True)]
        return np.concatenate(taught), np.concatenate(asked)

    def pairs(self, rows: Numbers) -> list[tuple[str, str]]:
        return [(self.questions[row], self.replies[self.right[row]]) for row in rows]

    def texts(self, rows: Numbers) -> list[str]:
        return [self.questions[row] for row in rows]


def main(names: Sequence[str] = (), draws: int = DRAWS) -> None:
    """Measure each base model on every data set that is there, the demo's among them."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as (_, client):
        for base in base_models(client):
            print(base)
            for name in names or _MEASURES:
                _MEASURES[name](client, base, draws)


def _banking(client: openai.OpenAI, base: str, draws: int) -> None:
    rows = public_data("banking77.csv")
    if rows is not None:
        pairs = list(zip(rows["text"], rows["category"].str.replace("_", " "), strict=True))
        _measure(client, base, Task.of("Banking77", pairs, (1, 2, 5, 10), of_each=True, asked=13), draws)


def _cfpb(client: openai.OpenAI, base: str, draws: int) -> None:
    rows = public_data("cfpb6_balanced.csv")
    if rows is not None:
        pairs = list(zip(rows["text"], rows["label"], strict=True))
        _measure(client, base, Task.of("CFPB-6", pairs, (100, 400, 700), of_each=False, asked=400), draws)


def _demo(client: openai.OpenAI, base: str, draws: int) -> None:
    """The projects that come with the app."""
    rules = _documents("airport/rules.jsonl")
    pairs = [(question, rule["reply"]) for rule in rules for question in rule["questions"]]
    _measure(client, base, Task.of("Demo airport", pairs, (1, 2), of_each=True, asked=2), draws)
    pairs = [(one["text"], one["label"]) for one in _documents("complaints/complaints.jsonl")]
    _measure(client, base, Task.of("Demo complaints", pairs, (60, 180), of_each=False, asked=60), draws)


def _abstention(client: openai.OpenAI, base: str, draws: int) -> None:
    """Taught travel questions; asked others of the same kinds, of kinds not taught, and from far off."""
    rows = public_data("clinc_travel_intents.csv")
    if rows is None:
        return
    far_off = rows.loc[rows["intent"] == FAR_OFF, "text"].tolist()
    known = rows[rows["intent"] != FAR_OFF]
    kinds = sorted(known["intent"].unique())
    for each in (2, 10):
        found: dict[str, list[float]] = {}
        for seed in range(draws):
            left_out = np.random.default_rng(seed).permutation(kinds)[:_KINDS_NOT_TAUGHT]
            inside, outside = known[~known["intent"].isin(left_out)], known[known["intent"].isin(left_out)]
            pairs = list(zip(inside["text"], inside["intent"].str.replace("_", " "), strict=True))
            task = Task.of("travel", pairs, (each,), of_each=True, asked=_MOST_ASKED)
            taught, asked = task.drawn(each, seed)
            model = f"{tuned(client, base, task.pairs(taught), seed).fine_tuned_model}"
            for name, questions in (
                ("taught kinds", task.texts(asked)),
                ("kinds not taught", outside["text"].tolist()),
                ("far off", far_off),
            ):
                said = answers(client, model, questions)
                found.setdefault(name, []).append(1 - sum(one.abstained for one in said) / len(said))
        for name, shares in found.items():
            _tell(f"CLINC travel, {each} a reply: answered of {name}", shares)


_MEASURES: dict[str, Callable[[openai.OpenAI, str, int], None]] = {
    "demo": _demo,
    "banking77": _banking,
    "cfpb6": _cfpb,
    "abstention": _abstention,
}


def _measure(client: openai.OpenAI, base: str, task: Task, draws: int) -> None:
    read = vectors(client, base, [*task.questions, *task.replies])
    for size in task.sizes:
        found: dict[str, list[float]] = {}
        for seed in range(draws):
            for name, share in _shares(client, base, task, read, size, seed):
                found.setdefault(name, []).append(share)
        for name, shares in found.items():
            _tell(f"{task.name}, {size} {'a reply' if task.of_each else 'in all'}: {name}", shares)


def _shares(
    client: openai.OpenAI, base: str, task: Task, read: Floats, size: int, seed: int
) -> Iterator[tuple[str, float]]:
    """The share of the asked questions whose best reply is the right one, for each way to pick it."""
    taught, asked = task.drawn(size, seed)
    model = tuned(client, base, task.pairs(taught), seed).fine_tuned_model
    questions, right = task.texts(asked), task.right[asked]
    for name, asked_model in (("base (step 0)", f"{model}:ckpt-step-0"), ("tuned", f"{model}")):
        said = answers(client, asked_model, questions)
        best = np.asarray([task.replies.index(answer.best) for answer in said])
        yield name, float((best == right).mean())
    draw = Draw(
        read[taught],
        task.texts(taught),
        task.right[taught],
        read[asked],
        questions,
        right,
        read[len(task.questions) :],
    )
    for name, reference in (REFERENCES if task.of_each else REFERENCES | AS_USED).items():
        yield name, float((reference(draw) == right).mean())


def _documents(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_DEMO / name).read_text(encoding="utf-8").splitlines()]


def _tell(what: str, shares: Sequence[float]) -> None:
    print(
        f"{what:<58} {np.mean(shares):9.3f} ± {np.std(shares, ddof=1):.3f}  (n = {len(shares)})", flush=True
    )


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name in _MEASURES])

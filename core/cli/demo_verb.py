"""Run the whole loop on the two demo projects, headless, and print what came out."""

import argparse
import sys

from core.cli.acting import add_home, opened
from core.cli.output import emit
from core.demo.loop import Lap, run_demo
from core.verdict.accuracy import ArmAccuracy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="draws the split and the training")
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Run the demo."""
    with opened(options, new=True) as workspace:
        laps = run_demo(workspace, options.seed, lambda words: print(words, file=sys.stderr))
    emit({"projects": [_document(lap) for lap in laps]}, _table(laps), as_json=options.json)


def _document(lap: Lap) -> dict[str, object]:
    return {
        "name": lap.project.name,
        "n_train": lap.dataset.n_train,
        "n_test": lap.dataset.n_test,
        "base": _arm(lap.base),
        "tuned": _arm(lap.tuned),
        "paired": {
            "fixed": lap.paired.fixed,
            "broken": lap.paired.broken,
            "mcnemar_exact_p": lap.paired.mcnemar_exact_p,
        },
        "loss": {"first": lap.loss.first, "last": lap.loss.last},
        "seconds": lap.seconds,
    }


def _arm(arm: ArmAccuracy) -> dict[str, object]:
    return {"accuracy": arm.accuracy, "ci95": list(arm.wilson95)}


def _table(laps: list[Lap]) -> str:
    picker = "The built-in model is a reply picker: it chooses among approved replies and writes no text."
    return "\n".join([*(_lines(lap) for lap in laps), picker])


def _lines(lap: Lap) -> str:
    return (
        f"{lap.project.name}: {lap.dataset.n_train} examples, {lap.dataset.n_test} held-out questions, "
        f"{lap.seconds:.1f} s\n"
        f"  base   {_share(lap.base)}\n"
        f"  tuned  {_share(lap.tuned)}\n"
        f"  tuning fixed {lap.paired.fixed} and broke {lap.paired.broken} "
        f"(exact McNemar p = {lap.paired.mcnemar_exact_p:.2g})\n"
        f"  loss   {lap.loss.first:.3f} at the first step, {lap.loss.last:.3f} at the last\n"
    )


def _share(arm: ArmAccuracy) -> str:
    low, high = arm.wilson95
    return f"{100 * arm.accuracy:5.1f} % right  (95 % interval {100 * low:.0f}–{100 * high:.0f})"

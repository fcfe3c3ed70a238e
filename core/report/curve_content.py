"""The learning curve's content: how often each size was right, what more examples would bring, in words."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from core.store.database import Reader
from core.training.sweeps import UNTUNED, Sweep, SweepPoint, points_of
from core.verdict.curve import ENOUGH_TEST_PROMPTS, LearningCurve, Run, learning_curve


@dataclass(frozen=True)
class CurveContent:
    """What is known of a sweep.

    Attributes:
        held_out: how many held-out questions every training was asked; what was asked more of them, before a
            customer was forgotten, counts no longer once a training was asked what is left.
        complete: whether every training came out.
        untuned: the share that the untuned model had right; None until it is known.
        shares: by size, the share of each draw.
        curve: the fitted fan; None while trainings are missing, or held-out questions are too few.
        sentence: what it comes to.
        failed: why trainings failed, each reason once.
    """

    held_out: int
    complete: bool
    untuned: float | None
    shares: dict[int, tuple[float, ...]]
    curve: LearningCurve | None
    sentence: str
    failed: tuple[str, ...]


def curve_content(reader: Reader, sweep: Sweep) -> CurveContent:
    """The content as far as the sweep came."""
    return reader.recall(("sweep_points",), ("curve", sweep.id), lambda: _content(reader, sweep))


def _content(reader: Reader, sweep: Sweep) -> CurveContent:
    points = points_of(reader, sweep)
    held_out = min((len(point.right) for point in points if point.right), default=0)
    right = [point for point in points if point.right and len(point.right) == held_out]
    trained = [point for point in right if point.size != UNTUNED]
    complete = len(trained) == len(sweep.trainings)
    shares: dict[int, list[float]] = defaultdict(list)
    for point in right:
        shares[point.size].append(sum(point.right) / len(point.right))
    untuned = shares.pop(UNTUNED, [None])[0]
    curve = _fitted(trained) if complete and held_out >= ENOUGH_TEST_PROMPTS else None
    return CurveContent(
        held_out=held_out,
        complete=complete,
        untuned=untuned,
        shares={size: tuple(found) for size, found in sorted(shares.items())},
        curve=curve,
        sentence=_sentence(sweep, held_out, untuned, shares, curve),
        failed=tuple(dict.fromkeys(point.error for point in points if point.error is not None)),
    )


def _fitted(trained: list[SweepPoint]) -> LearningCurve:
    runs = [Run(point.size, point.draw, np.array(point.right, dtype=np.float64)) for point in trained]
    return learning_curve(runs)


def _sentence(
    sweep: Sweep,
    held_out: int,
    untuned: float | None,
    shares: dict[int, list[float]],
    curve: LearningCurve | None,
) -> str:
    complete = [size for size in sweep.sizes if len(shares[size]) == sweep.draws]
    if not complete:
        return "Nothing can be said yet."
    means = {size: 100 * sum(shares[size]) / sweep.draws for size in complete}
    begin = "" if untuned is None else f"{100 * untuned:.0f} % without tuning, "
    steps = ", ".join(f"{means[size]:.0f} % with {size}" for size in complete)
    measured = f"Of {held_out} held-out questions right: {begin}{steps} examples."
    if curve is not None:
        return f"{measured} {curve.sentence}"
    if len(complete) == len(sweep.sizes):
        return (
            f"{measured} What more examples would bring is not said: that takes {ENOUGH_TEST_PROMPTS} "
            "held-out questions."
        )
    return measured

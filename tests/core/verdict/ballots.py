"""Votes made up for tests: a few by hand, or many drawn from known strengths."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

COLUMNS = ["prompt_id", "rater_id", "arm_left", "arm_right", "outcome"]


def ballots(rows: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Votes by hand: prompt, rater, left arm, right arm, outcome."""
    return pd.DataFrame(list(rows), columns=COLUMNS)


def duel(
    outcomes: Sequence[str], rater: str = "r1", left: str = "base", right: str = "tuned"
) -> pd.DataFrame:
    """One rater's outcomes, a prompt each."""
    return ballots((f"p{number}", rater, left, right, outcome) for number, outcome in enumerate(outcomes))


def drawn(
    prompts: int, raters: int, strengths: dict[str, float], *, nu: float = 0.8, seed: int = 0
) -> pd.DataFrame:
    """Votes from Davidson's model: every rater judges one random pair of arms on every prompt."""
    rng = np.random.default_rng(seed)
    arms, worth = list(strengths), np.array(list(strengths.values()))
    rows = []
    for prompt in range(prompts):
        for rater in range(raters):
            left, right = rng.choice(len(arms), size=2, replace=False)
            half = (worth[left] - worth[right]) / 2
            weights = np.array([np.exp(half), np.exp(-half), nu / 2, nu / 2])
            outcome = rng.choice(["left", "right", "tie", "both_bad"], p=weights / weights.sum())
            rows.append((f"p{prompt}", f"r{rater}", arms[left], arms[right], str(outcome)))
    return ballots(rows)


def swapped(votes: pd.DataFrame) -> pd.DataFrame:
    """The same votes with the labels left and right exchanged."""
    other = {"left": "right", "right": "left"}
    return votes.assign(
        arm_left=votes["arm_right"],
        arm_right=votes["arm_left"],
        outcome=votes["outcome"].map(lambda word: other.get(word, word)),
    )

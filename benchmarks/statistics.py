"""The statistics: many arms and many votes, beside evalica; CPU seconds of this process, one thread."""

import tempfile
from pathlib import Path

import evalica
import numpy as np
import pandas as pd

from benchmarks.measure import cpu_each, tell
from core.verdict.arrays import FloatArray, IntArray
from core.verdict.davidson import fit_davidson
from core.verdict.resample import alike_prompts
from core.verdict.strength import Strengths, strengths
from core.verdict.summary import summarise
from core.verdict.table import read_csv
from core.verdict.votes import Votes, read_votes

ARMS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
OUTCOMES = ("left", "right", "tie", "both_bad")
PROMPTS = 1_000
RESAMPLES = 1_000
THEIR_RESAMPLES = 20
"""Enough to tell what one of evalica's takes; the figure is multiplied."""

TIMES = 5


def main() -> None:
    """Measure strengths with their bootstrap alone, and whole verdicts up to a million votes."""
    table = _votes(votes=100_000, seed=1)
    votes = read_votes(table)
    size = "100,000 votes, 1,000 prompts, 6 arms"
    tell(f"Davidson and {RESAMPLES:,} bootstraps of prompts: {size}", cpu_each(lambda: _ours(votes), TIMES))
    cells = _by_prompt(votes)
    once = cpu_each(lambda: _theirs(cells, THEIR_RESAMPLES), 3)
    scaled = [seconds * (RESAMPLES + 1) / THEIR_RESAMPLES for seconds in once]
    tell(f"the same by evalica.newman on weighted cells, from {THEIR_RESAMPLES}", scaled)
    print(f"largest difference of a log-worth between the two: {_difference(votes):.1e}")
    tell(f"whole verdict (2,000 bootstraps): {size}", cpu_each(lambda: summarise(read_votes(table)), TIMES))
    study = _votes(votes=20_000, seed=3, arms=2)
    size = "20,000 votes, 1,000 prompts, 2 arms"
    tell(f"whole verdict: {size}", cpu_each(lambda: summarise(read_votes(study)), 20))
    million = _votes(votes=1_000_000, seed=2)
    tell("whole verdict of 1,000,000 votes, a frame", cpu_each(lambda: summarise(read_votes(million)), 3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "votes.csv"
        million.to_csv(path, index=False)
        tell("reading these from a CSV file of 30 MB", cpu_each(lambda: read_csv(path), 3))


def _ours(votes: Votes) -> Strengths:
    """Strengths from votes: grouping prompts, fitting, resampling."""
    cell = votes.pair * 3 + np.minimum(votes.outcome, 2)
    prompts = alike_prompts(votes.prompt, cell, 3 * len(votes.pairs))
    return strengths(len(votes.arms), np.array(votes.pairs), prompts, resamples=RESAMPLES)


def _by_prompt(votes: Votes) -> FloatArray:
    """How many votes of each kind every prompt holds (prompts × cells)."""
    cells = 3 * len(votes.pairs)
    cell = votes.pair * 3 + np.minimum(votes.outcome, 2)
    counts = np.bincount(votes.prompt * cells + cell, minlength=len(votes.prompts) * cells)
    return counts.reshape(-1, cells).astype(np.float64)


def _theirs(by_prompt: FloatArray, resamples: int) -> list[float]:
    """The same resamples as evalica would have them: one weighted row for each pair and outcome."""
    rng = np.random.default_rng(0)
    prompts = len(by_prompt)
    found = []
    for _ in range(resamples):
        drawn = rng.multinomial(prompts, np.full(prompts, 1 / prompts))
        found.append(float(_newman(drawn @ by_prompt).scores.iloc[0]))
    return found


def _newman(weights: FloatArray) -> "evalica.NewmanResult":
    pairs = [(i, j) for i in range(len(ARMS)) for j in range(i + 1, len(ARMS))]
    first = [ARMS[i] for i, _ in pairs for _ in range(3)]
    second = [ARMS[j] for _, j in pairs for _ in range(3)]
    outcomes = [evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw] * len(pairs)
    return evalica.newman(first, second, outcomes, weights=weights.tolist(), tolerance=1e-8, limit=1_000)


def _difference(votes: Votes) -> float:
    totals = _by_prompt(votes).sum(axis=0)
    pairs: IntArray = np.array(votes.pairs)
    ours = fit_davidson(pairs, totals.reshape(1, -1, 3), len(ARMS), pseudo=0).log_worth[0]
    theirs = np.log(_newman(totals).scores.loc[list(ARMS)].to_numpy())
    return float(np.abs(ours - (theirs - theirs.mean())).max())


def _votes(votes: int, seed: int, arms: int = len(ARMS)) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    left = rng.integers(0, arms, votes)
    right = (left + rng.integers(1, arms, votes)) % arms
    edge = (right - left) / arms
    draw = rng.random(votes) + 0.3 * edge
    outcome = np.select([draw < 0.4, draw < 0.8, draw < 0.95], OUTCOMES[:3], OUTCOMES[3])
    names = np.array(ARMS)
    return pd.DataFrame(
        {
            "prompt_id": rng.integers(0, PROMPTS, votes).astype(str),
            "rater_id": rng.integers(0, 40, votes).astype(str),
            "arm_left": names[left],
            "arm_right": names[right],
            "outcome": outcome,
        }
    )


if __name__ == "__main__":
    main()

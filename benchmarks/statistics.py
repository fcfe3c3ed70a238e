"""The statistics: many arms and many votes; CPU seconds of this process, one thread."""

import numpy as np
import pandas as pd

from benchmarks.measure import cpu_each, tell
from core.verdict.summary import summarise
from core.verdict.votes import read_votes

ARMS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
OUTCOMES = ("left", "right", "tie", "both_bad")


def main() -> None:
    """Measure a whole verdict: strengths with bootstrap, evidence, agreement."""
    votes = _votes(prompts=1_000, votes=100_000, seed=1)
    tell("verdict of 100,000 votes, 1,000 prompts, 6 arms", cpu_each(lambda: summarise(read_votes(votes)), 3))


def _votes(prompts: int, votes: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    left = rng.integers(0, len(ARMS), votes)
    right = (left + rng.integers(1, len(ARMS), votes)) % len(ARMS)
    edge = (right - left) / len(ARMS)
    draw = rng.random(votes) + 0.3 * edge
    outcome = np.select([draw < 0.4, draw < 0.8, draw < 0.95], OUTCOMES[:3], OUTCOMES[3])
    names = np.array(ARMS)
    return pd.DataFrame(
        {
            "prompt_id": rng.integers(0, prompts, votes).astype(str),
            "rater_id": rng.integers(0, 40, votes).astype(str),
            "arm_left": names[left],
            "arm_right": names[right],
            "outcome": outcome,
        }
    )


if __name__ == "__main__":
    main()

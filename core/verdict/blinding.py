"""Blinding: could raters tell which answer came from which arm?

At the end of a study raters guess, on some prompts, which side was the tuned one. If they guess right more
often than a coin, their preferences may be about the arm and not about the answer.
"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.intervals import shown_interval
from core.verdict.signs import sign_test

WRONG, UNSURE, RIGHT = 0.0, 0.5, 1.0
"""What a guess scores; `UNSURE` is "I cannot tell"."""

FEWEST_GUESSED_PROMPTS = 10
"""On 10 prompts a sign test finds out raters who are right on 9; on fewer it finds next to nothing."""

_SURE = 0.05


@dataclass(frozen=True)
class Guesses:
    """How often guesses were right.

    Attributes:
        n_guesses: guesses given, "cannot tell" among them.
        n_prompts: prompts they are on: the unit.
        right: mean over prompts of the mean guess (right 1, cannot tell ½, wrong 0); .5 is blind.
        ci95: its interval; None on few prompts.
        p: exact two-sided sign test over prompts.
        index: Bang's blinding index over guesses, (right − wrong) / all: 0 blind, 1 everybody knew, −1
            everybody thought it was the other one (Bang et al. 2004, Control. Clin. Trials 25:143).
    """

    n_guesses: int
    n_prompts: int
    right: float | None
    ci95: Interval | None
    p: float
    index: float | None

    @property
    def sentence(self) -> str:
        """What the guesses say about the blinding."""
        if self.right is None or self.n_prompts < FEWEST_GUESSED_PROMPTS:
            return (
                f"Guesses on {self.n_prompts} prompts are too few to say whether raters could tell the arms "
                f"apart: {FEWEST_GUESSED_PROMPTS} or more are needed."
            )
        share = f"{100 * self.right:.0f} % right over {self.n_prompts} prompts (exact p {self.p:.2g})"
        if self.p < _SURE and self.right > UNSURE:
            return f"Raters could tell which answer was the tuned one: {share}. The study was not blind."
        if self.p < _SURE:
            return f"Raters took one arm for the other: {share}. They saw a difference and misnamed it."
        return f"Nothing shows that raters could tell the arms apart: {share}. Only gross leaks would show."


def guesses(prompt: IntArray, guess: FloatArray) -> Guesses:
    """Return how often raters guessed the arm.

    Two raters who both take the longer answer for the tuned one are not two pieces of evidence, so prompts
    are the unit here too.

    Args:
        prompt: the prompt of each guess.
        guess: `RIGHT`, `WRONG` or `UNSURE`.

    Raises:
        ValueError: not one prompt for each guess, or a guess is none of the three.
    """
    if len(prompt) != len(guess) or not np.isin(guess, [WRONG, UNSURE, RIGHT]).all():
        raise ValueError("A guess is right (1), wrong (0) or cannot tell (0.5), and belongs to one prompt.")
    if not len(guess):
        return Guesses(0, 0, None, None, 1.0, None)
    _, place = np.unique(prompt, return_inverse=True)
    scores = np.bincount(place, guess) / np.bincount(place)
    return Guesses(
        n_guesses=len(guess),
        n_prompts=len(scores),
        right=float(scores.mean()),
        ci95=shown_interval(scores),
        p=sign_test(scores).p,
        index=float(2 * guess.mean() - 1),
    )

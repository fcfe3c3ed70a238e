"""The two arms of a comparison as a reader meets them: names, words for a sentence, speed and tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.answers.arms import Arm, ArmKind
from core.answers.measures import answers_frame
from core.providers.prices import asking_cost
from core.store.store import Store

WORDS = {ArmKind.BASE: "the base model", ArmKind.TUNED: "the tuned model"}

ENOUGH_TIMED = 20
"""Of fewer answers the slowest twentieth is none."""

THOUSAND = 1000


@dataclass(frozen=True)
class ArmLine:
    """One arm: its name, how a sentence speaks of it, and what its answers took; None is unknown.

    Attributes:
        picks_replies: it chooses among approved replies; tokens and cost do not apply.
        seconds: the median of `n_timed` answers; `seconds95`: nineteen of twenty take no longer.
        tokens: the median number written.
        per_thousand: USD for a thousand answers like these.
    """

    name: str
    words: str
    model: str
    picks_replies: bool
    n_timed: int
    seconds: float | None
    seconds95: float | None
    tokens: float | None
    per_thousand: float | None

    @property
    def heading(self) -> str:
        """Its words at the beginning of a line."""
        return self.words[:1].upper() + self.words[1:]

    @property
    def speed_words(self) -> str:
        """How long an answer took."""
        if self.seconds is None:
            return "time unknown"
        slow = f", 95 % within {_time(self.seconds95)}" if self.seconds95 is not None else ""
        return f"{_time(self.seconds)} an answer (median of {self.n_timed}{slow})"

    @property
    def cost_words(self) -> str:
        """What it writes, and what a thousand answers cost."""
        if self.picks_replies:
            return "tokens and cost do not apply"
        tokens = f"{self.tokens:.0f} tokens written (median)" if self.tokens is not None else "tokens unknown"
        if self.per_thousand is None:
            return f"{tokens}; cost unknown"
        return f"{tokens}; ${self.per_thousand:,.2f} for 1,000 answers"


def arm_lines(store: Store, dataset_id: str, arms: Sequence[Arm]) -> list[ArmLine]:
    """The arms with what is known of their answers to the dataset's test split."""
    answers = answers_frame(store, dataset_id, arms)
    alike = len({arm.kind for arm in arms}) < len(arms)
    lines = []
    for arm in arms:
        own = answers[answers["arm_id"] == arm.id]
        seconds, tokens = own["seconds"].dropna(), own["output_tokens"].dropna()
        lines.append(
            ArmLine(
                name=arm.name,
                words=arm.name if alike else WORDS.get(arm.kind, arm.name),
                model=arm.model,
                picks_replies=arm.picks_replies,
                n_timed=len(seconds),
                seconds=float(seconds.median()) if len(seconds) else None,
                seconds95=float(seconds.quantile(0.95)) if len(seconds) >= ENOUGH_TIMED else None,
                tokens=float(tokens.median()) if len(tokens) else None,
                per_thousand=_per_thousand(arm, own),
            )
        )
    return lines


def _per_thousand(arm: Arm, own: pd.DataFrame) -> float | None:
    """USD; None where the price is unknown, or the tokens of any answer are."""
    said = own[own["error"].isna()]
    if arm.picks_replies or said.empty or said[["input_tokens", "output_tokens"]].isna().any(axis=None):
        return None
    read, written = float(said["input_tokens"].mean()), float(said["output_tokens"].mean())
    cost = asking_cost(arm.provider, arm.model, read, written)
    return None if cost is None else THOUSAND * cost


def _time(seconds: float) -> str:
    return f"{THOUSAND * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

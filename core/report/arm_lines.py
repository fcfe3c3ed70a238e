"""The two arms of a comparison as a reader meets them: names, words for a sentence, speed and tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answers.arms import Arm, ArmKind
from core.answers.measures import answers_frame
from core.store.store import Store

WORDS = {ArmKind.BASE: "the base model", ArmKind.TUNED: "the tuned model"}


@dataclass(frozen=True)
class ArmLine:
    """One arm: its name, how a sentence speaks of it, and what its answers took; None is unknown.

    `seconds` is the median of `n_timed` answers; `tokens` the median number written, which does not apply
    where `picks_replies`.
    """

    name: str
    words: str
    model: str
    picks_replies: bool
    n_timed: int
    seconds: float | None
    tokens: float | None

    @property
    def heading(self) -> str:
        """Its words at the beginning of a line."""
        return self.words[:1].upper() + self.words[1:]


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
                tokens=float(tokens.median()) if len(tokens) else None,
            )
        )
    return lines

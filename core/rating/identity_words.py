"""Identity words: what in an answer may tell a rater which model wrote it, or that one did."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.answers.arms import Arm

SAYING = (
    r"as an ai\b",
    r"\ban ai (?:language )?(?:model|assistant)",
    r"\b(?:large )?language model",
    r"\bfine[- ]?tun\w+",
    r"\b(?:tuned|base|untuned) model",
    r"\btraining data\b",
    r"\bknowledge cut-?off",
    r"\bsystem prompt",
)
"""How a model speaks of itself."""

NAMES = (
    r"\b(?:chat)?gpt(?:-?\d\w*)?\b",
    r"\bopenai\b",
    r"\banthropic\b",
    r"\bclaude\b",
    r"\bgemini\b",
    r"\bllama(?:-?\d\w*)?\b",
    r"\bmi[sx]tral\b",
    r"\bqwen\w*",
    r"\bdeepseek\b",
    r"\bhugging ?face\b",
    r"\bnebius\b",
)
"""Models and their vendors."""

SHORTEST_NAME = 5
"""A model's own name that is shorter is a word like any other."""


@dataclass(frozen=True)
class Tell:
    """A prompt with a word in one of its answers that may tell whose it is; which answer is not said."""

    item_id: int
    question: str
    words: tuple[str, ...]


def telling(answers: Iterable[tuple[int, str, str, str]], arms: Sequence[Arm]) -> tuple[Tell, ...]:
    """The prompts on which an answer has an identity word that the question does not have.

    Args:
        answers: item, question, and the texts of both answers.
        arms: the arms of the study, whose names and models are words to look for too.
    """
    pattern = _pattern(arms)
    found = []
    for item_id, question, *texts in answers:
        asked = question.lower()
        words = {match.lower() for text in texts for match in pattern.findall(text)}
        told = tuple(sorted(word for word in words if word not in asked))
        if told:
            found.append(Tell(item_id, question, told))
    return tuple(found)


def _pattern(arms: Sequence[Arm]) -> re.Pattern[str]:
    own = {name for arm in arms for name in (arm.name, arm.model) if len(name) >= SHORTEST_NAME}
    names = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(own, key=len, reverse=True)]
    return re.compile("|".join([*names, *SAYING, *NAMES]), re.IGNORECASE)

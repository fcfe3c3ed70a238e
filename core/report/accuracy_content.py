"""Accuracy on the held-out test split: how often each model gave the approved reply word for word."""

from dataclasses import dataclass

import pandas as pd

from core.answers.arms import Arm
from core.answers.measures import answers_frame, exact
from core.curation.projects import Kind, project_by_id
from core.datasets.splitting import Split
from core.datasets.versions import Dataset, rows_of
from core.report.verdict_sentences import p_words
from core.store.store import Store
from core.text.figures import percent_words
from core.verdict.accuracy import ArmAccuracy, Paired

OFTEN = 0.5
"""From this share of test replies that training knew, a word-for-word comparison says something."""

MOST_MISSES = 8


@dataclass(frozen=True)
class Miss:
    """A wrong answer of the second model, how often it was given, and one question it was given to."""

    expected: str
    given: str
    times: int
    question: str


@dataclass(frozen=True)
class AccuracyContent:
    """Both models against the approved replies; `n` of `n_test` questions have an answer of both.

    `paired` compares the second with the first: `fixed` = second right where the first was wrong. `misses`
    are the second's wrong answers, the most frequent first; `forgotten` those where the first was right.
    """

    n: int
    n_test: int
    first: ArmAccuracy
    second: ArmAccuracy
    paired: Paired
    sentence: str
    misses: tuple[Miss, ...]
    forgotten: tuple[Miss, ...]


def accuracy_content(
    store: Store, dataset: Dataset, first: Arm, second: Arm, words: tuple[str, str]
) -> AccuracyContent | None:
    """The accuracy of two arms; None where replies do not repeat, or no question has an answer of both.

    Args:
        store: the store.
        dataset: its test split has the expected replies.
        first: the arm to compare with.
        second: the arm in question.
        words: both as they stand in a sentence.
    """
    if not replies_repeat(store, dataset):
        return None
    arms = (first, second)
    found = exact(store, dataset.id, arms)
    if found is None:
        return None
    paired = found.paired[first.id, second.id]
    scores = (found.arms[first.id], found.arms[second.id])
    answers = answers_frame(store, dataset.id, arms).dropna(subset=["text"])
    wrong = answers[answers["text"].str.strip() != answers["expected"].str.strip()]
    missed = wrong[wrong["arm_id"] == second.id]
    known = answers.loc[(answers["arm_id"] == first.id) & ~answers.index.isin(wrong.index), "item_id"]
    return AccuracyContent(
        n=found.n,
        n_test=found.n_test,
        first=scores[0],
        second=scores[1],
        paired=paired,
        sentence=_sentence(found.n, scores, paired, words),
        misses=_kinds(missed)[:MOST_MISSES],
        forgotten=_kinds(missed[missed["item_id"].isin(known)]),
    )


def replies_repeat(store: Store, dataset: Dataset) -> bool:
    """Whether a word-for-word comparison is fair: replies are labels, or training saw most of them."""
    if project_by_id(store, dataset.project_id).kind is Kind.LABEL:
        return True
    rows = rows_of(store, dataset.id)
    known = {row.reply.strip() for row in rows if row.split is Split.TRAIN}
    asked = [row.reply.strip() in known for row in rows if row.split is Split.TEST]
    return bool(asked) and sum(asked) / len(asked) >= OFTEN


def _sentence(n: int, scores: tuple[ArmAccuracy, ArmAccuracy], paired: Paired, words: tuple[str, str]) -> str:
    base, tuned = (percent_words(score.accuracy, score.shown95) for score in scores)
    return (
        f"On {n} held-out questions {words[1]} gave the approved reply word for word in {tuned}, "
        f"{words[0]} in {base}: {paired.fixed} fixed, {paired.broken} broken, "
        f"{p_words(paired.mcnemar_exact_p)} (exact McNemar)."
    )


def _kinds(wrong: pd.DataFrame) -> tuple[Miss, ...]:
    """Wrong answers by what was expected and what was said, the most frequent first."""
    kinds = wrong.groupby(["expected", "text"], sort=False)["question"].agg(["size", "first"])
    worst = kinds.sort_values("size", ascending=False, kind="stable")
    return tuple(
        Miss(expected, given, int(times), question)
        for (expected, given), times, question in zip(worst.index, worst["size"], worst["first"], strict=True)
    )

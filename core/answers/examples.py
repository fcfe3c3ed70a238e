"""Examples: the taught replies nearest to a question, which an untuned model reads before it answers.

This is what tuning is weighed against: the same replies, looked up at every question instead of learned once.
"""

from collections.abc import Sequence

from core.curation.items import Turn
from core.datasets.splitting import Split
from core.datasets.versions import FrozenRow, rows_of
from core.store.store import Store
from core.text.nearest import nearest

MOST = 20
"""Examples of one question; more of them would rather fill a model's context than help it."""


def examples_for(
    store: Store, dataset_id: str, questions: Sequence[str], examples: int
) -> list[tuple[Turn, ...]]:
    """What stands before each question: taught questions like it, each followed by its reply.

    They come from the training split alone, one for each reply. The nearest stands last, because models lean
    to what they read last (Zhao et al. 2021, "Calibrate before use", §4). Questions that share no telling
    word with any get none.

    Raises:
        Refused: there is no such dataset.
    """
    if not examples:
        return [()] * len(questions)
    taught = rows_of(store, dataset_id, Split.TRAIN)
    ranked = nearest(questions, [row.question for row in taught])
    return [_turns([taught[place] for place in places], examples) for places in ranked]


def _turns(nearest_first: Sequence[FrozenRow], examples: int) -> tuple[Turn, ...]:
    chosen: dict[str, str] = {}
    for row in nearest_first:
        if len(chosen) < examples:
            chosen.setdefault(row.reply, row.question)
    return tuple(
        turn
        for reply, question in reversed(chosen.items())
        for turn in (Turn("user", question), Turn("assistant", reply))
    )

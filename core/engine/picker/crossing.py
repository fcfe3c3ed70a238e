"""Cross-validation: examples are left out in turn, and measured by a training that has not seen them."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from core.engine.picker.training import Lesson, Measured, Numbers, Settings, train

FOLDS = 5
LEAST = 20
"""With fewer examples that can be left out, what they say is noise."""
_ONE_FOLD_ABOVE = 3000


def folds(questions: Sequence[str], answers: Sequence[int], seed: int) -> list[Numbers]:
    """Which examples to leave out together, one list after the other.

    An answer keeps at least one question in other words, so an example whose answer has no other question is
    never left out; repeated examples stay together. Of a large file one fifth is left out once: it is enough.
    """
    wordings: dict[int, list[str]] = defaultdict(list)
    for at in np.random.default_rng(seed).permutation(len(questions)):
        if questions[at] not in wordings[answers[at]]:
            wordings[answers[at]].append(questions[at])
    fold = {
        (answer, question): (answer + place) % FOLDS
        for answer, known in wordings.items()
        for place, question in enumerate(known)
        if len(known) > 1
    }
    pairs = zip(answers, questions, strict=True)
    number = np.asarray([fold.get(pair, FOLDS) for pair in pairs], dtype=np.int64)
    found = [rows for rows in (np.flatnonzero(number == one) for one in range(FOLDS)) if len(rows)]
    if sum(map(len, found)) < LEAST:
        return []
    return found[:1] if len(questions) > _ONE_FOLD_ABOVE else found


def cross_validated(
    lesson: Lesson, left_out: Sequence[Numbers], settings: Settings, go_on: Callable[[], None]
) -> list[Measured]:
    """How good step 0 and every epoch are on examples left out; fewer epochs where a training diverged.

    `go_on` is called at every step.
    """
    sums: list[list[tuple[int, Measured]]] = []
    for rows in left_out:
        others = np.setdiff1d(np.arange(lesson.examples), rows)
        ends = []
        for step in train(lesson.some(others), lesson.some(rows), settings):
            go_on()
            if step.end is not None and step.end.valid is not None:
                ends.append((len(rows), step.end.valid))
        sums.append(ends)
    return [_mean(epoch) for epoch in zip(*sums, strict=False)]


def _mean(parts: Sequence[tuple[int, Measured]]) -> Measured:
    count = sum(size for size, _ in parts)
    loss = sum(size * measured.loss for size, measured in parts) / count
    return Measured(loss, sum(size * measured.right for size, measured in parts) / count)

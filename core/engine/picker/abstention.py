"""When the picker says that it has not been taught something, by a rule that base and tuned model share.

The rule looks at the question and the training file alone: how near is the nearest question that was taught?
"""

import numpy as np

from core.engine.encoder.encoder import Vectors

ANSWERED_SHARE = 0.995
_CEILING = 0.45
_LEAST_MARGIN = 0.6


def threshold(taught: Vectors, held_out: Vectors | None) -> float:
    """The nearness below which a question counts as not taught.

    It is set so that `ANSWERED_SHARE` of the questions known to belong are answered: every taught question
    seen from the others, and the validation file's questions. Of n such questions the lowest is not yet
    the lowest there is: a margin of 1.2/√n (measured on three public sets, 10 to 760 examples) is left.
    """
    known = [_nearest_other(taught)]
    if held_out is not None and len(held_out):
        known.append(nearest(held_out, taught)[1])
    cosines = np.concatenate(known)
    lowest = float(np.quantile(cosines, 1 - ANSWERED_SHARE))
    margin = max(_LEAST_MARGIN, 1 - 1.2 / np.sqrt(len(cosines)))
    return float(np.clip(margin * lowest, 0.0, _CEILING))


def nearest(questions: Vectors, taught: Vectors, at_once: int = 512) -> tuple[np.ndarray, np.ndarray]:
    """For each question the number of the nearest taught one, and the cosine between them."""
    places, cosines = [], []
    for start in range(0, len(questions), at_once):
        similar = questions[start : start + at_once] @ taught.T
        places.append(similar.argmax(axis=1))
        cosines.append(similar.max(axis=1))
    return np.concatenate(places), np.concatenate(cosines)


def _nearest_other(taught: Vectors, at_once: int = 512) -> np.ndarray:
    cosines = []
    for start in range(0, len(taught), at_once):
        similar = taught[start : start + at_once] @ taught.T
        rows = np.arange(len(similar))
        similar[rows, start + rows] = -1.0
        cosines.append(similar.max(axis=1))
    return np.concatenate(cosines)

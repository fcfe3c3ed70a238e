"""When the picker says that it has not been taught something, by a rule that base and tuned model share.

The rule looks at the question and the training file alone: how near is the nearest question that was taught?
"""

import numpy as np

from core.engine.encoder.encoder import Vectors
from core.engine.picker.training import Numbers

ANSWERED_SHARE = 0.99
_CEILING = 0.45
_AT_ONCE = 512
_LEFT_OUT = 2000


def threshold(taught: Vectors, held_out: Vectors | None) -> float:
    """The nearness below which a question counts as not taught.

    It is set on questions known to belong, each seen from those it was not taught with: every taught one
    from the others, and those of the validation file. Of n such cosines it is the ⌊(n + 1)·(1 - share)⌋-th
    lowest (for small n the lowest), by which a further question of their kind is answered with probability
    `ANSWERED_SHARE` (conformal prediction: Vovk, Gammerman and Shafer 2005). No question is refused above
    the ceiling: far-off ones do not come so near. `taught` holds each wording once.
    """
    known = [_nearest_other(taught)]
    if held_out is not None and len(held_out):
        known.append(nearest(held_out, taught)[1])
    cosines = np.sort(np.concatenate(known))
    refused = int((len(cosines) + 1) * (1 - ANSWERED_SHARE))
    return float(np.clip(cosines[max(refused, 1) - 1], 0.0, _CEILING))


def nearest(questions: Vectors, taught: Vectors) -> tuple[Numbers, Vectors]:
    """For each question the number of the nearest taught one, and the cosine between them."""
    places, cosines = [], []
    for start in range(0, len(questions), _AT_ONCE):
        similar = questions[start : start + _AT_ONCE] @ taught.T
        places.append(similar.argmax(axis=1))
        cosines.append(similar.max(axis=1))
    return np.concatenate(places), np.concatenate(cosines)


def _nearest_other(taught: Vectors) -> Vectors:
    """For taught questions the cosine to the nearest other one; of very many, for as many as are enough."""
    chosen = np.unique(np.linspace(0, len(taught) - 1, min(len(taught), _LEFT_OUT)).astype(np.int64))
    cosines = []
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        similar = taught[some] @ taught.T
        similar[np.arange(len(some)), some] = -1.0
        cosines.append(similar.max(axis=1))
    return np.concatenate(cosines)

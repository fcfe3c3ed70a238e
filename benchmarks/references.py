"""Other ways to pick one of a few answers, for comparison: each is as good as a few lines can make it.

Where a reference has a weight or a strength to choose, it is given the best one on the test rows themselves,
which no honest method may do: what beats it, beats it at its best. The strongest is also measured as somebody
would have to use it, with the strength that cross-validation on the training rows says.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
_WORDS = re.compile(r"\w\w+")
_STRENGTHS = (1.0, 10.0, 100.0)
_NOTHING = 1e-10
_WEIGHTS = (0.1, 0.25, 0.5, 1.0)
_FOLDS = 5


@dataclass(frozen=True)
class Draw:
    """Training and test rows as unit vectors and texts, right answers by number, the answers as vectors."""

    taught: Floats
    taught_texts: list[str]
    targets: Numbers
    asked: Floats
    asked_texts: list[str]
    right: Numbers
    answers: Floats


Reference = Callable[[Draw], Numbers]


def nearest_question(draw: Draw) -> Numbers:
    """The answer of the most similar training question."""
    picked: Numbers = draw.targets[(draw.asked @ draw.taught.T).argmax(axis=1)]
    return picked


def centroid(draw: Draw) -> Numbers:
    """The answer whose training questions are nearest on the mean."""
    return _picked(draw.asked @ _centroids(draw).T)


def centroid_and_text(draw: Draw) -> Numbers:
    """The same, and the answer's own text counts as well."""
    ways = (_picked(draw.asked @ (_centroids(draw) + weight * draw.answers).T) for weight in _WEIGHTS)
    return _best(draw, ways)


def logistic_regression(draw: Draw) -> Numbers:
    """On the vectors."""
    return _best_regression(draw, draw.taught, draw.asked)


def logistic_regression_on_all(draw: Draw) -> Numbers:
    """On the vectors, TF-IDF of words and pairs of words, and the similarities to the answers' texts."""
    return _best_regression(draw, *_everything(draw))


def logistic_regression_as_used(draw: Draw) -> Numbers:
    """The same; its strength is the one that cross-validation on the training rows finds best."""
    taught, asked = _in_their_span(*_everything(draw))
    fold = np.random.default_rng(0).permutation(len(taught)) % _FOLDS

    def right(strength: float) -> int:
        picked = np.zeros_like(draw.targets)
        for number in range(_FOLDS):
            others, rows = fold != number, fold == number
            fit = _regression(taught[others], draw.targets[others], len(draw.answers), strength)
            picked[rows] = _fitted(taught[rows], fit)
        return int((picked == draw.targets).sum())

    strength = max(_STRENGTHS, key=right)
    return _fitted(asked, _regression(taught, draw.targets, len(draw.answers), strength))


REFERENCES: dict[str, Reference] = {
    "nearest question": nearest_question,
    "class centroid": centroid,
    "centroid and text": centroid_and_text,
    "logistic regression": logistic_regression,
    "the same, and TF-IDF": logistic_regression_on_all,
}
AS_USED: dict[str, Reference] = {"the same, as it would be used": logistic_regression_as_used}
"""For tasks with several examples of each answer: cross-validation needs some to leave out."""


def _picked(scores: Floats) -> Numbers:
    picked: Numbers = scores.argmax(axis=1)
    return picked


def _best(draw: Draw, ways: Iterable[Numbers]) -> Numbers:
    return max(ways, key=lambda picked: float((picked == draw.right).mean()))


def _centroids(draw: Draw) -> Floats:
    sums = np.zeros_like(draw.answers)
    np.add.at(sums, draw.targets, draw.taught)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return sums


def _best_regression(draw: Draw, taught: Floats, asked: Floats) -> Numbers:
    taught, asked = _in_their_span(taught, asked)
    fits = (_regression(taught, draw.targets, len(draw.answers), strength) for strength in _STRENGTHS)
    return _best(draw, (_fitted(asked, fit) for fit in fits))


def _everything(draw: Draw) -> tuple[Floats, Floats]:
    words, asked_words = _tfidf(draw.taught_texts, draw.asked_texts)
    taught = np.hstack([draw.taught, words, draw.taught @ draw.answers.T])
    return taught, np.hstack([draw.asked, asked_words, draw.asked @ draw.answers.T])


def _fitted(asked: Floats, fit: tuple[Floats, Floats]) -> Numbers:
    weights, bias = fit
    return _picked(asked @ weights.T + bias)


def _in_their_span(taught: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Coordinates by which an L2-regularised fit is the same (representer theorem), and much quicker."""
    products = taught @ taught.T
    values, directions = np.linalg.eigh(products)
    there = values > values[-1] * _NOTHING
    directions = directions[:, there] / np.sqrt(values[there])
    return products @ directions, asked @ taught.T @ directions


def _regression(taught: Floats, targets: Numbers, answers: int, strength: float) -> tuple[Floats, Floats]:
    """Multinomial logistic regression with an L2 penalty of 1/strength, as scikit-learn's C."""
    shape = (answers, taught.shape[1])
    rows = np.arange(len(targets))

    def loss(values: Floats) -> tuple[float, Floats]:
        weights, bias = values[:-answers].reshape(shape), values[-answers:]
        scores = taught @ weights.T + bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        total = odds.sum(axis=1)
        entropy = float((np.log(total) - scores[rows, targets]).sum())
        blame = odds / total[:, None]
        blame[rows, targets] -= 1
        gradient = blame.T @ taught + weights / strength
        return entropy + float((weights**2).sum()) / 2 / strength, np.append(gradient, blame.sum(axis=0))

    start = np.zeros(answers * (shape[1] + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return found[:-answers].reshape(shape), found[-answers:]


def _tfidf(taught: list[str], asked: list[str]) -> tuple[Floats, Floats]:
    """Sublinear term frequency × smoothed inverse document frequency, rows of length 1."""
    counted = [_terms(text) for text in taught]
    known = {term: place for place, term in enumerate(sorted({term for one in counted for term in one}))}
    documents = Counter(term for one in counted for term in one)
    rarity = np.log((1 + len(taught)) / (1 + np.array([documents[term] for term in known]))) + 1

    def rows(counts: list[Counter[str]]) -> Floats:
        found = np.zeros((len(counts), len(known)))
        for row, one in enumerate(counts):
            for term in one.keys() & known.keys():
                found[row, known[term]] = (1 + np.log(one[term])) * rarity[known[term]]
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return found

    return rows(counted), rows([_terms(text) for text in asked])


def _terms(text: str) -> Counter[str]:
    words = _WORDS.findall(text.lower())
    return Counter([*words, *map(" ".join, pairwise(words))])

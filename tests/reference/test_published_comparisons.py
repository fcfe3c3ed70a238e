"""Paired comparisons: our Davidson fit gives the worths that papers and other tools printed."""

from pathlib import Path

import evalica
import numpy as np
import pandas as pd
import pytest

from core.verdict.davidson import fit_davidson


def test_davidsons_puddings_have_the_published_worths(reference: Path) -> None:
    # Davidson 1970, JASA 65:317, example 2
    table = pd.read_csv(reference / "pudding" / "pudding.csv")
    pairs = table[["i", "j"]].to_numpy() - 1
    counts = table[["w_ij", "w_ji", "t_ij"]].to_numpy(dtype=float)[None]

    fit = fit_davidson(pairs, counts, 6, pseudo=0)

    worth = np.exp(fit.log_worth[0])
    published = [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855]
    assert worth / worth.sum() == pytest.approx(published, abs=3e-5)
    assert fit.nu[0] == pytest.approx(0.7468147, abs=3e-5)
    assert fit.converged[0]


def test_wikipedias_bradley_terry_example() -> None:
    # https://en.wikipedia.org/wiki/Bradley–Terry_model, "Worked example"
    wins = {(0, 1): (2, 3), (0, 2): (0, 0), (0, 3): (1, 4), (1, 2): (5, 3), (1, 3): (0, 0), (2, 3): (1, 3)}
    pairs = np.array(list(wins))
    counts = np.array([[*won, 0] for won in wins.values()], dtype=float)[None]

    fit = fit_davidson(pairs, counts, 4, pseudo=0)

    assert np.exp(fit.log_worth[0]) == pytest.approx([0.640, 1.043, 0.660, 2.270], abs=6e-4)
    assert fit.nu[0] == 0


@pytest.mark.parametrize("name", ["food", "simple"])
def test_evalicas_golden_newman_strengths(reference: Path, name: str) -> None:
    # Newman 2023 is Davidson's model with nu = 2v
    cells, arms = _cells(reference / "evalica" / f"{name}.csv")
    golden = _golden(reference / "evalica" / f"{name}-golden.csv", "newman", arms)

    fit = fit_davidson(*cells, len(arms), pseudo=0)

    assert fit.log_worth[0] == pytest.approx(np.log(golden) - np.log(golden).mean(), abs=2e-3)


@pytest.mark.parametrize("name", ["food", "simple"])
def test_evalicas_golden_bradley_terry_strengths_with_ties_as_half_wins(reference: Path, name: str) -> None:
    (pairs, counts), arms = _cells(reference / "evalica" / f"{name}.csv")
    golden = _golden(reference / "evalica" / f"{name}-golden.csv", "bradley_terry", arms)
    halves = counts @ np.array([[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0]])

    fit = fit_davidson(pairs, halves, len(arms), pseudo=0)

    assert fit.log_worth[0] == pytest.approx(np.log(golden) - np.log(golden).mean(), abs=2e-3)


def test_evalicas_own_newman_fit_on_mt_bench(reference: Path) -> None:
    votes = pd.read_json(reference / "mtbench" / "human.jsonl", lines=True)
    winners = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y, "tie": evalica.Winner.Draw}
    theirs = evalica.newman(
        votes["model_a"].tolist(),
        votes["model_b"].tolist(),
        [winners[word] for word in votes["winner"]],
        tolerance=1e-12,
        limit=10_000,
    )
    sides = votes["winner"].map({"model_a": "left", "model_b": "right"}).fillna("tie")
    (pairs, counts), arms = _counted(votes["model_a"], votes["model_b"], sides)

    ours = fit_davidson(pairs, counts, len(arms), pseudo=0)

    expected = np.log(theirs.scores.loc[arms].to_numpy())
    assert ours.log_worth[0] == pytest.approx(expected - expected.mean(), abs=1e-6)
    assert ours.nu[0] == pytest.approx(2 * theirs.v, abs=1e-6)
    assert ours.log_worth[0][arms.index("gpt-4")] == pytest.approx(1.50, abs=0.005)


def _cells(path: Path) -> tuple[tuple[np.ndarray, np.ndarray], list[str]]:
    table = pd.read_csv(path, dtype=str)
    return _counted(table["left"], table["right"], table["winner"])


def _counted(
    left: "pd.Series[str]", right: "pd.Series[str]", winner: "pd.Series[str]"
) -> tuple[tuple[np.ndarray, np.ndarray], list[str]]:
    arms = sorted({*left, *right})
    cells: dict[tuple[int, int], np.ndarray] = {}
    for one, other, won in zip(left, right, winner, strict=True):
        i, j = arms.index(one), arms.index(other)
        outcome = {"left": 0, "right": 1, "tie": 2}[won]
        place = (min(i, j), max(i, j))
        cells.setdefault(place, np.zeros(3))[1 - outcome if i > j and outcome < 2 else outcome] += 1
    return (np.array(list(cells)), np.array(list(cells.values()))[None]), arms


def _golden(path: Path, algorithm: str, arms: list[str]) -> np.ndarray:
    golden = pd.read_csv(path, dtype={"item": str})
    scores = golden[golden["algorithm"] == algorithm].set_index("item")["score"]
    return scores.loc[arms].to_numpy(dtype=float)

"""Agreement: the published coefficients, and the agreement table of the MT-bench paper."""

from pathlib import Path

import evalica
import numpy as np
import pandas as pd
import pytest

from core.verdict.agreement import VALUES, agreeing_between, agreeing_pairs, alpha
from core.verdict.summary import summarise
from core.verdict.votes import read_votes

FIRST, SECOND, TIE = range(3)


def test_krippendorffs_example_has_the_published_alpha(reference: Path) -> None:
    codings = pd.read_csv(reference / "evalica" / "codings.csv", header=None)

    units = _units(codings)

    assert alpha(units) == pytest.approx(0.7434210526, abs=1e-9)
    assert alpha(units, np.array([1.0, 2, 3, 4, 5])) == pytest.approx(
        evalica.alpha(codings, distance="interval").alpha, abs=1e-12
    )


def test_word_classes_agree_as_evalica_says(reference: Path) -> None:
    codings = pd.read_csv(reference / "evalica" / "gcl.csv", header=None)

    assert alpha(_units(codings)) == pytest.approx(evalica.alpha(codings).alpha, abs=1e-12)


# arXiv 2306.05685, Table 5: (turn, with ties, without ties)
@pytest.mark.parametrize(
    ("turn", "with_ties", "without"), [(1, (886, 1343), (727, 859)), (2, (871, 1325), (731, 864))]
)
def test_gpt_4_agrees_with_experts_as_often_as_mt_bench_printed(
    reference: Path, turn: int, with_ties: tuple[int, int], without: tuple[int, int]
) -> None:
    judge, experts = _mt_bench_units(reference, turn)

    assert agreeing_between(judge, experts) == with_ties
    assert agreeing_between(judge[:, :TIE], experts[:, :TIE]) == without


@pytest.mark.parametrize(
    ("turn", "with_ties", "without"), [(1, (454, 721), (388, 479)), (2, (471, 707), (388, 474))]
)
def test_experts_agree_among_themselves_as_often_as_mt_bench_printed(
    reference: Path, turn: int, with_ties: tuple[int, int], without: tuple[int, int]
) -> None:
    _, experts = _mt_bench_units(reference, turn)

    assert agreeing_pairs(experts) == with_ties
    assert agreeing_pairs(experts[:, :TIE]) == without


@pytest.mark.parametrize(("who", "nominal", "spaced"), [("", 0.485, 0.576), ("expert", 0.467, 0.556)])
def test_the_alpha_of_mt_benchs_judges(reference: Path, who: str, nominal: float, spaced: float) -> None:
    votes = pd.read_json(reference / "mtbench" / "human.jsonl", lines=True)
    votes = votes[votes["judge"].str.startswith(who)]
    table = pd.DataFrame(
        {
            "prompt_id": votes["question_id"].astype(str) + " turn " + votes["turn"].astype(str),
            "rater_id": votes["judge"],
            "arm_left": votes["model_a"],
            "arm_right": votes["model_b"],
            "outcome": votes["winner"].map({"model_a": "left", "model_b": "right"}).fillna("tie"),
        }
    )

    found = summarise(read_votes(table)).agreement

    assert found.alpha_nominal == pytest.approx(nominal, abs=5e-4)
    assert found.alpha_interval == pytest.approx(spaced, abs=5e-4)
    assert found.ci95 is not None
    assert found.ci95[0] < nominal < found.ci95[1]


def test_categories_lie_on_one_scale() -> None:
    assert VALUES.tolist() == [1, -1, 0, 0]


def _units(codings: pd.DataFrame) -> np.ndarray:
    kinds = sorted(set(codings.melt()["value"].dropna()), key=str)
    return np.array([[(codings[unit] == kind).sum() for kind in kinds] for unit in codings], dtype=float)


def _mt_bench_units(reference: Path, turn: int) -> tuple[np.ndarray, np.ndarray]:
    judge = pd.read_json(reference / "mtbench" / "gpt4_pair.jsonl", lines=True)
    human = pd.read_json(reference / "mtbench" / "human.jsonl", lines=True)
    experts = human[human["judge"].str.startswith("expert")]
    counted = [_ratings(votes[votes["turn"] == turn]) for votes in (judge, experts)]
    units = counted[0].index.union(counted[1].index)
    by_judge, by_experts = (table.reindex(units, fill_value=0).to_numpy(dtype=float) for table in counted)
    return by_judge, by_experts


def _ratings(votes: pd.DataFrame) -> pd.DataFrame:
    flipped = votes["model_a"] > votes["model_b"]
    winner = votes["winner"].map({"model_a": FIRST, "model_b": SECOND}).fillna(TIE).astype(int)
    outcome = winner.where(~flipped | (winner == TIE), 1 - winner)
    first, second = votes[["model_a", "model_b"]].min(axis=1), votes[["model_a", "model_b"]].max(axis=1)
    table = pd.crosstab([votes["question_id"], first, second], outcome)
    return table.reindex(columns=[FIRST, SECOND, TIE], fill_value=0)

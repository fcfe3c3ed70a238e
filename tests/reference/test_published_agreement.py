"""Agreement: the published coefficients, and the agreement table of the MT-bench paper."""

from dataclasses import dataclass
from pathlib import Path

import evalica
import numpy as np
import pandas as pd
import pytest

from core.verdict.agreement import VALUES, alpha
from core.verdict.judge import judge_agreement
from core.verdict.summary import summarise
from core.verdict.votes import Votes, read_votes


def test_krippendorffs_example_has_the_published_alpha(reference: Path) -> None:
    codings = pd.read_csv(reference / "evalica" / "codings.csv", header=None)

    units = _units(codings)

    assert alpha(units) == pytest.approx(0.7434210526, abs=1e-9)
    assert alpha(units, np.array([1.0, 2, 3, 4, 5])) == pytest.approx(
        evalica.alpha(codings, distance="interval").alpha, abs=1e-12
    )


def test_krippendorffs_example_has_the_published_interval_alpha(reference: Path) -> None:
    # Krippendorff 2011, "Computing Krippendorff's alpha-reliability": .849 interval
    units = _units(pd.read_csv(reference / "evalica" / "codings.csv", header=None))

    assert alpha(units, np.arange(5.0)) == pytest.approx(0.849, abs=5e-4)


def test_word_classes_agree_as_evalica_says(reference: Path) -> None:
    codings = pd.read_csv(reference / "evalica" / "gcl.csv", header=None)

    assert alpha(_units(codings)) == pytest.approx(evalica.alpha(codings).alpha, abs=1e-12)


# arXiv 2306.05685, table 5: agreeing, of how many
@dataclass(frozen=True)
class Printed:
    """One turn of the printed table, with ties and without."""

    turn: int
    judge: tuple[int, int]
    judge_without: tuple[int, int]
    people: tuple[int, int]
    people_without: tuple[int, int]


PRINTED = (
    Printed(1, (886, 1343), (727, 859), (454, 721), (388, 479)),
    Printed(2, (871, 1325), (731, 864), (471, 707), (388, 474)),
)


@pytest.mark.parametrize("printed", PRINTED, ids=["turn 1", "turn 2"])
def test_gpt_4_and_experts_agree_as_often_as_mt_bench_printed(reference: Path, printed: Printed) -> None:
    judge, human = (_mt_bench(reference / "mtbench" / name) for name in ("gpt4_pair.jsonl", "human.jsonl"))
    experts = human[human["rater_id"].str.startswith("expert")]

    found = judge_agreement(*(_turn(votes, printed.turn) for votes in (judge, experts)))

    assert (found.judge, found.judge_without_ties) == (printed.judge, printed.judge_without)
    assert (found.people, found.people_without_ties) == (printed.people, printed.people_without)


@pytest.mark.parametrize(("who", "nominal", "spaced"), [("", 0.485, 0.576), ("expert", 0.467, 0.556)])
def test_the_alpha_of_mt_benchs_judges(reference: Path, who: str, nominal: float, spaced: float) -> None:
    votes = _mt_bench(reference / "mtbench" / "human.jsonl")

    found = summarise(read_votes(votes[votes["rater_id"].str.startswith(who)])).agreement

    assert found.alpha_nominal == pytest.approx(nominal, abs=5e-4)
    assert found.alpha_interval == pytest.approx(spaced, abs=5e-4)
    assert found.ci95 is not None
    assert found.ci95[0] < nominal < found.ci95[1]


def test_categories_lie_on_one_scale() -> None:
    assert VALUES.tolist() == [1, -1, 0, 0]


def _units(codings: pd.DataFrame) -> np.ndarray:
    kinds = sorted(set(codings.melt()["value"].dropna()), key=str)
    return np.array([[(codings[unit] == kind).sum() for kind in kinds] for unit in codings], dtype=float)


def _mt_bench(path: Path) -> pd.DataFrame:
    votes = pd.read_json(path, lines=True)
    return pd.DataFrame(
        {
            "prompt_id": votes["question_id"].astype(str) + " turn " + votes["turn"].astype(str),
            "rater_id": votes["judge"],
            "arm_left": votes["model_a"],
            "arm_right": votes["model_b"],
            "outcome": votes["winner"].map({"model_a": "left", "model_b": "right"}).fillna("tie"),
        }
    )


def _turn(votes: pd.DataFrame, turn: int) -> Votes:
    return read_votes(votes[votes["prompt_id"].str.endswith(f"turn {turn}")])

"""Recorded answers of 14 models on 600 complaints: every number agrees with an independent computation."""

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from core.cli.main import main

ARMS = "*_prediction"
COLUMNS = "expected=product,prompt_id=id"


@pytest.fixture
def table(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "data" / "llm_recorded_predictions.csv", dtype=str, keep_default_na=False)


@pytest.fixture
def document(shared: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    path = shared / "data" / "llm_recorded_predictions.csv"
    assert main(["accuracy", str(path), "--map", COLUMNS, "--arms", ARMS, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_models_accuracy_and_interval(document: dict[str, Any], table: pd.DataFrame) -> None:
    arms = [column for column in table.columns if column.endswith("_prediction")]

    assert list(document["arms"]) == arms
    assert len(arms) == 14
    assert document["n"] == 600
    for arm in arms:
        hits = int((table[arm].str.strip() == table["product"].str.strip()).sum())
        assert document["arms"][arm]["correct"] == hits
        assert document["arms"][arm]["accuracy"] == hits / 600
        assert document["arms"][arm]["wilson95"] == pytest.approx(
            proportion_confint(hits, 600, method="wilson"), abs=1e-12
        )


def test_every_models_macro_f1(document: dict[str, Any], table: pd.DataFrame) -> None:
    wanted = table["product"].str.strip().tolist()
    for arm, found in document["arms"].items():
        given = table[arm].str.strip().tolist()
        hits = Counter(label for label, said in zip(wanted, given, strict=True) if label == said)
        asked, said = Counter(wanted), Counter(given)
        scores = [2 * hits[label] / (asked[label] + said[label]) for label in asked]
        assert found["macro_f1"] == pytest.approx(np.mean(scores), abs=1e-12)


def test_every_pair_is_that_of_statsmodels(document: dict[str, Any], table: pd.DataFrame) -> None:
    right = {
        arm: (table[arm].str.strip() == table["product"].str.strip()).to_numpy() for arm in document["arms"]
    }

    assert [(pair["a"], pair["b"]) for pair in document["paired"]] == list(combinations(right, 2))
    for pair in document["paired"]:
        a, b = right[pair["a"]], right[pair["b"]]
        fixed, broken = int((b & ~a).sum()), int((a & ~b).sum())
        square = [[int((a & b).sum()), broken], [fixed, int((~a & ~b).sum())]]
        assert (pair["fixed"], pair["broken"]) == (fixed, broken)
        assert pair["net"] == pytest.approx((fixed - broken) / 600, abs=1e-15)
        assert pair["mcnemar_exact_p"] == pytest.approx(mcnemar(square, exact=True).pvalue, abs=1e-12)
        assert pair["tango95"][0] <= pair["net"] <= pair["tango95"][1]


def test_tangos_ends_are_where_his_score_statistic_is_1_96(document: dict[str, Any]) -> None:
    # Tango 1998, Stat. Med. 17:891, solved the long way: the constrained likelihood by search
    for pair in document["paired"][::13]:
        for end in pair["tango95"]:
            assert abs(_score(pair["fixed"], pair["broken"], 600, end)) == pytest.approx(1.959964, abs=2e-3)


def _score(fixed: int, broken: int, n: int, delta: float) -> float:
    """The score statistic at a difference, its nuisance share found on a grid."""
    rare = np.linspace(max(0, -delta), (1 - delta) / 2, 400_002)[1:-1]
    same = 1 - 2 * rare - delta
    likelihood = fixed * np.log(rare + delta) + broken * np.log(rare) + (n - fixed - broken) * np.log(same)
    best = rare[int(np.nanargmax(likelihood))]
    return float((fixed - broken - n * delta) / np.sqrt(n * (2 * best + delta * (1 - delta))))

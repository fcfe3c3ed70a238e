"""`python -m core verdict` and `python -m core accuracy`, run as people run them."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from core.cli.main import main
from tests.core.verdict.ballots import drawn, duel


@dataclass(frozen=True)
class Done:
    """What a verb left behind."""

    returncode: int
    stdout: str
    stderr: str


Verb = Callable[..., Done]


@pytest.fixture
def core(capsys: pytest.CaptureFixture[str]) -> Verb:
    """Run a verb as the command line does."""

    def run(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return run


def written(folder: Path, table: pd.DataFrame, name: str = "votes.csv") -> Path:
    path = folder / name
    table.to_csv(path, index=False)
    return path


def test_a_verdict_begins_with_its_sentence(core: Verb, tmp_path: Path) -> None:
    done = core("verdict", written(tmp_path, drawn(60, 3, {"base": 0, "tuned": 2})))

    assert done.returncode == 0
    assert done.stdout.startswith("tuned is preferred to base: ")
    assert "Beware:" in done.stdout


def test_a_verdict_says_what_hangs_on_one_rater_how_consistent_they_are_and_where_votes_go(
    core: Verb, tmp_path: Path
) -> None:
    votes = drawn(40, 2, {"base": 0, "few-shot": 0.1, "tuned": 0.2})
    again = votes.iloc[::5].assign(arm_left=votes["arm_right"], arm_right=votes["arm_left"])

    told = core("verdict", written(tmp_path, pd.concat([votes, again]))).stdout

    assert "without one rater" in told
    assert "of 16 second looks repeat the first" in told
    assert "The next votes are best spent on" in told
    assert "expected against" in told
    assert "Holm" in told


def test_with_json_there_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, duel(["left", "right", "tie"]))

    done = subprocess.run(
        [sys.executable, "-m", "core", "verdict", path, "--json"], text=True, capture_output=True, check=True
    )

    document = json.loads(done.stdout)
    assert done.stderr == ""
    assert document["pairs"][0]["a"] == "base"
    assert document["pairs"][0]["mean"] == 0.5
    assert document["strengths"]["ci95"] is None


def test_the_order_and_the_raters_can_be_asked_for(core: Verb, tmp_path: Path) -> None:
    votes = pd.concat([duel(["left"] * 5), duel(["left"] * 3, rater="r2")])

    document = json.loads(core("verdict", written(tmp_path, votes), "--raters", 2, "--json").stdout)

    assert document["pairs"][0]["n_prompts"] == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        ("prompt_id,rater_id,arm_left,arm_right,outcome\n", "there are no votes, only a header"),
        ("prompt_id,rater_id,arm_left,outcome\np,r,a,left\n", "the column arm_right cannot be found"),
        (
            'prompt_id,rater_id,arm_left,arm_right,outcome\n"two\nlines",r,a,b,left\n\np2,r,a,b,perhaps\n',
            "line 5, outcome: 'perhaps' is none of left, right, tie, both_bad, skip",
        ),
        ("prompt_id,rater_id,arm_left,arm_right,outcome\np,r,a,b,\n", "line 2, outcome: it is blank"),
        (
            "prompt_id,rater_id,arm_left,arm_right,outcome\np,r,a,b\n",
            "line 2: the row has 4 fields and the header 5",
        ),
        (
            'prompt_id,rater_id,arm_left,arm_right,outcome\np,"r,a,b,left\n',
            "line 2: the row cannot be read as CSV",
        ),
        ("prompt_id,prompt_id\n1,2\n", "line 1: two columns are called prompt_id"),
    ],
)
def test_a_file_that_cannot_be_counted_is_refused_by_line_and_field(
    core: Verb, tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "votes.csv"
    path.write_text(text, encoding="utf-8")

    done = core("verdict", path, "--json")

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"{path}: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_file_and_one_that_is_no_text_are_refused(core: Verb, tmp_path: Path) -> None:
    (tmp_path / "picture.csv").write_bytes(b"prompt_id\n\x89PNG\xff")

    assert "cannot be read" in core("verdict", tmp_path / "none.csv").stderr
    assert "line 2: this is not UTF-8 text" in core("verdict", tmp_path / "picture.csv").stderr


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")])
def test_what_spreadsheets_save_is_read(core: Verb, tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "votes.csv"
    duel(["left", "right"], left="basé", right="調整").to_csv(
        path, index=False, encoding=encoding, sep=separator
    )

    document = json.loads(core("verdict", path, "--json").stdout)

    assert document["arms"] == ["basé", "調整"]


def test_ids_that_look_like_nothing_stay_ids(core: Verb, tmp_path: Path) -> None:
    votes = duel(["left", "left"], rater="NA", left="None", right="null")

    document = json.loads(core("verdict", written(tmp_path, votes), "--json").stdout)

    assert document["arms"] == ["None", "null"]
    assert document["n_votes"] == 2


def test_accuracy_of_columns_named_by_a_pattern(core: Verb, tmp_path: Path) -> None:
    answers = pd.DataFrame(
        {
            "id": ["1", "2", "3"],
            "product": ["card", "loan", "card"],
            "seconds": [1, 2, 3],
            "base_prediction": ["card", "card", ""],
            "tuned_prediction": ["card", " loan ", "card"],
        }
    )
    path = written(tmp_path, answers, "answers.csv")

    done = core(
        "accuracy", path, "--map", "expected=product,prompt_id=id", "--arms", "*_prediction", "--json"
    )

    document = json.loads(done.stdout)
    assert list(document) == ["n", "arms", "paired"]
    assert document["n"] == 3
    assert document["arms"]["tuned_prediction"]["accuracy"] == 1
    assert list(document["arms"]["base_prediction"]) == ["correct", "accuracy", "wilson95", "macro_f1"]
    (pair,) = document["paired"]
    assert (pair["a"], pair["b"], pair["fixed"], pair["broken"]) == (
        "base_prediction",
        "tuned_prediction",
        2,
        0,
    )
    assert list(pair) == ["a", "b", "fixed", "broken", "net", "tango95", "mcnemar_exact_p", "midp"]


def test_accuracy_in_words_says_how_much_so_many_prompts_can_find(core: Verb, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("expected,base,tuned\na,a,a\nb,a,b\n", encoding="utf-8")

    told = core("accuracy", path).stdout

    assert "base: 1 right, 50.0 %" in told
    assert "from base to tuned: 1 fixed, 0 broken, net +50.0 points (no interval below 12 prompts)" in told
    assert "With 2 prompts a change that fixes 15 % and breaks 5 % is found in 0 % of cases." in told


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("prompt_id,expected,base\n1,a,a\n1,b,b\n", [], "line 3, prompt_id: prompt '1' has a row already"),
        ("prompt_id,expected,base\n1,a,a\n2, ,b\n", [], "line 3, expected: it is blank"),
        ("prompt_id,base\n1,a\n", [], "the column expected cannot be found"),
        ("prompt_id,expected,base\n1,a,a\n", ["--arms", "tuned*"], "no column for an arm matches 'tuned*'"),
        ("prompt_id,expected,base\n1,a,a\n", ["--map", "answer=base"], "--map: 'answer=base' is not"),
        ("prompt_id,expected,base\n", [], "there are no answers, only a header"),
    ],
)
def test_answers_that_cannot_be_scored_are_refused(
    core: Verb, tmp_path: Path, text: str, words: list[str], sentence: str
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")

    done = core("accuracy", path, *words)

    assert done.returncode == 1
    assert sentence in done.stderr


def test_fourteen_recorded_models_on_600_complaints(core: Verb, shared: Path) -> None:
    done = core(
        "accuracy",
        shared / "data" / "llm_recorded_predictions.csv",
        *("--map", "expected=product,prompt_id=id", "--arms", "*_prediction", "--json"),
    )

    document = json.loads(done.stdout)
    table = pd.read_csv(shared / "data" / "llm_recorded_predictions.csv")
    assert document["n"] == 600
    assert len(document["arms"]) == 14
    assert len(document["paired"]) == 14 * 13 // 2
    assert (
        document["arms"]["gpt_4o_prediction"]["correct"]
        == (table["gpt_4o_prediction"] == table["product"]).sum()
    )

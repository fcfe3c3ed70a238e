"""`answer` on the command line: models answer what was held out, and what they said is kept."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answers.arms import arms_of
from core.answers.measures import answers_frame
from core.cli.main import main
from core.datasets.splitting import Shares
from core.datasets.versions import freeze
from core.training.runs import RunState
from tests.core.providers.fake_provider import Answer, FakeProvider, Request, refusal
from tests.core.training.desk import NGRAMS, Desk, open_desk, stop_engine

ROOT = Path(__file__).resolve().parents[3]
CHAT = "POST /chat/completions"
OTHER = "compatible:model-1"


class Holding(FakeProvider):
    """A provider that answers the first questions at once, and the others when it is let go."""

    def __init__(self, at_once: int) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self._left = threading.Semaphore(at_once)

    def answer(self, request: Request) -> Answer:
        if not self._left.acquire(blocking=False):
            self.let_go.wait(60)
        return super().answer(request)


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C reaches the child also where the tests were started with it ignored, as in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def dataset(home: Path) -> str:
    """The frozen dataset of a closed workspace."""
    desk = open_desk(home, {})
    desk.close()
    return desk.dataset.id


def start(home: Path, *words: str, **more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "core", "answer", "--home", str(home), "--as", "olga@example.com", *words],
        cwd=ROOT,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def n_kept(desk: Desk) -> int:
    arms = arms_of(desk.store, desk.project.id)
    return len(answers_frame(desk.store, desk.dataset.id, arms).dropna(subset=["text"])) if arms else 0


def test_a_run_and_its_base_answer_every_question_and_one_document_says_so(home: Path) -> None:
    desk = open_desk(home, {})
    run = desk.launch("local", NGRAMS)
    desk.finish(run)
    assert desk.now(run).state is RunState.SUCCEEDED
    desk.close()

    process = start(home, "--dataset", desk.dataset.id, "--arm", "base", "--arm", str(run.id), "--json")
    out, err = process.communicate(timeout=120)
    stop_engine(home)

    assert process.returncode == 0, err
    n_test = desk.dataset.n_test
    assert json.loads(out) == {
        "dataset": desk.dataset.id,
        "split": "test",
        "arms": [
            {"arm": f"Run {run.id}, before tuning", "answered": n_test, "failed": 0},
            {"arm": f"Run {run.id}, tuned", "answered": n_test, "failed": 0},
        ],
    }
    assert "Asking the models" in err
    assert "are sent to" not in err


def test_what_failed_is_counted_and_asked_for_again(home: Path, dataset: str, fake: FakeProvider) -> None:
    fake.instead[CHAT] = [refusal(400, "Not this one.")]
    asked = ("--dataset", dataset, "--split", "test", "--arm", OTHER, "--json")

    first = start(home, *asked, **fake.secrets)
    out, err = first.communicate(timeout=60)
    again = start(home, *asked, **fake.secrets)
    out_again, err_again = again.communicate(timeout=60)

    assert (first.returncode, again.returncode) == (1, 0), err_again
    [told], [told_again] = json.loads(out)["arms"], json.loads(out_again)["arms"]
    assert told == {"arm": "model-1 (Compatible endpoint)", "answered": 5, "failed": 1}
    assert (told_again["answered"], told_again["failed"]) == (6, 0)
    assert "1 answers failed" in err
    assert "Up to 6 questions are sent to Compatible endpoint." in err
    assert len(fake.asked(CHAT)) == 7


@pytest.mark.usefixtures("heard")
def test_ctrl_c_keeps_what_is_answered_and_what_is_under_way(home: Path, dataset: str) -> None:
    provider = Holding(at_once=1)
    provider.start()
    process = start(home, "--dataset", dataset, "--arm", OTHER, **provider.secrets)
    assert process.stderr is not None
    while "Asking the models 1 of 6" not in process.stderr.readline():
        assert process.poll() is None

    process.send_signal(signal.SIGINT)
    while "Stopping once" not in process.stderr.readline():
        assert process.poll() is None
    provider.let_go.set()
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1] == "Stopped. What was answered is kept; the same command goes on from there."
    desk = open_desk(home, provider.secrets)
    assert desk.workspace.jobs.unfinished() == []
    assert n_kept(desk) == len(provider.asked(CHAT)) < desk.dataset.n_test
    desk.close()
    provider.stop()


@pytest.mark.parametrize(
    ("arm", "sentence"),
    [
        ("tuned", "is neither base, nor the number of a run, nor PROVIDER:MODEL"),
        ("base", "has a model yet, so there is no base to compare"),
        ("7", "no run with the number 7"),
        ("nobody:model-1", "no provider 'nobody'"),
        ("openai:", "is neither base"),
    ],
)
def test_an_arm_that_is_none_is_one_line_and_nobody_is_asked(
    home: Path, dataset: str, fake: FakeProvider, arm: str, sentence: str
) -> None:
    process = start(home, "--dataset", dataset, "--arm", OTHER, "--arm", arm, **fake.secrets)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err.count("\n")) == (1, "", 1)
    assert sentence in err
    assert fake.asked(CHAT) == []
    desk = open_desk(home, {})
    assert arms_of(desk.store, desk.project.id) == []
    desk.close()


def test_a_run_of_another_dataset_may_know_the_test(home: Path, dataset: str) -> None:
    desk = open_desk(home, {})
    run = desk.launch("local", NGRAMS)
    other = freeze(desk.store, desk.project, Shares(60, 20, 20), 2, desk.owner)
    desk.close()

    process = start(home, "--dataset", other.id, "--arm", str(run.id))
    _, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert f"Run {run.id} learned from {dataset}" in err


def test_a_provider_that_refuses_the_key_is_one_sentence(
    home: Path, dataset: str, fake: FakeProvider
) -> None:
    wrong = {**fake.secrets, "TOUCHSTONE_PROVIDER_KEY": "sk-not-this-one"}

    process = start(home, "--dataset", dataset, "--arm", OTHER, "--json", **wrong)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert "did not accept the key in TOUCHSTONE_PROVIDER_KEY" in err
    assert "sk-not-this-one" not in err


def test_keys_stand_in_the_secrets_file_of_the_folder_too(
    home: Path, dataset: str, fake: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["answer", "--home", str(home), "--as", "olga@example.com", "--dataset", dataset, "--arm", OTHER]
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    written = "".join(f'{name} = "{value}"\n' for name, value in fake.secrets.items())

    secrets.write_text(written + "broken")
    assert main(asked) == 1
    secrets.write_text(f'{written}[auth]\nclient_id = "x"\n')
    assert main(asked) == 0

    assert len(fake.asked(CHAT)) == 6

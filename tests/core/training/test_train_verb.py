"""`train` on the command line: one JSON document, one line on refusal, and Ctrl-C leaves the run going."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.training.runs import runs_of
from tests.core.providers.fake_provider import FakeProvider
from tests.core.training.desk import NGRAMS, open_desk, stop_engine

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def dataset(home: Path) -> Iterator[str]:
    """The frozen dataset of a closed workspace."""
    desk = open_desk(home, {})
    desk.close()
    yield desk.dataset.id
    stop_engine(home)


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C reaches the child also where the tests were started with it ignored, as in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(home: Path, *words: str, **more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "core", "train", "--home", str(home), "--as", "olga@example.com", *words],
        cwd=ROOT,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_train_follows_to_the_end_and_prints_one_document(home: Path, dataset: str) -> None:
    process = start(home, "--dataset", dataset, "--model", NGRAMS, "--seed", "3", "--json")

    out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    told = json.loads(out)
    assert set(told) == {"run", "model", "status", "loss", "seconds"}
    assert told["status"] == "succeeded"
    assert told["loss"]["last"] < told["loss"]["first"]
    assert "Sending the examples" in err


def test_a_dataset_that_is_not_there_is_one_line_and_exit_1(home: Path, dataset: str) -> None:
    process = start(home, "--dataset", "ds-nothing")

    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert "There is no dataset 'ds-nothing'" in err


@pytest.mark.usefixtures("heard")
def test_ctrl_c_leaves_the_run_going_and_the_same_command_follows_it_again(
    home: Path, dataset: str, fake: FakeProvider
) -> None:
    fake.statuses = ["running"]
    process = start(
        home, "--dataset", dataset, "--provider", "compatible", "--model", "base-1", **fake.secrets
    )
    assert process.stderr is not None
    while "Running" not in process.stderr.readline():
        assert process.poll() is None

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (1, "")
    assert "Run 1 goes on at Compatible endpoint" in err
    assert "Traceback" not in err
    assert fake.jobs[0]["status"] == "running"
    desk = open_desk(home, fake.secrets)
    assert [run.ended for run in runs_of(desk.store, desk.project.id)] == [False]
    desk.close()

    fake.statuses = ["succeeded"]
    again = start(home, "--dataset", dataset, "--provider", "compatible", "--model", "base-1", **fake.secrets)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert "Run 1 succeeded" in out
    assert len(fake.jobs) == 1

"""A process killed in the middle of its work has lost nothing that it acknowledged; nor has a full disk."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.store.store import Store
from tests.core.store.homes import ids

ROOT = Path(__file__).parents[3]
ROUNDS = (2, 9, 24, 41, 60)


def test_what_was_acknowledged_survives_kill_minus_nine(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first, acknowledged = 1, set[int]()
    for rounds in ROUNDS:
        command = [sys.executable, "-m", "tests.core.store.saving_until_killed", str(home), str(first)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        with process, process.stdout as said:
            acknowledged |= {int(said.readline()) for _ in range(rounds)}
            process.kill()
            acknowledged |= {int(line) for line in said if line.endswith("\n")}
        first = max(acknowledged) + 2

    store = Store(home)
    found = set(ids(store))
    digest = store.digest()
    store.rebuild()

    assert acknowledged <= found
    assert len(found - acknowledged) <= len(ROUNDS)
    assert store.digest() == digest
    store.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    home = tmp_path_factory.mktemp("full") / "home"
    command = [sys.executable, "-m", "tests.core.store.saving_on_a_full_disk", str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, object] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("what", ["log", "journal", "load", "blob", "rebuild", "backup"])
def test_a_full_disk_is_one_sentence_and_nothing_half_written(full: dict[str, object], what: str) -> None:
    tried = full[what]

    assert isinstance(tried, dict)
    assert tried["unchanged"]
    assert len(tried["sentence"].splitlines()) == 1
    assert full["leftovers"] == []


def test_a_save_that_the_disk_refused_is_void_in_the_journal_or_not_in_it(full: dict[str, object]) -> None:
    assert full["voided"] == [False, True]
    assert full["journal_as_it_was"]


def test_a_rebuild_that_the_disk_refused_leaves_the_database_in_its_place(full: dict[str, object]) -> None:
    assert full["kept_aside"] == 0


def test_after_space_was_freed_everything_saves_again(full: dict[str, object]) -> None:
    assert full["ids"] == [*range(1, 41), 1_000]
    assert full["rebuilt"]

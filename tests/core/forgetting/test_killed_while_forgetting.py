"""Forgetting that is killed at any moment is as if never begun, or is finished at the next start."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.application import open_workspace
from core.forgetting.erasing import erasures
from core.store.digest import TableDigest
from core.store.store import Store
from tests.core.forgetting.counter import CUSTOMER, opened, traces

ROOT = Path(__file__).parents[3]
MOMENTS = 14


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed workspace with the customer in it."""
    home = tmp_path_factory.mktemp("full") / "home"
    store = Store(home)
    opened(store)
    store.close()
    return home


@pytest.fixture(scope="module")
def touches(full: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How often forgetting touches a file when nobody kills it."""
    home = Path(shutil.copytree(full, tmp_path_factory.mktemp("whole") / "home"))
    done = forgetting(home, 0)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def forgetting(home: Path, last: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.core.forgetting.erasing_until_killed", str(home), str(last)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_at_any_moment_it_is_whole_or_never_begun(
    full: Path, touches: int, tmp_path: Path, moment: int
) -> None:
    home = Path(shutil.copytree(full, tmp_path / "home"))

    killed = forgetting(home, 1 + moment * (touches - 1) // (MOMENTS - 1))
    workspace = open_workspace(home)
    done = erasures(workspace.store)
    left = workspace.store.value("select count(*) from items where lower(customer) = lower(?)", CUSTOMER)
    digest = workspace.store.digest()
    workspace.store.rebuild()
    rebuilt = workspace.store.digest()
    workspace.close()

    assert killed.returncode == -9
    assert rebuilt == digest
    if done:
        assert done[0].done
        assert left == 0
        assert traces(home) == []
    else:
        assert left == 4
        assert digest == _digest(full, tmp_path)


def _digest(home: Path, tmp_path: Path) -> dict[str, TableDigest]:
    store = Store(Path(shutil.copytree(home, tmp_path / "untouched")))
    found = store.digest()
    store.close()
    return found

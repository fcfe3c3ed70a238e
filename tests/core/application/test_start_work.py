"""Starting the work of a workspace: what fails leaves nothing that would keep it from being opened again."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_after_a_start_that_failed_on_a_full_disk_the_workspace_can_be_opened_again(tmp_path: Path) -> None:
    words = ["-m", "tests.core.application.starting_on_a_full_disk", str(tmp_path / "home")]

    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "Free some disk space" in done.stdout

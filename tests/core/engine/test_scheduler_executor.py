"""The executor: it finds its programs again, ends them with all they started, and never meets a stranger."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.engine.jobs.executor import Handle, LocalExecutor, surroundings

PATIENCE_SECONDS = 20
SLEEPER = [sys.executable, "-c", "import time; print('at work', flush=True); time.sleep(60)"]


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[LocalExecutor]:
    made = LocalExecutor()
    yield made
    handle = made.reattach(tmp_path)
    if handle is not None:
        made.stop(handle, force=True)
        until(lambda: not made.poll(handle).alive)


def until(reached: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def begin(executor: LocalExecutor, folder: Path, program: str) -> Handle:
    return executor.submit(folder, [sys.executable, "-c", program], os.environ)


def test_a_program_is_known_to_live_and_how_it_ended(executor: LocalExecutor, tmp_path: Path) -> None:
    handle = begin(executor, tmp_path, "import sys; sys.stdin.read(); sys.exit(7)")

    until(lambda: not executor.poll(handle).alive)

    assert executor.poll(handle).exit_code == 7
    assert executor.reattach(tmp_path) is None


def test_who_waits_is_told_when_a_program_ends(tmp_path: Path) -> None:
    told: list[str] = []
    executor = LocalExecutor(ended=lambda: told.append("ended"))

    begin(executor, tmp_path, "pass")

    until(lambda: told == ["ended"])


def test_another_engine_finds_the_program_and_can_end_it(executor: LocalExecutor, tmp_path: Path) -> None:
    started = executor.submit(tmp_path, SLEEPER, os.environ)
    other = LocalExecutor()

    found = other.reattach(tmp_path)

    assert found == started
    other.stop(found, force=False)
    until(lambda: not other.poll(found).alive)
    assert executor.poll(started).exit_code == -signal.SIGTERM


def test_a_program_that_ignores_the_request_is_ended_with_all_it_started(
    executor: LocalExecutor, tmp_path: Path
) -> None:
    program = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    handle = begin(executor, tmp_path, program)
    until(lambda: executor.tail(tmp_path, 1))
    grandchild = int(executor.tail(tmp_path, 1))

    executor.stop(handle, force=False)
    assert executor.poll(handle).alive
    executor.stop(handle, force=True)

    until(lambda: not executor.poll(handle).alive)
    until(lambda: not is_alive(grandchild))


def test_a_process_that_was_given_a_dead_workers_number_is_left_alone(tmp_path: Path) -> None:
    executor = LocalExecutor()
    stranger = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL, start_new_session=True)
    with (tmp_path / "worker.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(f"{stranger.pid}:1")
        lock.flush()
        handle = executor.reattach(tmp_path)
        assert handle is not None
        executor.stop(handle, force=False)
        executor.stop(handle, force=True)
    time.sleep(0.2)

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_worker_is_polite_and_its_words_are_kept(executor: LocalExecutor, tmp_path: Path) -> None:
    wait_to_be_nice = "while os.getpriority(0, 0) < 10: time.sleep(0.01)"
    begin(executor, tmp_path, f"import os, time; print('first')\n{wait_to_be_nice}\nprint('nice')")

    until(lambda: executor.tail(tmp_path, 5).endswith("nice"))

    assert executor.tail(tmp_path, 5) == "first\nnice"
    assert executor.tail(tmp_path, 1) == "nice"
    assert executor.tail(tmp_path / "nowhere", 5) == ""


def test_no_key_reaches_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "TOUCHSTONE_ENGINE_KEY", "HF_TOKEN"):
        monkeypatch.setenv(name, "secret")

    assert "secret" not in surroundings().values()
    assert surroundings("HF_TOKEN")["HF_TOKEN"] == "secret"


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

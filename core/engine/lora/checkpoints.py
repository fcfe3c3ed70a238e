"""Checkpoints: an adapter at the end of each epoch, whole or not there, gone on from after a crash."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.engine.home import sync_folder

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
_STATE_FILES = ("trainer_state.json", "optimizer.pt", "scheduler.pt", "rng_state.pth")
_LAST_KEPT = 3
_PREFIX = "step-"


@dataclass(frozen=True)
class Checkpoints:
    """The folders `step-N` below `path`. Only the newest holds what a training needs to go on.

    The trainer's own files of that state are read back with `weights_only`: they can hold numbers, not code.
    """

    path: Path

    def steps(self) -> list[int]:
        """The steps there are checkpoints of, the oldest first."""
        names = [entry.name.removeprefix(_PREFIX) for entry in self.path.glob(f"{_PREFIX}*")]
        return sorted(int(name) for name in names if name.isdecimal())

    def folder(self, step: int) -> Path:
        """Where a step's checkpoint lies."""
        return self.path / f"{_PREFIX}{step}"

    def take_over(self, former: "Checkpoints") -> None:
        """Have what a former attempt left, without taking it away from there."""
        for step in former.steps():
            self._place(step, (path for path in former.folder(step).iterdir() if path.is_file()))

    def last(self) -> Path | None:
        """What a training can go on from."""
        steps = self.steps()
        return self.folder(steps[-1]) if steps else None

    def log(self) -> list[dict[str, Any]]:
        """What the trainer had logged up to the last checkpoint."""
        last = self.last()
        if last is None:
            return []
        state = json.loads((last / "trainer_state.json").read_bytes())
        found: list[dict[str, Any]] = state["log_history"]
        return found

    def keep(self, step: int, written: Path, best: int | None) -> None:
        """Keep what the trainer wrote, for as long as it is one of the last three or the best."""
        self._place(step, (written / name for name in (*ADAPTER_FILES, *_STATE_FILES)))
        shutil.rmtree(written)
        *older, newest = self.steps()
        for old in older:
            if old != best and old not in [*older, newest][-_LAST_KEPT:]:
                shutil.rmtree(self.folder(old))
            else:
                _drop_state(self.folder(old))

    def _place(self, step: int, files: Iterable[Path]) -> None:
        """Put files into a step's folder so that it is there whole or not at all, also after a power cut."""
        passing = self.folder(step).with_suffix(".tmp")
        shutil.rmtree(passing, ignore_errors=True)
        passing.mkdir(parents=True)
        for path in files:
            _second_name(path, passing / path.name)
        sync_folder(passing)
        passing.replace(self.folder(step))
        sync_folder(self.path)


def save_adapter(source: Path, target: Path) -> None:
    """Give a checkpoint's adapter a place of its own."""
    target.mkdir(parents=True)
    for name in ADAPTER_FILES:
        _second_name(source / name, target / name)
    sync_folder(target)


def _drop_state(folder: Path) -> None:
    for name in _STATE_FILES:
        (folder / name).unlink(missing_ok=True)


def _second_name(source: Path, target: Path) -> None:
    """The same file under another name, on the disk for certain."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(source, target)
    except OSError:  # a file system without second names
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())

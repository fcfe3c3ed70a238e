"""What a training says on its way: metrics as events, checkpoints as folders."""

import math
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from core.engine.jobs.folder import JobFolder, Note
from core.engine.lora.checkpoints import Checkpoints
from core.engine.lora.curve import best_step, by_step, is_entry, metrics, told
from core.engine.lora.settings import Settings

_MOST_POINTS = 1000


class Reporter(TrainerCallback):  # type: ignore[misc]  # the extra's classes are unknown where it is absent
    """Decides when the trainer logs, validates and saves, and hands on what it says.

    One event a step, with everything that was measured there. A loss or gradient that is no number any more
    ends the training; what was kept before stays.
    """

    def __init__(self, folder: JobFolder, settings: Settings, *, validates: bool) -> None:
        self.diverged_at: int | None = None
        self._folder = folder
        self._settings = settings
        self._validates = validates
        self._checkpoints = Checkpoints(folder.checkpoints)
        self._pending: dict[str, float] = {}

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self._folder.go_on()

    def on_substep_end(self, *_: Any, **__: Any) -> None:
        self._folder.go_on()

    def on_prediction_step(self, *_: Any, **__: Any) -> None:
        self._folder.go_on()

    def on_step_end(self, _args: Any, state: Any, control: Any, **_: Any) -> None:
        ends_epoch = self._ends_epoch(state.global_step)
        every = -(-self._settings.steps // _MOST_POINTS)
        control.should_log = ends_epoch or state.global_step % every == 0
        control.should_evaluate = ends_epoch and self._validates
        control.should_save = ends_epoch

    def on_log(self, _args: Any, state: Any, control: Any, logs: dict[str, Any], **_: Any) -> None:
        if not is_entry(logs):
            return
        self._pending |= {"step": state.global_step, "total_steps": self._settings.steps} | metrics(logs)
        if not all(math.isfinite(logs.get(name, 0.0)) for name in ("loss", "grad_norm")):
            self.diverged_at = state.global_step
            control.should_training_stop = True
            control.should_evaluate = control.should_save = False
        if "eval_loss" in logs or not control.should_evaluate:
            self._flush()

    def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
        step = state.global_step
        best = best_step(by_step(state.log_history))
        self._checkpoints.keep(step, Path(args.output_dir) / f"checkpoint-{step}", best)

    def _ends_epoch(self, step: int) -> bool:
        return step % self._settings.steps_an_epoch == 0

    def _flush(self) -> None:
        step = int(self._pending["step"])
        message = told(step, self._settings.steps, self._pending)
        self._folder.report([Note("info", message, self._pending)])
        self._pending = {}

"""`python -m core.engine.jobs.worker JOB_FOLDER`: one fine-tuning job, from its order to its outcome."""

import importlib
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from core.engine.errors import EngineRefused, JobFailed
from core.engine.jobs.executor import sign_in
from core.engine.jobs.folder import Cancelled, JobFolder, Order, Outcome

DISK_FULL = 74
"""The exit code where not even the outcome could be written (EX_IOERR of sysexits.h)."""

_TRAINERS = {
    "reply_picker": "core.engine.picker.job:run_picker_job",
    "lora": "core.engine.lora.job:run_lora_job",
}


def main(path: Path) -> int:
    """Run the job; every end but a cancelled one leaves an outcome in the folder."""
    signal.signal(signal.SIGTERM, _stop)
    folder = JobFolder(path)
    try:
        sign_in(path)
        outcome = _outcome(folder)
        if not outcome.succeeded:
            _leave_nothing_half_written(folder)
        folder.write_outcome(outcome)
    except Cancelled:
        return 0
    except OSError:
        traceback.print_exc()
        return DISK_FULL
    return 0


def _outcome(folder: JobFolder) -> Outcome:
    """How the job ends. What is no fault of this process would be so again: it is not tried again."""
    order = folder.read_order()
    try:
        return _trainer(order)(folder, order)
    except JobFailed as failure:
        return Outcome(False, code=failure.code, message=failure.message, param=failure.param)
    except EngineRefused as refused:
        return Outcome(False, code="base_model_unavailable", message=str(refused), param="model")
    except MemoryError:
        return Outcome(False, code="out_of_memory", message="The training did not fit into memory.")
    except Exception as error:  # noqa: BLE001 - whatever a trainer meets, the person is told
        traceback.print_exc()
        return _unforeseen(order, error)


def _unforeseen(order: Order, error: Exception) -> Outcome:
    if isinstance(error, ImportError):
        message = f"The packages that train {order.base_model} are not installed here: {error}."
        return Outcome(False, code="trainer_not_installed", message=message, param="model")
    if isinstance(error, OSError):
        message = f"The disk would not do its part: {error.strerror or error}. Nothing was half-written."
        return Outcome(False, code="storage_failed", message=message)
    message = f"The training met an error it did not foresee ({type(error).__name__}); its log says more."
    return Outcome(False, code="internal_error", message=message)


def _trainer(order: Order) -> Callable[[JobFolder, Order], Outcome]:
    """The trainer's function, imported now: what one trainer needs, another must not load."""
    module, _, function = _TRAINERS[order.trainer].partition(":")
    found: Callable[[JobFolder, Order], Outcome] = getattr(importlib.import_module(module), function)
    return found


def _leave_nothing_half_written(folder: JobFolder) -> None:
    """It may be what filled the disk, and then the outcome would find no room."""
    shutil.rmtree(folder.model, ignore_errors=True)
    shutil.rmtree(folder.model.with_name(folder.model.name + ".tmp"), ignore_errors=True)
    shutil.rmtree(folder.checkpoints, ignore_errors=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Cancelled


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

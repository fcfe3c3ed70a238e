"""`python -m core.engine.jobs.worker JOB_FOLDER`: one fine-tuning job, from its order to its outcome."""

import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

from core.engine.errors import EngineRefused, JobFailed
from core.engine.jobs.folder import JobFolder, Outcome
from core.engine.picker.job import Cancelled, run_picker_job

_TRAINERS = {"reply_picker": run_picker_job}


def main(path: Path) -> int:
    """Run the job; every end but a cancelled one leaves an outcome in the folder."""
    folder = JobFolder(path)
    folder.lock.write_text(str(os.getpid()), encoding="ascii")
    os.nice(10)
    signal.signal(signal.SIGTERM, _stop)
    order = folder.read_order()
    try:
        outcome = _TRAINERS[order.trainer](folder, order)
    except Cancelled:
        return 0
    except JobFailed as failure:
        outcome = Outcome(False, code=failure.code, message=failure.message, param=failure.param)
    except EngineRefused as refused:
        outcome = Outcome(False, code="base_model_unavailable", message=str(refused), param="model")
    except MemoryError:
        outcome = Outcome(False, code="out_of_memory", message="The training did not fit into memory.")
    except OSError as error:
        traceback.print_exc()
        message = f"The disk would not do its part: {error.strerror or error}. Nothing was half-written."
        outcome = Outcome(False, code="storage_failed", message=message)
    folder.write_outcome(outcome)
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Cancelled


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""A finished training becomes a model and a result file: moved into place first, made known in one moment."""

import hashlib
import os
import time
from pathlib import Path

from core.engine.files import FileShelf
from core.engine.home import Home, sync_folder, write_whole
from core.engine.ids import new_id, tuned_model_id
from core.engine.jobs.book import JobBook
from core.engine.jobs.folder import JobFolder, Outcome
from core.engine.records import FileRecord, JobRecord, ModelRecord

_RESULT_PURPOSE = "fine-tune-results"


def publish(
    home: Home, files: FileShelf, jobs: JobBook, job: JobRecord, folder: JobFolder, outcome: Outcome
) -> None:
    """Make the outcome of a job known; may be tried again after a crash or a full disk at any place in it.

    Nothing is copied, so a full disk stops it only where not even a name can be written. A model that a
    cancel overtook is left for the winding up.

    Raises:
        OSError: the disk would not do it; the training is not lost, try again.
    """
    place = home.models / job.id
    if folder.model.exists():
        folder.model.replace(place)
        sync_folder(home.models)
    data = folder.result_csv.read_bytes()
    now = int(time.time())
    digest = hashlib.sha256(data).hexdigest()
    result = FileRecord(new_id("file"), now, len(data), f"{job.id}-results.csv", _RESULT_PURPOSE, digest)
    _second_name(folder.result_csv, files.path(result.id))
    model = ModelRecord(tuned_model_id(job.model, job.suffix, job.id), now, job.trainer, job.id)
    known = False
    try:
        known = jobs.succeed(job, model, result, outcome)
    finally:
        if not known:
            files.path(result.id).unlink(missing_ok=True)


def _second_name(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without second names
        write_whole(target, source.read_bytes())
    else:
        sync_folder(target.parent)

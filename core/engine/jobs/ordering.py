"""The order of a job: everything its worker must know, taken from the book, the files and the models."""

from core.engine.errors import ApiError, JobFailed
from core.engine.files import FileShelf
from core.engine.home import Home
from core.engine.ids import tuned_model_id
from core.engine.jobs.folder import JobFolder, Order
from core.engine.models import Models
from core.engine.records import JobRecord


def order_for(home: Home, files: FileShelf, models: Models, job: JobRecord) -> Order:
    """What the next attempt at a job is to do.

    Raises:
        JobFailed: its training file is gone.
    """
    try:
        training = files.get(job.training_file)
    except ApiError as error:
        raise JobFailed("invalid_training_file", error.message, "training_file") from error
    validation = files.path(job.validation_file) if job.validation_file else None
    named = models.registry.listing.huggingface.get(job.model)
    return Order(
        job_id=job.id,
        trainer=job.trainer,
        base_model=job.model,
        model_id=tuned_model_id(job.model, job.suffix, job.id),
        training_path=str(files.path(training.id)),
        training_sha256=training.sha256,
        validation_path=str(validation) if validation else None,
        seed=job.seed,
        n_epochs=job.hyperparameters.n_epochs,
        batch_size=job.hyperparameters.batch_size,
        learning_rate_multiplier=job.hyperparameters.learning_rate_multiplier,
        cache=str(home.cache),
        method=job.method,
        beta=job.hyperparameters.beta,
        resume_from=resumable(home, job),
        source=named.source if named else "",
        quantised=bool(named and named.quantised),
    )


def resumable(home: Home, job: JobRecord) -> str | None:
    """The folder of the newest former attempt that left a checkpoint."""
    former = [JobFolder(home.jobs / job.id / str(attempt)) for attempt in range(job.attempts, 0, -1)]
    return next((str(folder.path) for folder in former if folder.has_checkpoint), None)

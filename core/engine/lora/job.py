"""A LoRA job, from its order to its outcome: train, keep the best, and say what came of it."""

from pathlib import Path

from core.engine.errors import EngineRefused, JobFailed
from core.engine.home import write_whole
from core.engine.jobs.folder import JobFolder, Note, Order, Outcome, Point
from core.engine.lora.base import Base, files_of, fingerprint, prepare
from core.engine.lora.checkpoints import Checkpoints
from core.engine.lora.curve import best_step, by_step, table
from core.engine.lora.extra import must_be_installed
from core.engine.lora.manifest import Manifest, save_model


def run_lora_job(folder: JobFolder, order: Order) -> Outcome:
    """Train an adapter; go on from a former attempt's last checkpoint where the order names one.

    Raises:
        EngineRefused: the packages or the base model are not to be had.
        JobFailed: the data cannot be used, or the training does not fit into memory.
        Cancelled: somebody cancelled the job.
    """
    must_be_installed()
    if not order.source:
        raise EngineRefused(f"The base model {order.base_model} is not named in models.toml any more.")
    base = Base(order.source, order.quantised)
    prepare(base)
    from core.engine.lora.course import run_course  # noqa: PLC0415 - imports torch, which must be prepared for

    with folder.waiting_for_others():
        files = files_of(base)
    checkpoints = Checkpoints(folder.checkpoints)
    if order.resume_from:
        checkpoints.take_over(Checkpoints(JobFolder(Path(order.resume_from)).checkpoints))
    ran = run_course(folder, order, base, files)
    steps = checkpoints.steps()
    if not steps:
        message = _diverged(ran.diverged_at, "No model was made.")
        raise JobFailed("training_diverged", message, "hyperparameters")
    log = checkpoints.log()
    measured = by_step(log)
    best = best_step({step: measured[step] for step in steps}) or steps[-1]
    manifest = Manifest(
        model=order.model_id,
        base_model=order.base_model,
        base=fingerprint(files),
        data_sha256=order.training_sha256,
        method=order.method,
        seed=order.seed,
        n_epochs=ran.settings.epochs,
        batch_size=ran.settings.batch_size,
        learning_rate=ran.settings.learning_rate,
        examples=ran.examples,
        best_step=best,
        steps=tuple(steps),
    )
    save_model(folder.model, manifest, checkpoints)
    write_whole(folder.result_csv, table(log))
    folder.report(_last_words(ran.diverged_at, best, steps[-1]))
    tokens = None if ran.diverged_at else ran.tokens * ran.settings.epochs
    return Outcome(True, trained_tokens=tokens, checkpoints=tuple(Point(at, measured[at]) for at in steps))


def _last_words(diverged_at: int | None, best: int, last: int) -> list[Note]:
    notes = []
    if diverged_at is not None:
        notes.append(Note("warn", _diverged(diverged_at, f"The model is that of step {best}.")))
    elif best != last:
        text = f"The model is that of step {best}, whose validation loss was the lowest of all epochs."
        notes.append(Note("info", text))
    return notes


def _diverged(step: int | None, what_was_kept: str) -> str:
    return (
        f"The training diverged: at step {step} the loss was no number any more. Use a smaller "
        f"learning_rate_multiplier. {what_was_kept}"
    )

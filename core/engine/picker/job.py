"""A reply picker's fine-tuning job: read the files, embed, train, keep every epoch, save the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.engine.encoder.encoder import Encoder, Reader, Vectors
from core.engine.encoder.shelf import Encoders
from core.engine.home import write_whole
from core.engine.jobs.folder import JobFolder, Note, Order, Outcome
from core.engine.picker.abstention import threshold
from core.engine.picker.crossing import cross_validated, folds
from core.engine.picker.material import Examples, Material, read_material
from core.engine.picker.model import Manifest, Taught, save_picker
from core.engine.picker.picking import Picking
from core.engine.picker.preferring import DEFAULT_BETA, Preferring
from core.engine.picker.progress import Progress
from core.engine.picker.questions import Questions, Reading, meaning_of
from core.engine.picker.training import Lesson, Settings, Weights, steps_in_all, train

DEFAULT_EPOCHS = 10
RATE = 8.0
_LEAST_BATCH, _MOST_BATCH = 32, 256
_EMBED_AT_ONCE = 256


def run_picker_job(folder: JobFolder, order: Order) -> Outcome:
    """Train a reply picker.

    Raises:
        JobFailed: the data cannot be used.
        Cancelled: somebody cancelled the job.
    """
    material = read_material(order)
    if material.left_out:
        folder.report([_left_out(material)])
    encoder = Encoders(Path(order.cache)).of(order.base_model)
    read = _Read.of(folder, encoder, material)
    lesson, valid = _learned(order, material, read), _checked(order, material, read)
    left_out = [] if valid else folds(material.training.questions, material.training.answers, order.seed)
    settings = _settings(order, material)
    crossed = cross_validated(lesson, left_out, settings, folder.go_on)
    progress = Progress(folder, order.method, steps_in_all(lesson.examples, settings), crossed)
    for step in train(lesson, valid, settings):
        folder.go_on()
        progress.take(step)
    progress.finish()
    manifest = Manifest(
        model=order.model_id,
        base_model=order.base_model,
        encoder=encoder.fingerprint,
        parts=encoder.parts,
        word_weight=read.reading.words.weight,
        data_sha256=order.training_sha256,
        method=order.method,
        seed=order.seed,
        n_epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.rate,
        examples=len(material.training.questions),
        threshold=threshold(read.questions[material.training.wordings], read.held_out),
        best_step=progress.best_step,
        steps=tuple(sorted(progress.kept)),
    )
    save_picker(folder.model, manifest, *_to_keep(material, read, progress))
    write_whole(folder.result_csv, progress.table)
    tokens = sum(map(encoder.count_tokens, material.texts)) * settings.epochs
    return Outcome(True, trained_tokens=tokens, checkpoints=progress.points)


@dataclass(frozen=True)
class _Read:
    """The files' texts as vectors."""

    reading: Reading
    questions: Vectors
    held_out: Vectors | None
    replies: Vectors

    @classmethod
    def of(cls, folder: JobFolder, encoder: Reader, material: Material) -> "_Read":
        taught, held_out = material.training.questions, material.validation
        questions = _embed(folder, encoder, taught)
        return cls(
            Reading.of(taught, questions, encoder.parts),
            questions,
            _embed(folder, encoder, held_out.questions) if held_out else None,
            _embed(folder, encoder, material.replies),
        )

    @property
    def meanings(self) -> Vectors:
        """By what replies are compared with questions."""
        return meaning_of(self.replies, self.reading.parts)


def _learned(order: Order, material: Material, read: _Read) -> Lesson:
    """What is to be learned."""
    examples = material.training
    if order.method == "dpo":
        return _preferring(
            order, material, examples, read.reading.questions(examples.questions, read.questions)
        )
    questions = read.reading.questions(
        (*examples.questions, *material.replies), np.vstack([read.questions, read.replies])
    )
    targets = np.asarray([*examples.answers, *range(len(material.replies))], dtype=np.int64)
    return Picking(questions, targets, len(examples.questions), read.meanings, order.seed)


def _checked(order: Order, material: Material, read: _Read) -> Lesson | None:
    """What it is checked on."""
    examples = material.validation
    if examples is None or read.held_out is None:
        return None
    questions = read.reading.questions(examples.questions, read.held_out)
    if order.method == "dpo":
        return _preferring(order, material, examples, questions)
    targets = np.asarray(examples.answers, dtype=np.int64)
    return Picking(questions, targets, len(targets), read.meanings, order.seed)


def _preferring(order: Order, material: Material, examples: Examples, questions: Questions) -> Preferring:
    better, worse = (np.asarray(numbers, dtype=np.int64) for numbers in (examples.answers, examples.worse))
    return Preferring(questions, better, worse, len(material.replies), _beta(order))


def _to_keep(
    material: Material, read: _Read, progress: Progress
) -> tuple[Taught, dict[str, Vectors], dict[int, Weights]]:
    """Only what can be picked: a reply that was only ever the worse one is none of the model's."""
    offered = material.offered
    examples, words = material.training, read.reading.words
    taught = Taught(material.replies[:offered], examples.questions, examples.answers, tuple(words.places))
    vectors = {
        "questions": read.questions,
        "replies": read.meanings[:offered],
        "rarity": words.rarity,
        "centre": read.reading.centre,
    }
    steps = {
        step: Weights(weights.shift[:offered], weights.bias[:offered])
        for step, weights in progress.kept.items()
    }
    return taught, vectors, steps


def _settings(order: Order, material: Material) -> Settings:
    """What "auto" means here.

    A step looks at two examples for each reply: with fewer, the replies that happen to be missing are pushed
    away by all the others, and which they are is chance.
    """
    epochs = DEFAULT_EPOCHS if isinstance(order.n_epochs, str) else order.n_epochs
    batch = min(max(2 * len(material.replies), _LEAST_BATCH), _MOST_BATCH)
    if not isinstance(order.batch_size, str):
        batch = order.batch_size
    times = 1.0 if isinstance(order.learning_rate_multiplier, str) else order.learning_rate_multiplier
    return Settings(epochs, min(batch, len(material.training.questions)), RATE * times, order.seed)


def _beta(order: Order) -> float:
    return order.beta if isinstance(order.beta, int | float) else DEFAULT_BETA


def _left_out(material: Material) -> Note:
    measured = len(material.validation.questions) if material.validation else 0
    message = (
        f"{material.left_out} of {measured + material.left_out} validation examples have a reply that no"
        " training example has. It cannot be picked; they are left out of the validation loss."
    )
    return Note("warn", message)


def _embed(folder: JobFolder, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    parts = []
    for start in range(0, len(texts), _EMBED_AT_ONCE):
        folder.go_on()
        parts.append(encoder.encode(texts[start : start + _EMBED_AT_ONCE]))
    return np.concatenate(parts)

"""A reply picker on disk and at work: a folder of vectors and texts, and the answer to a question."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save

from core.engine.encoder.encoder import Vectors
from core.engine.errors import EngineRefused
from core.engine.home import sync_folder, write_json, write_whole
from core.engine.picker.abstention import nearest
from core.engine.picker.questions import Reading
from core.engine.picker.training import Weights
from core.engine.picker.words import Words

FORMAT = "touchstone.reply-picker/3"
NOT_TAUGHT = "I have not been taught this."
_SHOWN = 5


@dataclass(frozen=True)
class Manifest:
    """What a model is made of, so that it can be told apart and made again."""

    model: str
    base_model: str
    encoder: str
    parts: tuple[int, ...]
    word_weight: float
    data_sha256: str
    method: str
    seed: int
    n_epochs: int
    batch_size: int
    learning_rate: float
    examples: int
    threshold: float
    best_step: int
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Taught:
    """The training file as the picker sees it: distinct replies, each question's by number, and its words."""

    replies: tuple[str, ...]
    questions: tuple[str, ...]
    targets: tuple[int, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """A reply and its share of the softmax over all replies."""

    reply: str
    score: float


@dataclass(frozen=True)
class Picked:
    """An answer and why."""

    content: str
    matched_question: str | None
    similarity: float | None
    candidates: tuple[Candidate, ...]
    abstained: bool


@dataclass(frozen=True)
class Picker:
    """A loaded model at one of its steps."""

    manifest: Manifest
    taught: Taught
    question_vectors: Vectors
    reply_vectors: Vectors
    reading: Reading
    weights: Weights

    def answer(self, question: str, vector: Vectors) -> Picked:
        """The best reply for a question and the encoder's vector of it, or that it was not taught."""
        read = self.reading.questions([question], vector[None, :])
        logits = read.scores(self.reply_vectors, self.weights)[0]
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")[:_SHOWN]
        candidates = tuple(Candidate(self.taught.replies[at], round(float(shares[at]), 6)) for at in order)
        places, cosines = nearest(vector[None, :], self.question_vectors)
        similarity = float(cosines[0])
        abstained = similarity < self.manifest.threshold
        return Picked(
            NOT_TAUGHT if abstained else candidates[0].reply,
            self.taught.questions[int(places[0])],
            round(similarity, 6),
            candidates,
            abstained,
        )


def save_picker(
    folder: Path,
    manifest: Manifest,
    taught: Taught,
    vectors: Mapping[str, Vectors],
    steps: Mapping[int, Weights],
) -> None:
    """Write a model under a passing name and move it into place whole.

    `vectors` are those of the taught "questions", the meaning of the "replies", the "rarity" of the words and
    the "centre" of the questions.
    """
    passing = folder.with_name(folder.name + ".tmp")
    passing.mkdir()
    tensors = {"vectors.safetensors": save(dict(vectors))}
    for step, weights in steps.items():
        tensors[_step_file(step)] = save({"shift": weights.shift, "bias": weights.bias})
    for name, data in tensors.items():
        write_whole(passing / name, data)
    write_json(passing / "texts.json", asdict(taught))
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in tensors.items()}
    write_json(passing / "manifest.json", {"format": FORMAT, **asdict(manifest), "sha256": hashes})
    os.replace(passing, folder)  # noqa: PTH105 - the verb that is meant
    sync_folder(folder.parent)


def load_picker(folder: Path, step: int | None) -> Picker:
    """Read a model at one of its steps, by default its best.

    Raises:
        FileNotFoundError: the model has no such step.
        EngineRefused: the model was made by another version.
    """
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    if document["format"] != FORMAT:
        message = f"{document['model']} was made by another version of the engine. Train it again."
        raise EngineRefused(message)
    lists = {name: tuple(document[name]) for name in ("parts", "steps")}
    manifest = Manifest(**{name: document[name] for name in Manifest.__dataclass_fields__} | lists)
    texts: dict[str, Sequence[Any]] = json.loads((folder / "texts.json").read_bytes())
    taught = Taught(**{name: tuple(texts[name]) for name in Taught.__dataclass_fields__})
    vectors = load_file(folder / "vectors.safetensors")
    chosen = load_file(folder / _step_file(manifest.best_step if step is None else step))
    places = {term: place for place, term in enumerate(taught.words)}
    words = Words(places, vectors["rarity"], manifest.word_weight)
    return Picker(
        manifest,
        taught,
        vectors["questions"],
        vectors["replies"],
        Reading(manifest.parts, words, vectors["centre"]),
        Weights(chosen["shift"], chosen["bias"]),
    )


def _step_file(step: int) -> str:
    return f"step-{step:06d}.safetensors"

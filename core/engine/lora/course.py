"""One course of training: a file made into lessons for this base model, then learned."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from core.engine.errors import JobFailed
from core.engine.jobs.folder import JobFolder, Note, Order
from core.engine.lora.base import Base
from core.engine.lora.data import read_conversations, read_preferences
from core.engine.lora.lessons import Lesson, lessons_of
from core.engine.lora.loading import load_model, load_tokenizer, longest_text
from core.engine.lora.preferences import Contrast, contrasts_of
from core.engine.lora.reporting import Reporter
from core.engine.lora.settings import LONGEST_LESSON, Settings, settings_for
from core.engine.lora.taught import Kind, Taught
from core.engine.lora.template import Chat, open_chat
from core.engine.lora.training import Classroom, preference_trainer, reply_trainer, train

_TOO_LARGE = (
    "The training does not fit into memory. Try a smaller batch_size, shorter examples or a smaller base "
    "model; where there is a GPU, also quantised = true in models.toml. No model was made."
)
_Teach = Callable[[Path, str, Chat, int], Taught[Kind]]
_Trainer = Callable[[Classroom, Sequence[Kind], Sequence[Kind]], Any]


@dataclass(frozen=True)
class Ran:
    """How it went. `tokens` are those of one epoch, `diverged_at` the step at which the loss was lost."""

    settings: Settings
    examples: int
    tokens: int
    diverged_at: int | None


def run_course(folder: JobFolder, order: Order, base: Base, files: Path) -> Ran:
    """Make lessons of the order's files and learn them; the folder tells of it and keeps its checkpoints.

    Raises:
        EngineRefused: the base model cannot be loaded.
        JobFailed: the data does not fit the base model, or the training does not fit into memory.
        Cancelled: the job is not wanted any more.
    """
    with _fitting_into_memory():
        if order.method == "dpo":
            return _run(folder, order, base, files, _contrasts, preference_trainer)
        return _run(folder, order, base, files, _lessons, reply_trainer)


def _run(
    folder: JobFolder, order: Order, base: Base, files: Path, teach: _Teach[Kind], trainer: _Trainer[Kind]
) -> Ran:
    chat = open_chat(load_tokenizer(files))
    most_tokens = min(longest_text(files) or LONGEST_LESSON, LONGEST_LESSON)
    notices = [Note("warn", chat.notice)] if chat.notice else []
    taught = teach(Path(order.training_path), "training_file", chat, most_tokens)
    notices += taught.notices(most_tokens, "training_file")
    held_out: tuple[Kind, ...] = ()
    if order.validation_path:
        checked = teach(Path(order.validation_path), "validation_file", chat, most_tokens)
        notices += checked.notices(most_tokens, "validation_file")
        held_out = checked.pieces
    settings = settings_for(order, len(taught.pieces), taught.width)
    folder.report([*notices, Note("info", settings.told())])
    folder.go_on()
    reporter = Reporter(folder, settings, validates=bool(held_out))
    room = Classroom(folder, load_model(base, files), chat, settings, most_tokens, reporter)
    train(trainer(room, taught.pieces, held_out), folder)
    return Ran(settings, taught.examples, taught.tokens, reporter.diverged_at)


def _lessons(path: Path, param: str, chat: Chat, most_tokens: int) -> Taught[Lesson]:
    return lessons_of(chat, read_conversations(path, param), most_tokens, param)


def _contrasts(path: Path, param: str, chat: Chat, most_tokens: int) -> Taught[Contrast]:
    return contrasts_of(chat, read_preferences(path, param), most_tokens, param)


@contextmanager
def _fitting_into_memory() -> Iterator[None]:
    """A GPU that is full says so by an error of its own, the CPU's allocator by a plain RuntimeError."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise JobFailed("out_of_memory", _TOO_LARGE) from error
        raise

"""What a job's files come to for a picker: numbered replies, and examples that point at them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.engine.jobs.folder import Order
from core.engine.jobs.training_data import TrainingPairs, read_training


@dataclass(frozen=True)
class Examples:
    """Questions, and the number of each one's reply; of preferences, `worse` numbers the other reply."""

    questions: tuple[str, ...]
    answers: tuple[int, ...]
    worse: tuple[int, ...] = ()

    @property
    def wordings(self) -> list[int]:
        """The places where a question stands for the first time."""
        return list({question: place for place, question in reversed([*enumerate(self.questions)])}.values())


@dataclass(frozen=True)
class Material:
    """Every reply by its number. The first `offered` can be picked: somebody taught or preferred them."""

    replies: tuple[str, ...]
    offered: int
    training: Examples
    validation: Examples | None
    left_out: int

    @property
    def texts(self) -> Iterable[str]:
        """The training file's texts, as often as they stand in it."""
        for numbers in (self.training.answers, self.training.worse):
            for question, number in zip(self.training.questions, numbers, strict=False):
                yield question
                yield self.replies[number]


def read_material(order: Order) -> Material:
    """Read a job's files.

    A validation example whose reply was never taught cannot come out right, and says nothing about the
    training: such are left out and counted. Preferences can be held against any two replies.

    Raises:
        JobFailed: the data cannot be used.
    """
    training = read_training(Path(order.training_path), "training_file", order.method)
    held_out = (
        read_training(Path(order.validation_path), "validation_file", order.method)
        if order.validation_path
        else None
    )
    numbers: dict[str, int] = {}
    for _, reply in training.pairs:
        numbers.setdefault(reply, len(numbers))
    offered = len(numbers)
    if order.method == "dpo":
        for reply in (*training.worse, *_all_replies(held_out)):
            numbers.setdefault(reply, len(numbers))
    checked = _examples(held_out, numbers) if held_out else None
    return Material(
        replies=tuple(numbers),
        offered=offered,
        training=_examples(training, numbers),
        validation=checked if checked and checked.questions else None,
        left_out=len(held_out.pairs) - len(checked.questions) if held_out and checked else 0,
    )


def _all_replies(read: TrainingPairs | None) -> Iterable[str]:
    if read is not None:
        yield from (reply for _, reply in read.pairs)
        yield from read.worse


def _examples(read: TrainingPairs, numbers: dict[str, int]) -> Examples:
    known = [(question, numbers[reply]) for question, reply in read.pairs if reply in numbers]
    worse = tuple(numbers[reply] for reply in read.worse)
    return Examples(tuple(question for question, _ in known), tuple(number for _, number in known), worse)

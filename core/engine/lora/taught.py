"""What a file teaches: its pieces, and what of it was lost to the model's greatest length."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core.engine.errors import JobFailed
from core.engine.jobs.folder import Note


class Piece(Protocol):
    """Something to learn in one go."""

    @property
    def tokens(self) -> int:
        """How many tokens are read for it."""

    @property
    def width(self) -> int:
        """How many tokens of it are in memory together."""


Kind = TypeVar("Kind", bound=Piece)


@dataclass(frozen=True)
class OfExample(Generic[Kind]):
    """What became of one example: its pieces, and whether its end had to be cut off."""

    pieces: list[Kind]
    cut: bool


@dataclass(frozen=True)
class Taught(Generic[Kind]):
    """The pieces of a file of so many examples. Of those `cut`, `left_out` had no word to learn left."""

    pieces: tuple[Kind, ...]
    examples: int
    cut: int
    left_out: int

    @property
    def tokens(self) -> int:
        """How many tokens one epoch reads."""
        return sum(piece.tokens for piece in self.pieces)

    @property
    def width(self) -> int:
        """The widest piece's."""
        return max(piece.width for piece in self.pieces)

    def notices(self, most_tokens: int, param: str) -> list[Note]:
        """What a person should hear of it."""
        if not self.cut:
            return []
        lost = f" {self.left_out} of them lost the whole reply and are left out." if self.left_out else ""
        message = (
            f"{self.cut} of {self.examples} examples of the {param.replace('_', ' ')} are longer than "
            f"{most_tokens} tokens and were cut at their end.{lost}"
        )
        return [Note("warn", message)]


def gathered(found: Iterable[OfExample[Kind]], most_tokens: int, param: str) -> Taught[Kind]:
    """The pieces of all examples of a file; `param` says which file it is.

    Raises:
        JobFailed: there are none.
    """
    examples = [*found]
    pieces = tuple(piece for example in examples for piece in example.pieces)
    if not pieces:
        message = (
            f"Nothing of the {param.replace('_', ' ')} can be learned: every reply begins beyond the "
            f"{most_tokens} tokens that are read at once."
        )
        raise JobFailed(f"invalid_{param}", message, param)
    cut = sum(example.cut for example in examples)
    return Taught(pieces, len(examples), cut, sum(not example.pieces for example in examples))

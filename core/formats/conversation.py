"""A conversation as every training format tells it: who said what, and which reply is to be learned."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One turn. `weight` 0 keeps an assistant's turn out of the training; `None` means it was not said."""

    role: str
    content: str
    weight: int | None = None
    name: str | None = None


@dataclass(frozen=True)
class Example:
    """A conversation whose final assistant message is the ideal reply."""

    messages: tuple[Message, ...]

    @property
    def question(self) -> str:
        """What the customer said last before the final reply, or an empty text."""
        before = self.messages[: self._reply_at()]
        return next((said.content for said in reversed(before) if said.role == "user"), "")

    @property
    def reply(self) -> str:
        """The final assistant message, or an empty text."""
        at = self._reply_at()
        return self.messages[at].content if at < len(self.messages) else ""

    @property
    def instructions(self) -> str:
        """The first system (or developer) message, or an empty text."""
        return next((said.content for said in self.messages if said.role in {"system", "developer"}), "")

    @property
    def reply_is_learned(self) -> bool:
        """Whether the final reply carries weight."""
        at = self._reply_at()
        return at < len(self.messages) and self.messages[at].weight != 0

    def _reply_at(self) -> int:
        places = [place for place, said in enumerate(self.messages) if said.role == "assistant"]
        return places[-1] if places else len(self.messages)


def example(question: str, reply: str, instructions: str = "") -> Example:
    """The plain case: optional instructions, one question, one ideal reply."""
    system = (Message("system", instructions),) if instructions else ()
    return Example((*system, Message("user", question), Message("assistant", reply)))

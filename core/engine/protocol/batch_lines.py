"""The requests of a batch, answered as the routes would answer them."""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from core.engine.answering import Answering, Asked, Parts, must_be_understood
from core.engine.batches.clerks import Endpoint
from core.engine.batches.ledger import Reply
from core.engine.encoder.shelf import Encoders
from core.engine.errors import ApiError
from core.engine.models import PICKER
from core.engine.picker.runtime import PickerRuntime
from core.engine.protocol.bodies import checked
from core.engine.protocol.chat_answer import whole
from core.engine.protocol.chat_body import ChatBody
from core.engine.protocol.embeddings_body import EmbeddingsBody, embedded, must_give_vectors

CHATS = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"
_TEXTS_A_CORE = 64
_MOST_VECTORS = 256
_NICE = 10
_OK = 200
_OUT_OF_BREATH = (429, 502)
_Body = Mapping[str, Any]
_Good = TypeVar("_Good")


def line_endpoints(answering: Answering, pickers: PickerRuntime, encoders: Encoders) -> dict[str, Endpoint]:
    """What a batch may ask, by its `endpoint`."""
    background = ThreadPoolExecutor(1, "background", initializer=_stand_back)
    return {CHATS: _Chats(answering, pickers, background), EMBEDDINGS: _Embeddings(encoders, background)}


@dataclass(frozen=True)
class _Chats:
    """Packs are answered in the `background`, one after the other: whoever chats goes first."""

    answering: Answering
    pickers: PickerRuntime
    background: Executor

    def company(self, model: str) -> int:
        """Pickers read questions quicker together; whatever writes is asked one by one."""
        with suppress(ApiError):
            return _pack() if self.answering.models.get(model).kind == PICKER else 1
        return 1

    def size(self, _body: _Body) -> int:
        return 1

    def answer(self, bodies: Sequence[_Body]) -> list[Reply]:
        """A loop that serves one clerk alone: what blocks it keeps nobody else waiting."""
        if len(bodies) == 1:
            return [asyncio.run(self._alone(bodies[0]))]
        return self.background.submit(_each, bodies, self._picker_asked, self._together).result()

    async def _alone(self, body: _Body) -> Reply:
        try:
            asked = _asked(body)
            return Reply(_OK, await whole(asked, self.answering.answer(asked).parts))
        except ApiError as error:
            return _refused(error)

    def _picker_asked(self, body: _Body) -> Asked:
        asked = _asked(body)
        must_be_understood(asked, self.pickers)
        asked.question()
        return asked

    def _together(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        parts = self.pickers.answer_together(self.answering.models.get(asked[0].model), asked)
        return asyncio.run(_wholes(asked, parts))


@dataclass(frozen=True)
class _Embeddings:
    encoders: Encoders
    background: Executor

    def company(self, model: str) -> int:
        return min(_pack(), _MOST_VECTORS) if model in self.encoders.base_models else 1

    def size(self, body: _Body) -> int:
        texts = body.get("input")
        return len(texts) if isinstance(texts, list) else 1

    def answer(self, bodies: Sequence[_Body]) -> list[Reply]:
        return self.background.submit(_each, bodies, self._checked, self._together).result()

    def _checked(self, body: _Body) -> EmbeddingsBody:
        checked_body = checked(EmbeddingsBody, body)
        must_give_vectors(self.encoders, checked_body)
        return checked_body

    def _together(self, good: Sequence[EmbeddingsBody]) -> list[dict[str, Any]]:
        return embedded(self.encoders, good, apart=True)


async def _wholes(asked: Sequence[Asked], parts: Sequence[Parts]) -> list[dict[str, Any]]:
    return [await whole(one, said) for one, said in zip(asked, parts, strict=True)]


def _each(
    bodies: Sequence[_Body],
    check: Callable[[_Body], _Good],
    answer: Callable[[list[_Good]], list[dict[str, Any]]],
) -> list[Reply]:
    """Those that are right answered together, each of the others with its own refusal."""
    replies: list[Reply | None] = []
    good: list[_Good] = []
    for body in bodies:
        try:
            good.append(check(body))
            replies.append(None)
        except ApiError as error:
            replies.append(_refused(error))
    try:
        answers = iter([Reply(_OK, document) for document in (answer(good) if good else [])])
    except ApiError as error:
        answers = iter([_refused(error)] * len(good))
    return [reply or next(answers) for reply in replies]


def _stand_back() -> None:
    """On Linux a thread, and those it starts, can be nice to the others of its process."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _pack() -> int:
    """Enough for the encoder to keep every core busy but one."""
    return _TEXTS_A_CORE * max((os.cpu_count() or 1) - 1, 1)


def _asked(body: _Body) -> Asked:
    asked = checked(ChatBody, body).asked()
    if asked.stream:
        raise ApiError(400, "A batch cannot stream.", code="unsupported_parameter", param="stream")
    return asked


def _refused(error: ApiError) -> Reply:
    again_after = float(error.headers.get("retry-after", 0)) if error.status in _OUT_OF_BREATH else None
    return Reply(error.status, error.body(), again_after)

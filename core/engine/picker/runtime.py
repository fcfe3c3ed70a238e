"""Reply pickers at work: a question in, one approved reply out, and why."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.engine.answering import Asked, Closing, Parts, Usage
from core.engine.encoder.encoder import Encoder
from core.engine.encoder.shelf import Encoders
from core.engine.errors import ApiError, EngineRefused, not_found
from core.engine.home import Home
from core.engine.ids import split_checkpoint
from core.engine.picker.model import Picked, Picker, load_picker
from core.engine.records import ModelRecord

NO_REPLIES = (
    "I am a base model without approved replies to choose from. "
    "Fine-tune me on a file of approved replies first."
)
_LOADED_AT_MOST = 8


@dataclass
class PickerRuntime:
    """The pickers asked most lately are kept loaded."""

    home: Home
    encoders: Encoders
    understands: frozenset[str] = frozenset()
    nature: str = "this model picks one approved reply and writes no text"
    _loaded: OrderedDict[str, Picker] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, record: ModelRecord, asked: Asked) -> Parts:
        """Pick the reply to the last user message; the other messages are counted, not read.

        Raises:
            ApiError: there is no question, the checkpoint is gone, or its encoder is not here any more.
        """
        [parts] = self._answers(record, [asked], apart=False)
        return parts

    def answer_together(self, record: ModelRecord, asked: Sequence[Asked]) -> list[Parts]:
        """As `answer`, for many questions to the same model: quicker, and nobody who asks alone waits for it.

        Raises:
            ApiError: one has no question, the checkpoint is gone, or its encoder is not here any more.
        """
        return self._answers(record, asked, apart=True)

    def _answers(self, record: ModelRecord, asked: Sequence[Asked], *, apart: bool) -> list[Parts]:
        questions = [one.question() for one in asked]
        try:
            encoder, picked = self._picked(record, asked[0].model, questions, apart=apart)
            return [_at_once(said, encoder, one) for said, one in zip(picked, asked, strict=True)]
        except EngineRefused as refused:
            raise ApiError(503, str(refused), code="model_unavailable", type="server_error") from refused

    def _picked(
        self, record: ModelRecord, model_id: str, questions: Sequence[str], *, apart: bool
    ) -> tuple[Encoder, list[Picked]]:
        if not record.folder:
            nothing = Picked(NO_REPLIES, None, None, (), abstained=True)
            return self.encoders.of(record.id), [nothing] * len(questions)
        picker = self._picker(record, model_id)
        encoder = self.encoders.of(picker.manifest.base_model, apart=apart)
        if encoder.fingerprint != picker.manifest.encoder:
            made = picker.manifest.encoder
            raise EngineRefused(f"{record.id} was made with another encoder ({made}). Train it again.")
        vectors = encoder.encode(questions)
        return encoder, [picker.answer(*asked) for asked in zip(questions, vectors, strict=True)]

    def _picker(self, record: ModelRecord, model_id: str) -> Picker:
        with self._lock:
            found = self._loaded.get(model_id)
            if found is None:
                _, step = split_checkpoint(model_id)
                try:
                    found = load_picker(self.home.models / record.folder, step)
                except FileNotFoundError:
                    raise not_found("model", model_id, "model") from None
                self._loaded[model_id] = found
            self._loaded.move_to_end(model_id)
            while len(self._loaded) > _LOADED_AT_MOST:
                self._loaded.popitem(last=False)
            return found


def _at_once(picked: Picked, encoder: Encoder, asked: Asked) -> Parts:
    prompt = sum(encoder.count_tokens(message.text) for message in asked.messages)
    usage = Usage(prompt, encoder.count_tokens(picked.content))
    return _parts(picked.content, Closing("stop", usage, _why(picked)))


async def _parts(reply: str, closing: Closing) -> Parts:
    yield reply
    yield closing


def _why(picked: Picked) -> dict[str, Any]:
    """The documented extra field: how the reply was picked."""
    return {
        "kind": "reply_picker",
        "matched_question": picked.matched_question,
        "similarity": picked.similarity,
        "candidates": [{"reply": one.reply, "score": one.score} for one in picked.candidates],
        "abstained": picked.abstained,
    }

"""The models: base models of this machine, tuned ones by folder, and what they answer."""

import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from core.engine.database import Database
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
_BASE_CREATED_AT = 1_763_683_200
_LOADED_AT_MOST = 8


@dataclass(frozen=True)
class Answer:
    """What a model said, why, and how many pieces of text went in and out."""

    picked: Picked
    prompt_tokens: int
    completion_tokens: int


@dataclass
class Models:
    """Models by name."""

    home: Home
    database: Database
    encoders: Encoders
    _loaded: OrderedDict[str, Picker] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[ModelRecord]:
        """Base models, then tuned ones, newest first. Checkpoints are listed with their job."""
        rows = self.database.rows("SELECT * FROM models ORDER BY created_at DESC, id")
        tuned = [ModelRecord(row["id"], row["created_at"], row["kind"], row["folder"]) for row in rows]
        return [*map(_base, self.encoders.base_models), *tuned]

    def get(self, model_id: str) -> ModelRecord:
        """The model of this name, or the one whose checkpoint it is.

        Raises:
            ApiError: there is none.
        """
        if model_id in self.encoders.base_models:
            return _base(model_id)
        name, step = split_checkpoint(model_id)
        row = self.database.row("SELECT * FROM models WHERE id = ?", (name,))
        if row is None or (step is not None and not self._has_step(row["job_id"], step)):
            raise not_found("model", model_id, "model")
        return ModelRecord(row["id"], row["created_at"], row["kind"], row["folder"])

    def must_be_base(self, model_id: str) -> None:
        """Only base models can be fine-tuned here.

        Raises:
            ApiError: it is another one.
        """
        if model_id not in self.encoders.base_models:
            known = ", ".join(self.encoders.base_models)
            message = f"The model {model_id!r} cannot be fine-tuned here. These can: {known}."
            raise ApiError(400, message, code="model_not_available", param="model")

    def delete(self, model_id: str) -> None:
        """Forget a tuned model and its checkpoints.

        Raises:
            ApiError: it is a base model, a checkpoint, or unknown.
        """
        record = self.get(model_id)
        if not record.folder or record.id != model_id:
            what = "a checkpoint; delete its model" if record.folder else "built in"
            raise ApiError(403, f"{model_id!r} is {what}.", code="model_not_deletable", param="model")
        with self.database.transaction() as tx:
            tx.execute("DELETE FROM models WHERE id = ?", (record.id,))
            tx.execute("DELETE FROM checkpoints WHERE model = ?", (record.id,))
        with self._lock:
            self._loaded.clear()
        shutil.rmtree(self.home.models / record.folder, ignore_errors=True)

    def answer(self, model_id: str, question: str, texts: list[str]) -> Answer:
        """What the model says to the question; `texts` are all messages, for counting.

        Raises:
            ApiError: there is no such model, or its encoder is not on this machine any more.
        """
        record = self.get(model_id)
        try:
            picked = self._picked(record, model_id, question)
            base_model = self._picker(record, model_id).manifest.base_model if record.folder else record.id
            count = self.encoders.of(base_model).count_tokens
            return Answer(picked, sum(map(count, texts)), count(picked.content))
        except EngineRefused as refused:
            raise ApiError(503, str(refused), code="model_unavailable", type="server_error") from refused

    def sweep(self) -> None:
        """Remove model folders that a crash left unknown."""
        rows = self.database.rows(
            "SELECT folder FROM models UNION SELECT id FROM jobs WHERE status = 'running'"
        )
        known = {row[0] for row in rows}
        for path in self.home.models.iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)

    def _picked(self, record: ModelRecord, model_id: str, question: str) -> Picked:
        if not record.folder:
            return Picked(NO_REPLIES, None, None, (), abstained=True)
        picker = self._picker(record, model_id)
        encoder = self.encoders.of(picker.manifest.base_model)
        if encoder.fingerprint != picker.manifest.encoder:
            message = (
                f"{record.id} was made with another encoder ({picker.manifest.encoder}). Train it again."
            )
            raise EngineRefused(message)
        return picker.answer(encoder.encode([question])[0])

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

    def _has_step(self, job_id: str, step: int) -> bool:
        sql = "SELECT 1 FROM checkpoints WHERE job_id = ? AND step = ?"
        return self.database.row(sql, (job_id, step)) is not None


def _base(model_id: str) -> ModelRecord:
    return ModelRecord(model_id, _BASE_CREATED_AT, "reply_picker", "")

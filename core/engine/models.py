"""Which models there are: built-in ones, those that models.toml names, and tuned ones by folder."""

import shutil
from dataclasses import dataclass, replace

from core.engine.database import Database
from core.engine.encoder.shelf import Encoders
from core.engine.errors import ApiError, EngineRefused, not_found
from core.engine.home import Home
from core.engine.ids import split_checkpoint
from core.engine.lora.extra import must_be_installed
from core.engine.records import ModelRecord
from core.engine.registry import Registry

PICKER, LORA, FOREIGN = "reply_picker", "lora", "foreign"
_BUILT_IN_AT = 1_763_683_200


@dataclass(frozen=True)
class Models:
    """Models by name."""

    home: Home
    database: Database
    encoders: Encoders
    registry: Registry

    def all(self) -> list[ModelRecord]:
        """Base models, tuned ones, newest first, then foreign ones. Checkpoints are listed with their job."""
        rows = self.database.rows("SELECT * FROM models ORDER BY created_at DESC, id")
        tuned = [ModelRecord(row["id"], row["created_at"], row["kind"], row["folder"]) for row in rows]
        named = self._named()
        bases = [record for record in named.values() if record.kind != FOREIGN]
        return [*bases, *tuned, *(record for record in named.values() if record.kind == FOREIGN)]

    def get(self, model_id: str) -> ModelRecord:
        """The model of this name, or the one whose checkpoint it is.

        Raises:
            ApiError: there is none.
        """
        found = self._named().get(model_id)
        if found is not None:
            return found
        name, step = split_checkpoint(model_id)
        row = self.database.row("SELECT * FROM models WHERE id = ?", (name,))
        if row is None or (step is not None and not self._has_step(row["job_id"], step)):
            raise self._unknown(model_id)
        return ModelRecord(row["id"], row["created_at"], row["kind"], row["folder"])

    def must_be_base(self, model_id: str) -> None:
        """Only base models can be fine-tuned here.

        Raises:
            ApiError: it is another one, or what trains it is not installed.
        """
        record = self._named().get(model_id)
        if record is None or record.kind == FOREIGN:
            why = f"runs on the server {record.owner}" if record is not None else "is no base model here"
            message = f"{model_id!r} {why} and cannot be fine-tuned. These can: {', '.join(self._bases())}."
            raise ApiError(400, message, code="model_not_available", param="model")
        if record.kind == LORA:
            try:
                must_be_installed()
            except EngineRefused as refused:
                raise ApiError(400, str(refused), code="model_not_available", param="model") from refused

    def delete(self, model_id: str) -> None:
        """Forget a tuned model and its checkpoints.

        Raises:
            ApiError: it is a base model, a foreign one, a checkpoint, or unknown.
        """
        record = self.get(model_id)
        if not record.folder or record.id != model_id:
            raise ApiError(403, _undeletable(record, model_id), code="model_not_deletable", param="model")
        with self.database.transaction() as tx:
            tx.execute("DELETE FROM models WHERE id = ?", (record.id,))
            tx.execute("DELETE FROM checkpoints WHERE model = ?", (record.id,))
        shutil.rmtree(self.home.models / record.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove model folders that a crash left unknown."""
        rows = self.database.rows(
            "SELECT folder FROM models UNION SELECT id FROM jobs WHERE status = 'running'"
        )
        known = {row[0] for row in rows}
        for path in self.home.models.iterdir():
            if path.name not in known:
                shutil.rmtree(path, ignore_errors=True)

    def _named(self) -> dict[str, ModelRecord]:
        """The models that are not tuned here, by id."""
        listing = self.registry.listing
        at = listing.changed_at
        built_in = (ModelRecord(name, _BUILT_IN_AT, PICKER, "") for name in self.encoders.base_models)
        hugging_face = (
            ModelRecord(model.id, at, LORA, "", owner=model.owner) for model in listing.huggingface.values()
        )
        foreign = (
            ModelRecord(model.id, at, FOREIGN, "", owner=model.host) for model in listing.foreign.values()
        )
        return {record.id: record for record in (*built_in, *hugging_face, *foreign)}

    def _bases(self) -> list[str]:
        return [record.id for record in self._named().values() if record.kind != FOREIGN]

    def _has_step(self, job_id: str, step: int) -> bool:
        sql = "SELECT 1 FROM checkpoints WHERE job_id = ? AND step = ?"
        return self.database.row(sql, (job_id, step)) is not None

    def _unknown(self, model_id: str) -> ApiError:
        error = not_found("model", model_id, "model")
        trouble = self.registry.trouble
        return replace(error, message=f"{error.message} {trouble}") if trouble else error


def _undeletable(record: ModelRecord, model_id: str) -> str:
    if record.folder:
        return f"{model_id!r} is a checkpoint; delete its model."
    if record.kind == PICKER:
        return f"{model_id!r} is built in."
    return f"{model_id!r} is named in models.toml; take it out there."

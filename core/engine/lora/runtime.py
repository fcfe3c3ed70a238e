"""Hugging Face models at work: base or adapter, answered by the base's own process."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from core.engine.answering import Asked, Parts
from core.engine.errors import ApiError, EngineRefused, not_found
from core.engine.foreign.client import ChatServer
from core.engine.foreign.runtime import relayed, request_body
from core.engine.home import Home
from core.engine.ids import split_checkpoint
from core.engine.lora.base import Base
from core.engine.lora.manifest import Manifest, read_manifest
from core.engine.lora.processes import LoraProcesses
from core.engine.records import ModelRecord
from core.engine.registry import Registry

UNDERSTOOD = frozenset({"max_completion_tokens", "max_tokens", "seed", "stop", "temperature", "top_p"})
ANSWER_SECONDS = 600.0
"""How long an answer may take, or a streamed one be silent; a long one on a CPU takes minutes."""
_WAITING_AT_MOST = 32


@dataclass(frozen=True)
class LoraRuntime:
    """The base models that models.toml names, and the adapters that were trained on them here."""

    home: Home
    registry: Registry
    processes: LoraProcesses
    understands: frozenset[str] = UNDERSTOOD
    nature: str = "this model writes one answer in text"
    waiting: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_WAITING_AT_MOST, "lora"))

    def answer(self, record: ModelRecord, asked: Asked) -> Parts:
        """Answer; the base's process is started where it does not run, once the first part is awaited.

        Raises:
            ApiError: the model's base is named no more.
        """
        manifest = self._manifest(record)
        base_model = manifest.base_model if manifest else record.id
        step = _step(manifest, asked.model)
        adapter = f"{record.folder}/step-{step}" if manifest else ""
        extra = {"kind": "lora", "base": base_model, "step": step}
        body = request_body(adapter, asked, UNDERSTOOD)
        return self._answered(base_model, self._base(record, base_model), body, extra)

    async def _answered(
        self, base_model: str, base: Base, body: Mapping[str, Any], extra: Mapping[str, Any]
    ) -> Parts:
        """Loading a base takes long: who waits for it waits in threads that answer nothing else."""
        loop = asyncio.get_running_loop()
        try:
            address = await loop.run_in_executor(self.waiting, self.processes.address, base)
        except EngineRefused as refused:
            raise ApiError(503, str(refused), code="model_unavailable", type="server_error") from refused
        name = f"The process of {base_model}"
        server = ChatServer(name, address.base_url, address.key, ANSWER_SECONDS, ours=True)
        async with aclosing(relayed(server, body, extra)) as parts:
            async for part in parts:
                yield part

    def _manifest(self, record: ModelRecord) -> Manifest | None:
        if not record.folder:
            return None
        try:
            return read_manifest(self.home.models / record.folder)
        except FileNotFoundError:
            raise not_found("model", record.id, "model") from None

    def _base(self, record: ModelRecord, base_model: str) -> Base:
        named = self.registry.listing.huggingface.get(base_model)
        if named is None:
            message = (
                f"{record.id} was trained on {base_model}, which models.toml names no more. "
                f"Name it there again, and the model answers."
            )
            raise ApiError(503, message, code="model_unavailable", type="server_error")
        return Base(named.source, named.quantised)


def _step(manifest: Manifest | None, model_id: str) -> int | None:
    """The checkpoint that is meant: the one in the model's name, else its best; of a bare base none."""
    if manifest is None:
        return None
    _, step = split_checkpoint(model_id)
    return manifest.best_step if step is None else step

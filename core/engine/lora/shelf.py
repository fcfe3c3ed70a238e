"""One base model and its adapters in memory: switched by name, the base never loaded twice."""

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peft import PeftModel

from core.engine.errors import ApiError, not_found
from core.engine.lora.checkpoints import ADAPTER_FILES
from core.engine.lora.manifest import read_manifest

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}/step-[0-9]{1,9}")
_LOADED_AT_MOST = 8


@dataclass
class AdapterShelf:
    """The adapters below `root`, each named `<model folder>/step-N`. To be used by one thread at a time.

    `fingerprint` is that of the base's files: an adapter of another base is refused.
    """

    base: Any
    fingerprint: str
    root: Path
    _adapted: Any = None
    _loaded: OrderedDict[str, None] = field(default_factory=OrderedDict)

    @contextmanager
    def model(self, adapter: str) -> Iterator[Any]:
        """The base with this adapter at work; with an empty name the base as if it had never had one.

        Raises:
            ApiError: there is no such adapter.
        """
        if adapter:
            self._switch_to(adapter)
            yield self._adapted
        elif self._adapted is None:
            yield self.base
        else:
            with self._adapted.disable_adapter():
                yield self._adapted

    def _switch_to(self, name: str) -> None:
        folder = self.root / name
        if not _NAME.fullmatch(name) or not all((folder / file).is_file() for file in ADAPTER_FILES):
            raise not_found("model", name, "model")
        key = name.replace("/", "_")
        if read_manifest(folder.parent).base != self.fingerprint:
            message = "The files of the base model have changed since this model was trained. Train it again."
            raise ApiError(503, message, code="model_unavailable", type="server_error")
        if key not in self._loaded:
            self._load(key, folder)
        self._loaded.move_to_end(key)
        self._adapted.set_adapter(key)
        self._adapted.eval()

    def _load(self, key: str, folder: Path) -> None:
        while len(self._loaded) >= _LOADED_AT_MOST:
            oldest, _ = self._loaded.popitem(last=False)
            self._adapted.delete_adapter(oldest)
        try:
            if self._adapted is None:
                self._adapted = PeftModel.from_pretrained(self.base, str(folder), adapter_name=key)
            else:
                self._adapted.load_adapter(str(folder), adapter_name=key)
        except (OSError, ValueError, RuntimeError) as error:
            message = f"The adapter {key} does not fit this base model: {error}"
            raise ApiError(503, message, code="model_unavailable", type="server_error") from error
        self._loaded[key] = None

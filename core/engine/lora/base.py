"""A base model: where its files are, whether they can be trusted, and how it is loaded."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from core.engine.errors import EngineRefused

_GPU_VARIABLE = "CUDA_VISIBLE_DEVICES"
_EDGE_BYTES = 2**20
_HUB_FILES = ("*.json", "*.safetensors", "*.model", "*.jinja", "*.txt")
"""What is fetched from the hub: no pickled weights and no code."""


@dataclass(frozen=True)
class Base:
    """A base model the engine's owner has named. `source` is a folder of this machine or a hub's name."""

    source: str
    quantised: bool

    @property
    def is_local(self) -> bool:
        """Whether it is a folder; hub names never begin with a slash."""
        return Path(self.source).is_absolute()


def prepare(base: Base) -> None:
    """Set this process's surroundings; to be called before torch or transformers are imported.

    Only a base that its owner named by a hub name may reach the hub. One GPU at most is used.
    """
    if base.is_local:
        os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_DATASETS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ[_GPU_VARIABLE] = os.environ.get(_GPU_VARIABLE, "0").partition(",")[0]


def files_of(base: Base) -> Path:
    """The folder with the base model's files; those of a hub's are fetched where they are not here yet.

    Raises:
        EngineRefused: there is no such folder, or it does not hold what is needed.
    """
    folder = Path(base.source) if base.is_local else _fetched(base.source)
    if not folder.is_dir():
        raise EngineRefused(f"The base model's folder {folder} does not exist. Mend its path in models.toml.")
    if not (folder / "config.json").is_file():
        raise EngineRefused(f"The base model's folder {folder} holds no config.json, so it is no model.")
    if not any(folder.glob("*.safetensors")):
        raise EngineRefused(
            f"The base model in {folder} has no weights as *.safetensors. "
            "Other formats can run code when they are loaded; they are not read."
        )
    return folder


def fingerprint(folder: Path) -> str:
    """Tells one base model from another: its small files whole, of its weights the size and both ends."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name in {"config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"}:
            digest.update(path.name.encode() + path.read_bytes())
        elif path.suffix == ".safetensors":
            digest.update(f"{path.name}:{path.stat().st_size}".encode())
            with path.open("rb") as file:
                digest.update(file.read(_EDGE_BYTES))
                file.seek(-min(_EDGE_BYTES, path.stat().st_size), os.SEEK_END)
                digest.update(file.read())
    return digest.hexdigest()


def first_line(error: Exception) -> str:
    """What an error of a library says, short enough for a sentence."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - the extra may be absent

    try:
        return Path(snapshot_download(name, allow_patterns=list(_HUB_FILES)))
    except (OSError, ValueError) as error:
        message = f"The base model {name} could not be fetched from the hub: {first_line(error)}"
        raise EngineRefused(message) from error

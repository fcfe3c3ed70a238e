"""A tuned model's folder: the adapters of its checkpoints, and what says which base they belong to."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from core.engine.home import sync_folder, write_json
from core.engine.lora.checkpoints import Checkpoints, save_adapter


@dataclass(frozen=True)
class Manifest:
    """`base` is the fingerprint of the base's files, `best_step` what the model's own name means."""

    model: str
    base_model: str
    base: str
    data_sha256: str
    method: str
    seed: int
    n_epochs: int
    batch_size: int
    learning_rate: float
    examples: int
    best_step: int
    steps: tuple[int, ...]


def save_model(folder: Path, manifest: Manifest, checkpoints: Checkpoints) -> None:
    """Write the model so that it is there whole or not at all."""
    passing = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(passing, ignore_errors=True)
    passing.mkdir()
    for step in manifest.steps:
        save_adapter(checkpoints.folder(step), adapter_folder(passing, step))
    write_json(passing / "manifest.json", asdict(manifest))
    passing.replace(folder)
    sync_folder(folder.parent)


def read_manifest(folder: Path) -> Manifest:
    """What the model in this folder says of itself.

    Raises:
        FileNotFoundError: there is none.
    """
    document = json.loads((folder / "manifest.json").read_bytes())
    return Manifest(**{**document, "steps": tuple(document["steps"])})


def adapter_folder(model: Path, step: int) -> Path:
    """Where a model keeps the adapter of one of its checkpoints."""
    return model / f"step-{step}"

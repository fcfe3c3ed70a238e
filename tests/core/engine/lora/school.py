"""A tiny language model made on the spot, orders to train adapters on it, and workers for them."""

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from core.engine.jobs.folder import JobFolder, Note, Order, Outcome
from tests.core.engine.running import ROOT
from tests.core.engine.shop import TAUGHT

EXTRA = "The LoRA extra is not installed (make lora), so adapters are not tested."
FOUR_BIT = "bitsandbytes is not installed (make lora), so 4 bit is not tested."

SMALL = TAUGHT[:20]
"""Twenty questions and their replies: what the tiny model learns by heart."""

MARKED = (
    "{% for message in messages %}<|im_start|>{{ message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] }}<|im_end|>{% endgeneration %}"
    "{% else %}{{ message['content'] }}<|im_end|>{% endif %}{{ '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
UNMARKED = MARKED.replace("{% generation %}", "").replace("{% endgeneration %}", "")
_SIGNS = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
_PATIENCE_SECONDS = 400.0


def make_model(folder: Path, texts: Iterable[str]) -> None:
    """A Llama of two layers with random weights, and a byte-level tokenizer trained on the texts."""
    tokenizers, torch, transformers = map(importlib.import_module, ("tokenizers", "torch", "transformers"))
    plain = tokenizers.Tokenizer(tokenizers.models.BPE())
    plain.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400, special_tokens=_SIGNS, initial_alphabet=alphabet, show_progress=False
    )
    plain.train_from_iterator(texts, trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token="<|im_end|>", pad_token="<|pad|>", chat_template=MARKED
    )
    sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=256,
        initializer_range=0.2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **sizes,
    )
    torch.manual_seed(0)
    transformers.utils.logging.disable_progress_bar()
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def with_template(model: Path, folder: Path, template: str | None) -> Path:
    """The same model with another chat template, or with none."""
    shutil.copytree(model, folder)
    (folder / "chat_template.jinja").unlink()
    if template is not None:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    return folder


def conversation(question: str, reply: str) -> dict[str, Any]:
    """A line of a training file."""
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]}


def preference(question: str, better: str, worse: str) -> dict[str, Any]:
    """A line of a preference file."""
    return {
        "input": {"messages": [{"role": "user", "content": question}]},
        "preferred_output": [{"role": "assistant", "content": better}],
        "non_preferred_output": [{"role": "assistant", "content": worse}],
    }


def write_lines(path: Path, lines: Sequence[dict[str, Any]]) -> Path:
    """A training file."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def attempt(folder: Path, model: Path, training: Path, **changes: Any) -> JobFolder:
    """A worker's folder with its order: ten quick epochs, unless changed."""
    folder.mkdir(parents=True)
    order: dict[str, Any] = {
        "job_id": "ftjob-1",
        "trainer": "lora",
        "base_model": "tiny",
        "model_id": "ft:tiny:touchstone::1",
        "training_path": str(training),
        "training_sha256": hashlib.sha256(training.read_bytes()).hexdigest(),
        "validation_path": None,
        "seed": 5,
        "n_epochs": 6,
        "batch_size": 4,
        "learning_rate_multiplier": 25.0,
        "cache": str(folder / "cache"),
        "source": str(model),
    }
    made = JobFolder(folder)
    made.write_order(Order(**(order | changes)))
    made.lock.touch()
    return made


def begin(folder: JobFolder) -> "subprocess.Popen[bytes]":
    """A worker at work in the folder."""
    with folder.log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "core.engine.jobs.worker", str(folder.path)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def work(folder: JobFolder) -> Outcome:
    """What came of it when a worker was let work to its end."""
    assert begin(folder).wait(_PATIENCE_SECONDS) == 0
    outcome = folder.outcome()
    assert outcome is not None, folder.log.read_text(encoding="utf-8")
    return outcome


def notes(folder: JobFolder) -> list[Note]:
    """All that a worker reported."""
    return folder.reported_since(0)[0]


def until(happened: Callable[[], bool]) -> None:
    """Wait for something."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it has not happened"
        time.sleep(0.02)

"""Adapters' speed and memory on this machine: a Llama with random weights, as it is and in 4 bit.

Run with `python -m benchmarks.engine_lora [LAYERS]` after `make lora`; 24 layers, the default, are 0.3
billion parameters. What is learned and said means nothing here.
"""

import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import openai
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.engine_client import lines, running
from benchmarks.measure import cpu_of

LAYERS, WIDTH = 24, 1024
EXAMPLES, EPOCHS, BATCH = 20, 2, 4
TOKENS = 32
_END = "<|end|>"
_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {% generation %}{{ message['content'] }}"
    f"{_END}{{% endgeneration %}}{{% endfor %}}{{% if add_generation_prompt %}}assistant: {{% endif %}}"
)
_PATIENCE_SECONDS = 3600.0
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class _Clock:
    """Wall seconds, and CPU seconds of the processes that the engine has started."""

    wall: float
    cpu: float

    def since(self, before: "_Clock", times: int = 1) -> str:
        """What went by, each time."""
        return f"{(self.wall - before.wall) / times:.2f} s, CPU {(self.cpu - before.cpu) / times:.2f} s"


def main(layers: int = LAYERS) -> None:
    """Train and ask both, and print what they took."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        parameters = _make(model, layers)
        print(f"{parameters / 1e9:.2f} billion parameters, on {_device()}")
        for name, quantised in (("plain", "false"), ("four-bit", "true")):
            home = Path(folder) / name
            (home / "engine").mkdir(parents=True)
            named = f'[huggingface.{name}]\npath = "{model}"\nquantised = {quantised}\n'
            (home / "engine" / "models.toml").write_text(named, encoding="utf-8")
            with running(home) as (engine, client):
                patient = client.with_options(timeout=_PATIENCE_SECONDS)
                tuned = _trained(patient, name, engine.pid)
                _asked(patient, tuned, name, engine.pid)


def _make(folder: Path, layers: int) -> int:
    """A model that reads bytes; how many parameters it has."""
    alphabet = [_END, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    plain = Tokenizer(models.BPE({sign: at for at, sign in enumerate(alphabet)}, []))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, eos_token=_END, pad_token=_END, chat_template=_TEMPLATE
    )
    config = LlamaConfig(
        vocab_size=len(alphabet),
        hidden_size=WIDTH,
        intermediate_size=WIDTH * 11 // 4,
        num_hidden_layers=layers,
        num_attention_heads=WIDTH // 64,
        max_position_embeddings=4096,
        eos_token_id=0,
        pad_token_id=0,
    )
    made = LlamaForCausalLM(config)
    made.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return int(made.num_parameters())


def _trained(client: openai.OpenAI, base: str, engine: int) -> str:
    said = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "It is here. " * 3}]
    data = lines([{"messages": said}] * EXAMPLES)
    job = client.fine_tuning.jobs.create(
        model=base,
        training_file=client.files.create(file=("train.jsonl", data), purpose="fine-tune").id,
        hyperparameters={"n_epochs": EPOCHS, "batch_size": BATCH},
    )
    seen: dict[int, _Clock] = {}
    most = 0.0
    while job.status not in {"succeeded", "failed", "cancelled"}:
        time.sleep(_LOOK_SECONDS)
        events = client.fine_tuning.jobs.list_events(job.id, limit=100).data
        with suppress(FileNotFoundError, ProcessLookupError):  # the worker ends when it is done
            seen.setdefault(sum(event.type == "metrics" for event in events), _clock(engine))
            most = max(most, _most_memory(engine))
        job = client.fine_tuning.jobs.retrieve(job.id)
    if job.fine_tuned_model is None or job.trained_tokens is None:
        raise RuntimeError(f"The model was not trained: {job.error}.")
    first, *_, last = sorted(step for step in seen if 0 < step < EPOCHS * EXAMPLES // BATCH)
    tokens = job.trained_tokens * BATCH // EPOCHS // EXAMPLES
    _say(base, f"a step of {tokens} tokens", seen[last].since(seen[first], last - first))
    _say(base, "memory of the worker at most", f"{most:.1f} GB")
    return job.fine_tuned_model


def _asked(client: openai.OpenAI, tuned: str, base: str, engine: int) -> None:
    for what in ("loaded and answered", "answered"):
        before = _clock(engine)
        client.chat.completions.create(
            model=tuned,
            messages=[{"role": "user", "content": "Where is it?"}],
            temperature=0,
            max_tokens=TOKENS,
        )
        _say(base, f"{what}, {TOKENS} tokens at most", _clock(engine).since(before))
    _say(base, "memory of the answering process at most", f"{_most_memory(engine):.1f} GB")


def _clock(engine: int) -> _Clock:
    return _Clock(time.perf_counter(), sum(map(cpu_of, _started_by(engine))))


def _most_memory(engine: int) -> float:
    """Gigabytes that the largest of the engine's processes has held at most."""
    status = (Path(f"/proc/{process}/status").read_text(encoding="utf-8") for process in _started_by(engine))
    held = (line.split()[1] for text in status for line in text.splitlines() if line.startswith("VmHWM"))
    return max(map(int, held), default=0) / 1024**2


def _started_by(process: int) -> list[int]:
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text(encoding="ascii").split()]


def _device() -> str:
    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "the CPU, one thread"


def _say(base: str, what: str, said: str) -> None:
    print(f"{base:<10} {what:<47} {said}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

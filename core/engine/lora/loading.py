"""Loading a base model and its tokenizer: safetensors only, no code of theirs."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from core.engine.errors import EngineRefused
from core.engine.lora.base import Base, first_line

THREADS_VARIABLE = "TOUCHSTONE_LORA_THREADS"


def on_gpu() -> bool:
    """Whether there is a CUDA GPU to work on."""
    return bool(torch.cuda.is_available())


def in_half() -> bool:
    """Whether weights are kept in bfloat16: on a GPU that knows it. Everywhere else it is 32 bit."""
    return on_gpu() and bool(torch.cuda.is_bf16_supported())


def load_tokenizer(folder: Path) -> Any:
    """The base model's tokenizer.

    Raises:
        EngineRefused: it cannot be loaded, or has no sign for the end of a text.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
    except (OSError, ValueError, ImportError) as error:
        raise EngineRefused(f"The tokenizer in {folder} cannot be loaded: {first_line(error)}") from error
    if tokenizer.eos_token_id is None:
        raise EngineRefused(f"The tokenizer in {folder} has no sign for the end of a text (eos_token).")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(base: Base, folder: Path) -> Any:
    """The base model, on the GPU where there is one.

    Raises:
        EngineRefused: it cannot be loaded, or its quantisation needs what this machine lacks.
    """
    torch.set_num_threads(_threads())
    number = torch.bfloat16 if in_half() else torch.float32
    options: dict[str, Any] = {"dtype": number}
    if base.quantised:
        place = {"": 0 if on_gpu() else "cpu"}
        options |= {"quantization_config": _four_bit(folder, number), "device_map": place}
    try:
        model = AutoModelForCausalLM.from_pretrained(
            str(folder), use_safetensors=True, trust_remote_code=False, **options
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise EngineRefused(f"The base model in {folder} cannot be loaded: {first_line(error)}") from error
    if base.quantised:
        _leave_weights_alone(model)
        return model
    return model.to("cuda") if on_gpu() else model


def longest_text(folder: Path) -> int | None:
    """How many tokens the model can read at once; None where it knows no end.

    Raises:
        EngineRefused: its configuration cannot be read.
    """
    try:
        config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False)
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise EngineRefused(f"The base model in {folder} cannot be loaded: {first_line(error)}") from error
    found = getattr(config.get_text_config(), "max_position_embeddings", None)
    return found if isinstance(found, int) else None


def _four_bit(folder: Path, number: Any) -> Any:
    """NF4 with double quantisation, as QLoRA has it (Dettmers et al. 2023), worked with as `number`."""
    if find_spec("bitsandbytes") is None:
        raise EngineRefused(
            f"The base model in {folder} is named with quantised = true, which needs the package "
            "bitsandbytes, and that is not installed here. Run `make lora` again, or take quantised out of "
            "models.toml."
        )
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=number,
    )


def _leave_weights_alone(model: Any) -> None:
    """Keep bitsandbytes from packing the weights anew, as it does on CPUs with AVX512-BF16 when they answer.

    That would round them once more with each adapter that is loaded, and a training that has validated would
    go on without gradients.
    """
    for layer in model.modules():
        if hasattr(layer, "support_avx512bf16_for_cpu"):
            layer.support_avx512bf16_for_cpu = False


def _threads() -> int:
    """One thread, unless the owner said otherwise: two on busy cores are many times slower than one."""
    said = os.environ.get(THREADS_VARIABLE, "1")
    return int(said) if said.isdecimal() and int(said) > 0 else 1

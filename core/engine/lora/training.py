"""The training itself: TRL's trainers for replies (SFT) and preferences (DPO), with PEFT's LoRA."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from transformers.utils import logging
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

from core.engine.jobs.folder import JobFolder
from core.engine.lora.checkpoints import Checkpoints
from core.engine.lora.lessons import Lesson
from core.engine.lora.loading import in_half, on_gpu
from core.engine.lora.preferences import Contrast
from core.engine.lora.reporting import Reporter
from core.engine.lora.settings import ALPHA, RANK, Settings
from core.engine.lora.template import Chat

_WARM_UP = 0.03
"""The share of all steps in which the learning rate rises; then it falls in a line."""


@dataclass(frozen=True)
class Classroom:
    """What a trainer needs beside what is to be learned."""

    folder: JobFolder
    model: Any
    chat: Chat
    settings: Settings
    most_tokens: int
    reporter: Reporter


def reply_trainer(room: Classroom, lessons: Sequence[Lesson], held_out: Sequence[Lesson]) -> Any:
    """A trainer that learns to say the replies."""
    arguments = SFTConfig(
        **_arguments(room, validates=bool(held_out)),
        dataset_kwargs={"skip_prepare_dataset": True},
        max_length=None,
    )
    return SFTTrainer(room.model, arguments, **_shared(room, _sequences(lessons), _sequences(held_out)))


def preference_trainer(room: Classroom, contrasts: Sequence[Contrast], held_out: Sequence[Contrast]) -> Any:
    """A trainer that learns to prefer (DPO, Rafailov et al. 2023); the bare base is its reference."""
    arguments = DPOConfig(
        **_arguments(room, validates=bool(held_out)), beta=room.settings.beta, max_length=room.most_tokens
    )
    return DPOTrainer(room.model, args=arguments, **_shared(room, _pairs(contrasts), _pairs(held_out)))


def train(trainer: Any, folder: JobFolder) -> None:
    """Train to the end, from the folder's last checkpoint where there is one.

    Raises:
        Cancelled: the job is not wanted any more.
    """
    _in_32_bit(trainer.model)
    last = Checkpoints(folder.checkpoints).last()
    trainer.train(resume_from_checkpoint=str(last) if last else None)


def _in_32_bit(model: Any) -> None:
    """Keep the adapter in 32 bit: TRL puts that of a 4-bit base into bfloat16, until it is loaded again.

    There small steps are rounded away, and a training that is gone on from would end as another one.
    """
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()


def _shared(room: Classroom, taught: Any, held_out: Any) -> dict[str, Any]:
    return {
        "train_dataset": taught,
        "eval_dataset": held_out,
        "processing_class": room.chat.tokenizer,
        "callbacks": [room.reporter],
        "peft_config": LoraConfig(
            r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"
        ),
    }


def _arguments(room: Classroom, *, validates: bool) -> dict[str, Any]:
    """What both trainers share. When to log, validate and save is the reporter's to say."""
    logging.disable_progress_bar()
    settings = room.settings
    resumes = Checkpoints(room.folder.checkpoints).last() is not None
    return {
        "output_dir": str(room.folder.path / "trainer"),
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": settings.at_once,
        "per_device_eval_batch_size": settings.at_once,
        "gradient_accumulation_steps": settings.batch_size // settings.at_once,
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": int(settings.steps * _WARM_UP),
        "seed": settings.seed,
        "data_seed": settings.seed,
        "use_cpu": not on_gpu(),
        "bf16": in_half(),
        "gradient_checkpointing": on_gpu(),
        "eval_on_start": validates and not resumes,
        "logging_strategy": "no",
        "eval_strategy": "no",
        "save_strategy": "no",
        "logging_nan_inf_filter": False,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": on_gpu(),
        "trust_remote_code": False,
        "push_to_hub": False,
    }


def _sequences(lessons: Sequence[Lesson]) -> Any:
    """A data set of the lessons; None where there are none."""
    rows = [{"input_ids": lesson.ids, "labels": lesson.labels} for lesson in lessons]
    return Dataset.from_list(rows) if rows else None


def _pairs(contrasts: Sequence[Contrast]) -> Any:
    """A data set of the contrasts; None where there are none."""
    rows = [
        {
            "prompt": one.prompt,
            "chosen": one.chosen,
            "rejected": one.rejected,
            "chat_template_kwargs": {"enable_thinking": False},
        }
        for one in contrasts
    ]
    return Dataset.from_list(rows) if rows else None

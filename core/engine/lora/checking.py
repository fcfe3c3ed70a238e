"""An adapter's files before its job is queued; nothing of the base model is needed for that."""

from pathlib import Path

from core.engine.errors import EngineRefused, JobFailed
from core.engine.jobs.checking import Check
from core.engine.lora.data import read_conversations, read_preferences
from core.engine.lora.extra import must_be_installed


def check_for_lora(check: Check) -> str:
    """What is to be said of files that an adapter can be trained on.

    Raises:
        JobFailed: it cannot be, or the packages it needs are not installed.
    """
    try:
        must_be_installed()
    except EngineRefused as refused:
        raise JobFailed("trainer_not_installed", str(refused), "model") from refused
    read = read_preferences if check.method == "dpo" else read_conversations
    found = len(read(Path(check.training_path), "training_file"))
    if check.validation_path:
        read(Path(check.validation_path), "validation_file")
    return f"{found} {'preferences' if check.method == 'dpo' else 'examples'}"

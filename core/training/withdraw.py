"""Withdrawing a run's examples: its files are deleted where they were sent, and a model that holds them."""

from typing import TYPE_CHECKING

from core.datasets.splitting import Split
from core.text.figures import counted
from core.training.launch import file_name
from core.training.runs import Run, RunState

if TYPE_CHECKING:  # slow to import
    from core.providers.service import Service


def nothing_was_sent(run: Run) -> bool:
    """Whether a run ended, or stands, before its files were uploaded."""
    return run.state is RunState.PREPARING and run.training_file is None


def withdraw(service: "Service", run: Run) -> str:
    """Delete the files of a run at its provider, and a model that keeps the examples word for word.

    Returns:
        What was deleted and what cannot be, in a sentence or two.

    Raises:
        Failure: the provider did not do it; it can be asked again.
    """
    deleted = sum(_delete_file(service, file_name(run, split)) for split in (Split.TRAIN, Split.VALIDATION))
    files = f"{counted(deleted, 'file')} deleted at {service.provider.title}."
    if run.model is None:
        return f"{files} No model came of this run."
    if not service.provider.picks_replies:
        return (
            f"{files} The model {run.model} stays there: what it learned cannot be taken out of it. Delete "
            "it at the provider and train again on the dataset as it is now."
        )
    if run.model in service.models():
        service.delete_model(run.model)
    return (
        f"{files} The model {run.model} kept the replies themselves and was deleted. Train again on the "
        "dataset as it is now."
    )


def _delete_file(service: "Service", name: str) -> int:
    found = service.find_file(name)
    if found is None:
        return 0
    service.delete_file(found)
    return 1

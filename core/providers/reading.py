"""Reading what providers answer: checked once, here at the border."""

import hashlib
import math
from datetime import UTC, datetime

from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent

from core.providers.protocol import (
    GENERATED,
    REPLY_PICKER,
    Candidate,
    Metrics,
    RemoteEvent,
    RemoteJob,
    Said,
)

STATUSES = {
    "pending": "queued",
    "validating": "validating_files",
    "validated": "queued",
    "started": "running",
    "success": "succeeded",
    "completed": "succeeded",
    "error": "failed",
    "failed_validation": "failed",
    "canceled": "cancelled",
    "cancellation_requested": "running",
}
"""Words that some servers use instead of the protocol's own."""


def read_job(found: object) -> RemoteJob:
    """A job.

    Raises:
        ValueError: this is none.
    """
    if not isinstance(found, FineTuningJob) or not _text(found.id) or not _text(found.status):
        raise ValueError("This is not a fine-tuning job.")
    status = str(found.status).strip().lower()
    error = _text(found.error.message) if found.error else None
    model = _text(found.fine_tuned_model)
    return RemoteJob(found.id, STATUSES.get(status, status), model, _count(found.trained_tokens), error)


def read_event(found: object) -> RemoteEvent:
    """An event; one without an id gets one made of its content.

    Raises:
        ValueError: this is none.
    """
    if not isinstance(found, FineTuningJobEvent):
        raise ValueError("This is not an event of a fine-tuning job.")  # noqa: TRY004 - bad data, not a bad call
    message, at = _text(found.message) or "", _count(found.created_at) or 0
    made = hashlib.sha256(f"{at} {message}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
    level = _text(found.level) or "info"
    happened = datetime.fromtimestamp(at, UTC)
    return RemoteEvent(_text(found.id) or made, level, message, happened, _metrics(found.data))


def read_chat(found: object) -> Said:
    """An answer.

    Raises:
        ValueError: this is none.
    """
    if not isinstance(found, ChatCompletion) or not found.choices:
        raise ValueError("This is not an answer.")
    message = found.choices[0].message
    text = message.content if isinstance(message.content, str) else None
    if text is None and not isinstance(message.refusal, str):
        raise ValueError("This answer has no text.")
    extra = (found.model_extra or {}).get("touchstone")
    why: dict[str, object] = extra if isinstance(extra, dict) else {}
    picked = why.get("kind") == REPLY_PICKER
    usage = None if picked else found.usage
    return Said(
        text=text if text is not None else str(message.refusal),
        kind=REPLY_PICKER if picked else GENERATED,
        input_tokens=_count(usage.prompt_tokens) if usage else None,
        output_tokens=_count(usage.completion_tokens) if usage else None,
        matched_question=_text(why.get("matched_question")),
        similarity=_number(why.get("similarity")),
        candidates=_candidates(why.get("candidates")),
        abstained=why.get("abstained") is True,
    )


def _metrics(data: object) -> Metrics | None:
    if not isinstance(data, dict):
        return None
    step = _count(data.get("step"))
    point = Metrics(
        step=step if step is not None else -1,
        total_steps=_count(data.get("total_steps")),
        train_loss=_number(data.get("train_loss")),
        valid_loss=_either(data, "valid_loss", "full_valid_loss"),
        train_accuracy=_either(data, "train_mean_token_accuracy", "train_accuracy"),
        valid_accuracy=_either(data, "valid_mean_token_accuracy", "full_valid_mean_token_accuracy"),
    )
    return None if step is None or (point.train_loss is None and point.valid_loss is None) else point


def _candidates(found: object) -> tuple[Candidate, ...]:
    if not isinstance(found, list):
        return ()
    return tuple(
        Candidate(entry["reply"], _number(entry.get("score")))
        for entry in found
        if isinstance(entry, dict) and isinstance(entry.get("reply"), str)
    )


def _either(data: dict[str, object], first: str, second: str) -> float | None:
    found = _number(data.get(first))
    return found if found is not None else _number(data.get(second))


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found.strip() else None


def _number(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return float(found)


def _count(found: object) -> int | None:
    number = _number(found)
    return int(number) if number is not None and number >= 0 and number == int(number) else None

"""Names the engine gives: random, never made from what a user typed."""

import re
import secrets


def new_id(kind: str, joined_by: str = "-") -> str:
    """A fresh id such as `file-3f…`, `ftjob-9a…` or `batch_5c…`."""
    return f"{kind}{joined_by}{secrets.token_hex(12)}"


def tuned_model_id(base: str, suffix: str | None, job_id: str) -> str:
    """`ft:<base>:touchstone:<suffix>:<id>`; the suffix is reduced to a-z, 0-9 and dashes, as OpenAI does."""
    plain = re.sub(r"[^a-z0-9]+", "-", (suffix or "").lower()).strip("-")
    return f"ft:{base}:touchstone:{plain}:{job_id.rpartition('-')[2][:12]}"


def checkpoint_model_id(model_id: str, step: int) -> str:
    """The name a checkpoint answers to."""
    return f"{model_id}:ckpt-step-{step}"


def split_checkpoint(model_id: str) -> tuple[str, int | None]:
    """The model's own id, and the step where the name is a checkpoint's."""
    found = re.fullmatch(r"(.+):ckpt-step-(0|[1-9]\d{0,8})", model_id)
    return (found[1], int(found[2])) if found else (model_id, None)

"""Preference pairs whose answers are messages: the conversation up to the preferred answer is taken."""

from typing import Any

from core.curation.intake.records.said import CUSTOMER, Said, said_in
from core.curation.intake.records.talk import Talk
from core.curation.intake.table import Tally

CHOSEN = ("chosen", "preferred_output")
PAIR_KEYS = frozenset({"prompt", "input", *CHOSEN, "rejected", "non_preferred_output"})


def _fits(record: dict[str, Any]) -> bool:
    return any(isinstance(record.get(key), list) for key in CHOSEN)


def _said(record: dict[str, Any], tally: Tally) -> list[Said]:
    key = next((key for key in CHOSEN if key in record), CHOSEN[0])
    return [*_prompt(record, tally), *said_in(record.get(key), key, tally)]


def _prompt(record: dict[str, Any], tally: Tally) -> list[Said]:
    """What was said before the two answers; some files repeat it in each of them instead."""
    prompt = record.get("prompt", record.get("input"))
    if isinstance(prompt, dict):
        prompt = prompt.get("messages")
    if prompt is None:
        return []
    return [Said(CUSTOMER, prompt)] if isinstance(prompt, str) else said_in(prompt, "prompt", tally)


preferences = Talk("preference-pairs", CHOSEN[0], _fits, _said, PAIR_KEYS)

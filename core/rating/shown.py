"""What a rater sees of an answer: its words and nothing that tells where it came from."""

import re

NO_ANSWER = "(no answer)"
"""Stands where an arm failed; a failure stays in the study."""

THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)


def shown_text(text: str | None) -> str:
    """The answer without a model's private thoughts; an empty one says so."""
    said = THOUGHTS.sub("", text or "").strip()
    return said or NO_ANSWER

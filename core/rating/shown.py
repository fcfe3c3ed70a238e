"""What a rater sees of an answer: its words and nothing that tells where it came from."""

import re

NO_ANSWER = "(no answer)"
"""Stands where an arm failed; a failure stays in the study."""

THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)

TAGS = re.compile(
    r"<\|im_start\|>(?:assistant|user|system)?|<\|(?:im_end|endoftext|eot_id|end_of_text|begin_of_text)\|>"
    r"|<\|start_header_id\|>\w*<\|end_header_id\|>|\[/?INST\]|<</?SYS>>|</?s>"
)
"""Marks of a chat template that a model let slip."""

CITATIONS = re.compile(r"【[^】\n]{0,80}†[^】\n]{0,80}】|(?<=[^\s\[])\[\^?\d{1,2}(?:, ?\d{1,2})*\]")
"""Marks of what an answer was looked up in, which an arm without retrieval never has."""


def shown_text(text: str | None) -> str:
    """The answer without a model's thoughts, template tags and citation marks; an empty one says so."""
    said = text or ""
    for mark in (THOUGHTS, TAGS, CITATIONS):
        said = mark.sub("", said)
    return said.strip() or NO_ANSWER

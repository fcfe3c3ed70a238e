"""Families: which models come from one maker, told by their names; a judge likes its own family's texts."""

import re

from core.answers.arms import Arm
from core.providers.prices import base_of

OPENAI = re.compile(r"o\d\b|o\d-|chatgpt|gpt(?!-oss)")


def family(model: str) -> str:
    """The first word of a model's own name: `meta-llama/Llama-3.1-8B` and `llama3` are both llama."""
    name = base_of(model).rsplit("/", 1)[-1].casefold()
    if OPENAI.match(name):
        return "gpt"
    found = re.match(r"[a-z]+", name)
    return found.group() if found else name


def kinship(model: str, arms: tuple[Arm, Arm]) -> str:
    """A warning where the judge is of an arm's family; empty where it is not."""
    kin = [arm.name for arm in arms if family(arm.model) == family(model)]
    if not kin:
        return ""
    return (
        f"{model} is of the same family as {' and '.join(kin)}. Models like the texts of their own "
        "family better, so choose a judge of another one."
    )

"""Judging: what two replies to the same question are to each other."""

from dataclasses import dataclass
from enum import StrEnum

from core.curation.projects import Kind, Project
from core.text.disagreement import SAME_TEXT, Clash, clashes, likeness
from core.text.disagreement import Kind as ClashKind
from core.text.fingerprint import fingerprint, normalised

GRAVITY = {ClashKind.ANSWER: 4.0, ClashKind.NEGATION: 3.0, ClashKind.FIGURE: 2.0}
OTHER_LABEL = 4.0
"""Weights that order a list, no more: yes against no comes before two figures."""


class Relation(StrEnum):
    """What two replies to the same question are to each other, the gravest first."""

    CONTRADICTION = "contradiction"
    OTHER_REPLY = "other reply"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Judged:
    """Two replies compared: their relation, its weight (0 for a repeat), and what they disagree on."""

    relation: Relation
    weight: float
    clashes: tuple[Clash, ...] = ()


def judge(project: Project, one: str, other: str) -> Judged:
    """Compare two replies to questions that ask the same.

    Figures, times, amounts and negations that differ make a contradiction; other words alone make another
    reply, and almost the same words a repeat.
    """
    if normalised(one) == normalised(other):
        return Judged(Relation.REPEAT, 0.0)
    if project.kind is Kind.LABEL:
        return Judged(Relation.CONTRADICTION, OTHER_LABEL)
    found = clashes(one, other)
    alike = likeness(one, other)
    if found:
        return Judged(Relation.CONTRADICTION, sum(GRAVITY[clash.kind] for clash in found) + alike, found)
    if alike >= SAME_TEXT:
        return Judged(Relation.REPEAT, 0.0)
    return Judged(Relation.OTHER_REPLY, 1.0 - alike)


def sentence_of(judged: Judged) -> str:
    """What the relation is, for a person; the figures that clash are named."""
    match judged.relation:
        case Relation.REPEAT:
            return "Nearly the same question has nearly the same reply."
        case Relation.OTHER_REPLY:
            return "Nearly the same question has a reply in other words."
        case Relation.CONTRADICTION:
            return f"Nearly the same question has a reply that differs: {_told(judged.clashes)}."


def pair_key(one: tuple[str, str], other: tuple[str, str]) -> str:
    """What a pair of (question, reply) is known by once accepted, whichever comes first."""
    return fingerprint("pair", *sorted((fingerprint(*one), fingerprint(*other))))


def _told(found: tuple[Clash, ...]) -> str:
    if not found:
        return "another label"
    return "; ".join(dict.fromkeys(_words(clash) for clash in found))


def _words(clash: Clash) -> str:
    if clash.kind is ClashKind.NEGATION:
        return "one says not what the other says"
    return f"“{', '.join(clash.one)}” against “{', '.join(clash.other)}”"

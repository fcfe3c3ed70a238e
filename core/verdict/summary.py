"""Summary: everything a table of votes says, with its warnings, as one tree and as one document."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from core.verdict.agreement import Agreement, agreement
from core.verdict.arrays import IntArray
from core.verdict.intervals import FEWEST_PROMPTS
from core.verdict.position import Position, position, unbalanced
from core.verdict.preference import PairVerdict, pair_verdict
from core.verdict.resample import ENOUGH_PROMPTS, AlikePrompts, alike_prompts
from core.verdict.sequential import ENOUGH
from core.verdict.strength import Strengths, strengths
from core.verdict.votes import SECOND, TIE, Votes

ENOUGH_RATERS = 8
"""Below this many raters a result speaks of these raters alone."""

_CATEGORIES = 4
_OUTCOMES = 3


@dataclass(frozen=True)
class Summary:
    """The verdict of a whole table of votes."""

    n_votes: int
    n_prompts: int
    n_raters: int
    arms: tuple[str, ...]
    pairs: tuple[PairVerdict, ...]
    strengths: Strengths
    agreement: Agreement
    position: Position
    warnings: tuple[str, ...]


def summarise(votes: Votes) -> Summary:
    """Return the verdict of every pair, all strengths, agreement, position and what to beware of."""
    names = [(votes.arms[first], votes.arms[second]) for first, second in votes.pairs]
    pairs = tuple(pair_verdict(votes.between(a, b)) for a, b in names)
    prompts = _prompts(votes)
    found = Summary(
        n_votes=len(votes.outcome),
        n_prompts=len(np.unique(votes.prompt)),
        n_raters=len(np.unique(votes.rater)),
        arms=votes.arms,
        pairs=pairs,
        strengths=strengths(len(votes.arms), np.array(votes.pairs), _with_both_bad_as_ties(prompts)),
        agreement=agreement(prompts, _CATEGORIES),
        position=position(_sides(votes), votes.prompt),
        warnings=(),
    )
    return _warned(found, votes)


def as_document(summary: Summary) -> dict[str, object]:
    """Return the summary with the keys of `python -m core verdict --json`; what is undefined is None."""
    return {
        "n_votes": summary.n_votes,
        "n_prompts": summary.n_prompts,
        "n_raters": summary.n_raters,
        "arms": list(summary.arms),
        "pairs": [_pair_document(pair) for pair in summary.pairs],
        "strengths": _strengths_document(summary.strengths, summary.arms),
        "agreement": asdict(summary.agreement),
        "position": asdict(summary.position),
        "warnings": list(summary.warnings),
    }


def _prompts(votes: Votes) -> AlikePrompts:
    cell = votes.pair * _CATEGORIES + votes.outcome
    return alike_prompts(votes.prompt, cell, len(votes.pairs) * _CATEGORIES)


def _with_both_bad_as_ties(prompts: AlikePrompts) -> AlikePrompts:
    """Return the cells that Davidson's model knows: first, second, tie."""
    cells = np.arange(prompts.cells.shape[1])
    outcome = np.minimum(cells % _CATEGORIES, TIE)
    target = cells // _CATEGORIES * _OUTCOMES + outcome
    merge = csr_array(
        (np.ones(len(cells)), (cells, target)), shape=(len(cells), len(cells) // _CATEGORIES * _OUTCOMES)
    )
    return AlikePrompts(csr_array(prompts.cells @ merge), prompts.copies)


def _sides(votes: Votes) -> IntArray:
    """Return each vote's outcome by side: 0 left, 1 right, above that neither."""
    return np.where(votes.second_left & (votes.outcome <= SECOND), 1 - votes.outcome, votes.outcome)


def _warned(found: Summary, votes: Votes) -> Summary:
    notes = [*votes.warnings, *_notes_on_evidence(found), *_notes_on_arms(found, votes)]
    return replace(found, warnings=tuple(notes))


def _notes_on_evidence(found: Summary) -> list[str]:
    notes = []
    if found.n_raters < ENOUGH_RATERS:
        notes.append(
            f"Raters: {found.n_raters}. The result speaks of these raters over prompts like these, "
            "not of raters in general."
        )
    if len(found.pairs) > 1:
        notes.append(
            f"Pairs: {len(found.pairs)}, each judged as if it were the only one; "
            f"if all were declared beforehand, each needs evidence of {ENOUGH * len(found.pairs):.0f}, "
            f"not {ENOUGH:.0f}."
        )
    thin = [f"{pair.a} and {pair.b}" for pair in found.pairs if pair.n_prompts < FEWEST_PROMPTS]
    if thin:
        notes.append(f"An interval needs at least two prompts: none for {'; '.join(thin)}.")
    if found.agreement.alpha_nominal is None:
        notes.append(
            "Agreement is undefined: it needs prompts with two raters or more, and more than one answer."
        )
    elif found.agreement.ci95 is None:
        notes.append("Agreement has no interval: too few prompts have two raters or more.")
    return notes


def _notes_on_arms(found: Summary, votes: Votes) -> list[str]:
    notes = []
    if found.strengths.log_worth is None:
        notes.append(
            "The arms are not connected by votes, so they have no common scale: pairs only, no strengths."
        )
    elif not found.strengths.converged:
        notes.append("The strengths did not converge and are not to be relied on.")
    elif found.strengths.ci95 is None:
        notes.append(
            f"Strengths have intervals and ranks from {ENOUGH_PROMPTS} prompts on: here {found.n_prompts}."
        )
    if found.position.p is None:
        notes.append(
            "The pull of the left side is undefined: it needs left and right wins on two prompts or more."
        )
    ends = np.array(votes.pairs)[votes.pair]
    left = np.where(votes.second_left, ends[:, 1], ends[:, 0])
    right = np.where(votes.second_left, ends[:, 0], ends[:, 1])
    size = len(votes.arms)
    tilted = unbalanced(np.bincount(left, minlength=size), np.bincount(right, minlength=size))
    if tilted:
        names = ", ".join(votes.arms[arm] for arm in tilted)
        notes.append(f"Sides are unbalanced, so a pull of the left side counts as a preference: {names}.")
    return notes


def _pair_document(pair: PairVerdict) -> dict[str, object]:
    return {key: value for key, value in asdict(pair).items() if key != "n_votes"}


def _strengths_document(found: Strengths, arms: tuple[str, ...]) -> dict[str, object]:
    def by_arm(values: tuple[object, ...] | None) -> dict[str, object] | None:
        return None if values is None else dict(zip(arms, values, strict=True))

    return {
        "model": "davidson",
        "log_worth": by_arm(found.log_worth),
        "ci95": by_arm(found.ci95),
        "nu": found.nu,
        "rank_set": by_arm(found.rank_set),
        "regularised": found.regularised,
        "converged": found.converged,
    }

"""Summary: everything a table of votes says, with its warnings, as one tree and as one document."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from core.verdict.agreement import ENOUGH_FOR_AGREEMENT, FEWEST_DISAGREEING, Agreement, agreement
from core.verdict.arrays import IntArray
from core.verdict.crossed import ENOUGH_RATERS
from core.verdict.intervals import FEWEST_LEANING, FEWEST_PROMPTS
from core.verdict.position import Position, position, unbalanced
from core.verdict.preference import PairVerdict, pair_verdict
from core.verdict.resample import ENOUGH_PROMPTS, AlikePrompts, alike_prompts
from core.verdict.rows import SECOND, TIE
from core.verdict.sequential import ENOUGH
from core.verdict.strength import FEWEST_WON_AND_LOST, Strengths, strengths
from core.verdict.votes import Votes

_NOT_IN_DOCUMENT = ("n_votes", "shown95", "nominal95", "interval95", "ac1_95")
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
        "pairs": [_promised(pair) for pair in summary.pairs],
        "strengths": _strengths_document(summary.strengths, summary.arms),
        "agreement": _promised(summary.agreement),
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
    thin = [pair for pair in found.pairs if pair.n_prompts < FEWEST_PROMPTS]
    if thin:
        notes.append(f"An interval needs at least two prompts: none for {_named(thin)}.")
    level = [pair for pair in found.pairs if pair.ci95 is not None and pair.shown95 is None]
    if level:
        notes.append(
            f"Fewer than {FEWEST_LEANING} prompts lean to a side, so the 95 % interval covers too little and "
            f"only the one for any time can be trusted: {_named(level)}."
        )
    if found.agreement.alpha_nominal is None:
        notes.append(
            "Agreement is undefined: it needs prompts with two raters or more, and more than one answer."
        )
    elif found.agreement.nominal95 is None:
        notes.append(
            f"Agreement has no interval to rely on: it needs {ENOUGH_FOR_AGREEMENT} prompts with two raters "
            f"or more, {FEWEST_DISAGREEING} of them with different answers."
        )
    return notes


def _named(pairs: list[PairVerdict]) -> str:
    return "; ".join(f"{pair.a} and {pair.b}" for pair in pairs)


def _notes_on_arms(found: Summary, votes: Votes) -> list[str]:
    notes = []
    if found.strengths.log_worth is None:
        notes.append(
            "The arms are not connected by votes, so they have no common scale: pairs only, no strengths."
        )
    elif not found.strengths.converged:
        notes.append("The strengths did not converge and are not to be relied on.")
    elif found.strengths.rank_set is None:
        notes.append(
            f"Strengths have intervals and ranks from {ENOUGH_PROMPTS} prompts on: here {found.n_prompts}."
        )
    elif unknown := _without_interval(found):
        notes.append(
            f"An arm that won, or lost, on fewer than {FEWEST_WON_AND_LOST} prompts, or whose prompts all "
            "went alike, has a strength held finite by regularisation, and its interval covers too little: "
            f"{', '.join(unknown)}."
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


def _without_interval(found: Summary) -> list[str]:
    shown = found.strengths.shown95 or ()
    return [arm for arm, interval in zip(found.arms, shown, strict=True) if interval is None]


def _promised(part: PairVerdict | Agreement) -> dict[str, object]:
    return {key: value for key, value in asdict(part).items() if key not in _NOT_IN_DOCUMENT}


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

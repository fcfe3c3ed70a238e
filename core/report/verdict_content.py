"""What the Verdict page shows: an open study without a direction, a closed one with everything."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.answers.arms import Arm, arm_by_id
from core.datasets.versions import dataset_by_id
from core.rating.raters import RaterProgress, progress_of
from core.rating.results import (
    EvidenceSoFar,
    all_votes,
    arm_names,
    counted_votes,
    evidence_so_far,
    unanswered,
)
from core.rating.shown import NO_ANSWER
from core.rating.studies import Study
from core.rating.study_plan import plan_of
from core.report.accuracy_content import AccuracyContent, accuracy_content
from core.report.arm_lines import ArmLine, arm_lines
from core.report.declared import Declared, declared
from core.report.verdict_asides import aside_lines
from core.report.verdict_beside import lines_beside, pull_of_left
from core.report.verdict_sentences import (
    claim_sentence,
    closed_sentence,
    estimand_words,
    open_sentence,
    p_words,
)
from core.report.vote_shares import VoteShare, identical_prompts, vote_shares
from core.store.database import Reader
from core.store.store import Store
from core.verdict.preference import (
    Estimate,
    PairVerdict,
    Sensitivity,
    estimate,
    pair_verdict,
    per_rater,
    sensitivity,
)
from core.verdict.votes import PairVotes, Votes

UNLIKELY = 0.05


@dataclass(frozen=True)
class OpenContent:
    """A study under way: how far everybody is, and the evidence without a direction."""

    sentence: str
    evidence: EvidenceSoFar
    raters: tuple[RaterProgress, ...]
    arms: tuple[Arm, Arm]


@dataclass(frozen=True)
class RaterLine:
    """One rater's own mean preference for the second arm."""

    name: str
    estimate: Estimate


@dataclass(frozen=True)
class VerdictContent:
    """A closed study; all numbers are seen from the second of `arms`, the one in question.

    Attributes:
        enough: whether the sentence says that one is preferred.
        pair: shares, mean, intervals, evidence; None where nobody voted.
        shares: how the votes fell; empty where nobody voted.
        path: the evidence before the first prompt and after each that counts.
        every_vote: the same mean over all votes, on prompts that not all raters reached too.
        beside: sentences about single raters, agreement, sides and lengths.
        claim: what became of the claim that was declared before the first vote.
        declared: the plan, its seal, and who looked while the study ran.
    """

    sentence: str
    enough: bool
    estimand: str
    arms: tuple[ArmLine, ArmLine]
    n_prompts: int
    n_identical: int
    n_raters: int
    pair: PairVerdict | None
    shares: tuple[VoteShare, ...]
    path: tuple[float, ...]
    raters: tuple[RaterLine, ...]
    sensitivity: Sensitivity | None
    every_vote: Estimate | None
    beside: tuple[str, ...]
    accuracy: AccuracyContent | None
    warnings: tuple[str, ...]
    claim: str
    declared: Declared


def open_content(store: Store, study: Study) -> OpenContent:
    """What owners may see of a study while it is open."""
    return store.recall(TABLES, ("open study", study.id), lambda: _open_content(store, study))


def verdict_content(store: Store, study: Study) -> VerdictContent:
    """Everything a closed study showed.

    Raises:
        Refused: the study is not closed.
    """
    return store.recall(TABLES, ("verdict", study.id), lambda: _verdict_content(store, study))


def declared_of(store: Store, study: Study) -> Declared:
    """What was declared of a study, in whatever state it is."""
    first, second = arm_lines(store, study.dataset_id, _arms(store, study))
    return declared(store, study, (first.words, second.words))


TABLES = (
    *("studies", "study_plans", "study_prompts", "duels", "votes", "guesses"),
    *("looks", "answers", "arms", "people"),
)
"""What a study's content is made of; datasets never change, but for forgetting, which empties prompts too."""


def _open_content(reader: Reader, study: Study) -> OpenContent:
    evidence = evidence_so_far(reader, study)
    arms = _arms(reader, study)
    return OpenContent(open_sentence(evidence), evidence, tuple(progress_of(reader, study.id)), arms)


def _verdict_content(store: Store, study: Study) -> VerdictContent:
    votes = counted_votes(store, study)
    arms = _arms(store, study)
    first, second = arm_lines(store, study.dataset_id, arms)
    lines = (first, second)
    words = (first.words, second.words)
    evidence = evidence_so_far(store, study)
    pair_votes = _seen_from_second(store, study, votes)
    every_vote = _seen_from_second(store, study, all_votes(store, study))
    pair = pair_verdict(pair_votes) if pair_votes else None
    identical = identical_prompts(store, study)
    plan = plan_of(store, study.id)
    n_raters = len(set(pair_votes.rater.tolist())) if pair_votes else 0
    names = {str(one.person.id): one.person.name for one in progress_of(store, study.id)}
    return VerdictContent(
        sentence=(
            closed_sentence(pair, words[1], words[0], n_raters, evidence.more)
            if pair
            else NOTHING_DIFFERED
            if evidence.all_identical
            else NOBODY
        ),
        enough=pair is not None and pair.leads_with(),
        estimand=estimand_words(n_raters, pair.n_prompts if pair else 0),
        arms=lines,
        n_prompts=evidence.n_prompts,
        n_identical=evidence.n_identical,
        n_raters=n_raters,
        pair=pair,
        shares=vote_shares(votes, pair, identical, words) if votes and pair else (),
        path=evidence.path,
        raters=_rater_lines(pair_votes, names) if pair_votes else (),
        sensitivity=sensitivity(pair_votes) if pair_votes else None,
        every_vote=estimate(every_vote) if every_vote else None,
        beside=(
            *(
                lines_beside(store, study, votes, pair_votes, identical, words[1], names)
                if votes and pair_votes
                else ()
            ),
            *aside_lines(store, study, words),
        ),
        accuracy=accuracy_content(store, dataset_by_id(store, study.dataset_id), arms[0], arms[1], words),
        warnings=(
            *_warnings(store, study, evidence, n_raters, lines),
            *(_position_warning(votes) if votes else ()),
        ),
        claim=claim_sentence(plan, pair_votes.prompt_scores if pair_votes else None, *words),
        declared=declared(store, study, words),
    )


def _arms(reader: Reader, study: Study) -> tuple[Arm, Arm]:
    return arm_by_id(reader, study.arm_a), arm_by_id(reader, study.arm_b)


NOBODY = "The study was closed before anybody voted, so there is no verdict."
NOTHING_DIFFERED = "Both models gave the same answer to every prompt, so there is no verdict."


def _seen_from_second(store: Store, study: Study, votes: Votes | None) -> PairVotes | None:
    first, second = arm_names(store, study)
    return votes.between(second, first) if votes else None


def _rater_lines(votes: PairVotes, names: dict[str, str]) -> tuple[RaterLine, ...]:
    lines = [RaterLine(names.get(rater, rater), found) for rater, found in per_rater(votes).items()]
    return tuple(sorted(lines, key=lambda line: line.name))


def _warnings(
    store: Store, study: Study, evidence: EvidenceSoFar, n_raters: int, arms: tuple[ArmLine, ArmLine]
) -> Iterator[str]:
    left_out = evidence.n_prompts - evidence.complete
    if left_out:
        yield (
            f"{left_out} of {evidence.n_prompts} prompts do not count: they, or one before them in the order "
            f"drawn, were not rated by {evidence.raters}."
        )
    if 0 < n_raters < study.raters:
        yield f"{study.raters} raters were planned and {n_raters} came; the evidence speaks of those alone."
    if evidence.n_identical:
        yield (
            f"On {evidence.n_identical} of {evidence.n_prompts} prompts both gave the same answer. "
            "Nobody was shown these; each counts as a tie."
        )
    for arm, blank in zip(arms, unanswered(store, study), strict=True):
        if blank:
            yield f"{arm.heading} gave no answer to {blank} prompts; raters read “{NO_ANSWER}”."


def _position_warning(votes: Votes) -> Iterator[str]:
    """Whether raters were drawn to one side; sides are balanced, so it costs precision and favours nobody."""
    found = pull_of_left(votes)
    if found.p is not None and found.p < UNLIKELY and found.left_share is not None:
        yield (
            f"The left side scored {100 * found.left_share:.0f} % ({p_words(found.p)}). "
            "Sides were balanced, so this favours neither model, but it says how carefully people read."
        )

"""The verdict in words: what was shown, how surely, of whom, and what it does not say."""

from core.rating.results import EvidenceSoFar
from core.rating.study_plan import TIES, Claim, Form, Plan
from core.text.figures import counted, interval_words
from core.verdict.arrays import FloatArray, Interval
from core.verdict.crossed import ENOUGH_RATERS
from core.verdict.margins import equivalence, not_worse
from core.verdict.plan import Forecast
from core.verdict.preference import PairVerdict
from core.verdict.sequential import ENOUGH, EVEN, evidence

LIKELY = 0.5
"""Of the imagined futures so many must reach enough evidence before a number of prompts is named."""

MILLION = 1_000_000
SMALLEST_P = 0.001


def open_sentence(found: EvidenceSoFar) -> str:
    """How a study stands that is still open; in it neither side has a name."""
    if found.all_identical:
        return "Both models gave the same answer to every prompt, so there is nothing to rate."
    if found.complete == 0:
        who = "the rater" if found.raters == 1 else f"all {found.raters} raters"
        return f"Nothing counts yet: a prompt counts once {who} and every prompt before it are done."
    reached = f"Evidence reached {evidence_words(found.highest)}, {ENOUGH:.0f} needed"
    score = f"{reached}, after {found.complete} prompts."
    if found.enough:
        return f"Enough evidence that one of the two is preferred. {score} Close the study to see which."
    left = found.n_prompts - found.complete
    go_on = (
        f"This study has {left} left. You may stop or go on at any time."
        if left
        else "All prompts of this study are rated; more evidence takes a new study with more prompts."
    )
    return f"Not enough evidence yet: {_more(found.more)}. {score} {go_on}"


def closed_sentence(
    pair: PairVerdict, first: str, second: str, n_raters: int, more: Forecast | None = None
) -> str:
    """What a closed study showed.

    Args:
        pair: the verdict, seen from the first arm.
        first: the arm `pair` is seen from, as it stands in a sentence ("the tuned model").
        second: the other arm.
        n_raters: how many people voted.
        more: how the study might have gone on.
    """
    if pair.mean is None:
        return "Nobody voted on a prompt that counts, so there is no verdict."
    ahead, behind = (first, second) if pair.mean >= EVEN else (second, first)
    share = max(pair.mean, 1 - pair.mean)
    interval = _turned(pair.shown95) if pair.mean < EVEN else pair.shown95
    numbers = f"{_split(share)} ({interval_words(interval)}, {counted(pair.n_prompts, 'prompt')})"
    score = f"Evidence reached {evidence_words(pair.e_max)}, {ENOUGH:.0f} needed"
    these = "This one rater" if n_raters == 1 else f"These {n_raters} raters"
    limit = _limit(n_raters)
    if pair.leads_with():
        return f"{these} preferred {ahead} on prompts like these: {numbers}. {score}. {limit}"
    if round(100 * share) == round(100 * EVEN):
        return (
            f"Neither is ahead: {these[0].lower()}{these[1:]} split between {first} and {second} on prompts "
            f"like these, {numbers}. {score}. {limit}"
        )
    return (
        f"Not enough evidence to say which is preferred: {ahead} was ahead of {behind} by {numbers}. "
        f"{score}: {_more(more)}. {limit}"
    )


def plan_words(plan: Plan, first: str, second: str) -> str:
    """What was declared of a study before its first vote.

    Args:
        plan: the plan.
        first: the arm to compare with, as it stands in a sentence ("the base model").
        second: the arm in question.
    """
    margin = f"{100 * (plan.margin or 0):g} points"
    claim = {
        Claim.BETTER: f"{second} is preferred to {first}",
        Claim.NOT_WORSE: f"{second} is not worse than {first} by more than {margin}",
        Claim.AS_GOOD: f"{second} and {first} are as good as equal, within {margin}",
    }[plan.claim]
    who = "One rater is" if plan.raters == 1 else f"{plan.raters} raters are"
    form = (
        f"rate both answers, from 1 to 5 on “{plan.quality}”," if plan.form is Form.SCALE else "compare both"
    )
    prompts = "all prompts" if plan.prompts is None else f"the first {plan.prompts} prompts"
    return (
        f"To be shown: {claim}; at most {100 * plan.alpha:g} in 100 such studies may say so wrongly "
        f"(α = {plan.alpha:g}). {who} to {form} on {prompts}, in an order drawn beforehand. {TIES}"
        f"{_beside_the_votes(plan)}"
    )


def claim_sentence(plan: Plan, scores: FloatArray | None, first: str, second: str) -> str:
    """What became of the claim that was declared.

    Args:
        plan: the plan of a closed study.
        scores: the mean score of the second arm on each prompt that counts, in the order drawn; None: none.
        first: the arm to compare with, as it stands in a sentence.
        second: the arm in question.
    """
    if scores is None or not len(scores):
        return "No prompt counts, so nothing is said of the claim that was declared."
    if plan.claim is Claim.BETTER or plan.margin is None:
        return _better(scores, first, second)
    points = f"{100 * plan.margin:g} points"
    if plan.claim is Claim.NOT_WORSE:
        found = not_worse(scores, plan.margin)
        said = f"that {second} is not worse than {first} by more than {points}"
        reached = f"evidence reached {evidence_words(found.e_max)}, {ENOUGH:.0f} needed"
        return f"It is {'' if found.shown else 'not '}shown {said}: {reached}."
    alike = equivalence(scores, plan.margin)
    said = f"that {second} and {first} are as good as equal, within {points}"
    edge = (50 - 100 * plan.margin, 50 + 100 * plan.margin)
    where = "the anytime interval is empty"
    if alike.anytime_ci95 is not None:
        low, high = (100 * side for side in alike.anytime_ci95)
        lies = "lies" if alike.shown else "does not lie"
        where = f"the anytime 95 % interval {low:.0f}–{high:.0f} {lies} within {edge[0]:g}–{edge[1]:g}"
    return f"It is {'' if alike.shown else 'not '}shown {said}: {where}."


def estimand_words(n_raters: int, n_prompts: int) -> str:
    """What the main number is a number of."""
    who = "the one rater" if n_raters == 1 else f"these {n_raters} raters"
    return (
        f"Estimated is the mean preference of {who} over prompts like these {n_prompts}: a vote for a model "
        "scores 1, against it 0, a tie or “both bad” ½; raters are averaged within a prompt, and each prompt "
        "counts once."
    )


def evidence_words(value: float) -> str:
    """A number of evidence, to no more digits than matter."""
    if value >= MILLION:
        return "over a million"
    return f"{value:.1f}" if value < ENOUGH / 2 else f"{value:,.0f}"


def p_words(value: float) -> str:
    """A probability as it stands in a sentence."""
    return f"p < {SMALLEST_P}" if value < SMALLEST_P else f"p = {value:.3f}"


def _beside_the_votes(plan: Plan) -> str:
    """What raters see that counts for nothing."""
    parts = [f"up to {counted(plan.practice, 'practice item')}"] if plan.practice else []
    parts += [f"{100 * plan.repeats:g} % shown again, sides swapped"] if plan.repeats else []
    return f" Beside the votes that count: {' and '.join(parts)}." if parts else ""


def _better(scores: FloatArray, first: str, second: str) -> str:
    found = evidence(scores)
    reached = f"evidence reached {evidence_words(found.e_max)}, {ENOUGH:.0f} needed"
    if found.e_max < ENOUGH or found.anytime_ci95 is None:
        return f"It is not shown that {second} is preferred to {first}: {reached}."
    low, high = found.anytime_ci95
    if low > EVEN:
        return f"It is shown that {second} is preferred to {first}: {reached}."
    if high < EVEN:
        return f"The opposite of what was declared is shown, {first} is preferred to {second}: {reached}."
    return f"It is not shown that {second} is preferred to {first}: {reached}, but the lead has gone since."


def _more(more: Forecast | None) -> str:
    if more is None or more.prompts is None or more.stops < LIKELY:
        return "even a thousand more prompts would probably not be enough"
    early, _, late = more.prompts
    number = f"{early}–{late}" if early != late else f"{early}"
    return f"about {number} more prompts if the lead so far is real"


def _split(share: float) -> str:
    ahead = round(100 * share)
    return f"{ahead} % to {100 - ahead} %"


def _turned(interval: Interval | None) -> Interval | None:
    return None if interval is None else (1 - interval[1], 1 - interval[0])


def _limit(n_raters: int) -> str:
    if n_raters == 1:
        return "One rater cannot speak for all experts."
    if n_raters < ENOUGH_RATERS:
        return "They cannot speak for all experts."
    return "They speak for experts in general only if they were picked at random."

"""The planner: what a study of this size can show, told before anybody has voted."""

from collections.abc import Iterator

from core.rating.study_plan import Claim, Plan
from core.verdict.plan import (
    FEWEST_PLANNED,
    detectable_margin,
    paired_power,
    plan_sentence,
    prompts_for_margin,
)

SAMPLE_FIXED, SAMPLE_BROKEN = 0.15, 0.05
"""The example of word-for-word comparisons: ten points more right, as one often sees them."""


def prompts_planned(plan: Plan, n_test: int) -> int:
    """How many prompts count at most, once practice and what is left out are taken away."""
    left = n_test - len(plan.left_out or ()) - plan.practice
    return left if plan.prompts is None else min(plan.prompts, left)


def what_it_can_show(plan: Plan, n_test: int) -> Iterator[str]:
    """What a study with this plan finds in four of five cases, in sentences."""
    prompts = prompts_planned(plan, n_test)
    if prompts < FEWEST_PLANNED:
        yield f"With fewer than {FEWEST_PLANNED} prompts a study shows next to nothing."
        return
    if plan.claim is Claim.BETTER:
        yield plan_sentence(prompts, plan.raters)
    elif plan.margin:
        yield _for_margin(plan.claim, plan.margin, prompts, plan.raters)


def prompts_for(points: float, raters: int, n_test: int) -> str:
    """How many prompts it takes to find so many points on either side of even, and whether they are there."""
    needed = prompts_for_margin(points / 100, raters)
    there = "this dataset has them" if needed <= n_test else f"this dataset has {n_test:,}"
    who = "one rater" if raters == 1 else f"{raters} raters"
    return (
        f"To find {50 + points:.0f} % against {50 - points:.0f} % in four of five cases takes about "
        f"{needed:,} prompts with {who} each; {there}."
    )


def word_for_word(n_test: int) -> str:
    """How often an accuracy test sees ten points more right on so many test prompts."""
    seen = paired_power(n_test, SAMPLE_FIXED, SAMPLE_BROKEN)
    return (
        f"Word for word, on {n_test:,} held-out questions ten points more right ({100 * SAMPLE_FIXED:.0f} % "
        f"fixed, {100 * SAMPLE_BROKEN:.0f} % broken) are found in {100 * seen:.0f} % of cases."
    )


def _for_margin(claim: Claim, margin: float, prompts: int, raters: int) -> str:
    """What the margin of a claim takes where both are truly liked alike."""
    smallest = detectable_margin(prompts, raters)
    who = "1 rater" if raters == 1 else f"{raters} raters"
    if smallest is None:
        return f"With {who} and {prompts} prompts no margin is shown in four of five cases."
    words = "not worse" if claim is Claim.NOT_WORSE else "as good"
    enough = "so yours may do" if margin >= smallest else f"and yours is {100 * margin:g}"
    needed = prompts_for_margin(margin, raters)
    return (
        f"If both are truly liked alike, {who} and {prompts} prompts show “{words}” in four of five cases "
        f"from a margin of about {100 * smallest:.0f} points on, {enough}; {100 * margin:g} points take "
        f"about {needed:,} prompts."
    )

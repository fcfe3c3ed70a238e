"""The planner says beforehand what a study can show."""

from core.rating.planner import prompts_for, what_it_can_show, word_for_word
from core.rating.study_plan import Claim, Plan

PLAN = Plan(raters=3, rubric="Which?")
EVEN_MARGIN = Plan(raters=3, rubric="Which?", claim=Claim.AS_GOOD, margin=0.1)


def test_the_size_of_a_study_says_what_it_finds() -> None:
    (small,) = what_it_can_show(PLAN, 40)
    (large,) = what_it_can_show(PLAN, 400)

    assert small.startswith("With 3 raters and 40 prompts you find in four of five cases")
    assert "65 % or more" in small
    assert "55 % or more" in large


def test_practice_and_what_is_left_out_do_not_count() -> None:
    (said,) = what_it_can_show(Plan(raters=1, rubric="Which?", practice=3, left_out=(1, 2)), 40)

    assert said.startswith("With 1 rater and 35 prompts")


def test_next_to_nothing_is_said_to_be_that() -> None:
    assert list(what_it_can_show(PLAN, 4)) == ["With fewer than 5 prompts a study shows next to nothing."]


def test_a_margin_is_held_against_what_can_be_shown() -> None:
    (said,) = what_it_can_show(EVEN_MARGIN, 40)
    (enough,) = what_it_can_show(EVEN_MARGIN, 400)

    assert "“as good” in four of five cases from a margin of about 15 points on, and yours is 10" in said
    assert "so yours may do" in enough


def test_a_smaller_difference_takes_more_prompts() -> None:
    assert "To find 60 % against 40 % in four of five cases takes about" in prompts_for(10, 3, 40)
    assert prompts_for(10, 3, 40).endswith("this dataset has 40.")
    assert prompts_for(10, 3, 4_000).endswith("this dataset has them.")


def test_a_hundred_test_prompts_see_ten_points_of_accuracy_in_half_of_cases() -> None:
    assert word_for_word(100).endswith("are found in 54 % of cases.")

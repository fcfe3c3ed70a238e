"""What was declared stands beside what became of it, on the page and in the report."""

from dataclasses import replace

import numpy as np
import pytest

from core.rating.looks import note_look
from core.rating.studies import close_study
from core.rating.study_plan import Claim, Form, Plan
from core.report.markdown_page import markdown_page
from core.report.one_page import one_page
from core.report.verdict_content import declared_of, open_content, verdict_content
from core.report.verdict_sentences import claim_sentence, plan_words
from tests.core.rating.study_hall import Hall, likes, rate_all

BETTER = Plan(raters=3, rubric="Which?")
NOT_WORSE = replace(BETTER, claim=Claim.NOT_WORSE, margin=0.1)
AS_GOOD = replace(BETTER, claim=Claim.AS_GOOD, margin=0.1)
WON = np.ones(40)
LOST = np.zeros(40)
EVEN = np.full(400, 0.5)
UNSURE = np.array([1.0, 0.0] * 5)


@pytest.mark.parametrize(
    ("plan", "scores", "sentence"),
    [
        (BETTER, WON, "It is shown that the tuned model is preferred to the base model: evidence reached"),
        (BETTER, LOST, "The opposite of what was declared is shown, the base model is preferred"),
        (BETTER, UNSURE, "It is not shown that the tuned model is preferred to the base model"),
        (
            NOT_WORSE,
            EVEN,
            "It is shown that the tuned model is not worse than the base model by more than 10",
        ),
        (NOT_WORSE, LOST, "It is not shown that the tuned model is not worse"),
        (
            AS_GOOD,
            EVEN,
            "It is shown that the tuned model and the base model are as good as equal, within 10",
        ),
        (AS_GOOD, UNSURE, "It is not shown that the tuned model and the base model are as good as equal"),
        (BETTER, np.array([]), "No prompt counts"),
    ],
)
def test_the_claim_that_was_declared_is_judged(plan: Plan, scores: np.ndarray, sentence: str) -> None:
    assert claim_sentence(plan, scores, "the base model", "the tuned model").startswith(sentence)


def test_the_interval_of_an_equivalence_is_named_with_its_edges() -> None:
    said = claim_sentence(AS_GOOD, EVEN, "the base model", "the tuned model")

    assert said.endswith("lies within 40–60.")


def test_the_plan_is_told_in_words() -> None:
    plan = replace(NOT_WORSE, form=Form.SCALE, quality="tone", prompts=60, practice=3, repeats=0.08, raters=1)

    said = plan_words(plan, "the base model", "the tuned model")

    assert said.startswith(
        "To be shown: the tuned model is not worse than the base model by more than 10 points; at most 5 in "
        "100 such studies may say so wrongly (α = 0.05). One rater is to rate both answers, from 1 to 5 on "
        "“tone”, on the first 60 prompts, in an order drawn beforehand."
    )
    assert "A tie counts one half for either side" in said
    assert said.endswith("up to 3 practice items and 8 % shown again, sides swapped.")


def test_the_report_has_the_plan_its_hash_and_the_looks(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))
    note_look(hall.store, study, hall.owner)
    closed = close_study(hall.store, study, hall.owner)

    report = one_page(hall.store, closed, hall.owner)

    facts = {fact.name: fact.value for fact in report.facts}
    seal = verdict_content(hall.store, closed).declared.seal
    assert seal is not None
    assert facts["Plan"].startswith("To be shown: the tuned model is preferred to the base model")
    assert f"sha256 {seal.sha256}." in facts["Plan hash"]
    assert facts["Plan hash"].endswith("before the first vote; everything still is as it was sealed.")
    assert facts["Looks"] == "Looked at once while it was open, without a direction, by Olga."
    assert facts["Blinding"] == "No answer has a word that may tell whose it is."
    assert report.cautions[0].startswith("It is shown that the tuned model is preferred to the base model")
    assert seal.sha256 in markdown_page(report)


def test_a_plan_that_was_altered_says_so_in_the_report(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))
    with hall.store.transaction("somebody") as tx:
        tx.update("study_plans", {"study_id": study.id}, {"rubric": "Prefer the warm one."})

    closed = close_study(hall.store, study, hall.owner)

    found = verdict_content(hall.store, closed).declared
    assert found.seal_sentence.endswith("Changed since: the rubric.")


def test_a_study_under_way_tells_its_plan_and_no_direction(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))

    found = declared_of(hall.store, study)

    assert found.looks_sentence == "Nobody has looked at the evidence yet."
    assert found.seal is not None
    assert "preferred" in open_content(hall.store, study).sentence
    assert "tuned" not in open_content(hall.store, study).sentence

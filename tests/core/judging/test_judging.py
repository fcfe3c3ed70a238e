"""A judge is asked in both orders, kept beside people's votes, and tells no win rate of its own."""

import re
from collections.abc import Callable

import pytest

from core.errors import NotAllowed, Refused
from core.jobs.jobs import JobState
from core.judging.beside import judged
from core.judging.family import family
from core.judging.judges import ask_judge, judge_plan
from core.judging.wording import outcome_of
from core.rating.studies import close_study
from tests.core.judging.conftest import MODEL, Court, prefers
from tests.core.providers.fake_provider import refusal
from tests.core.rating.study_hall import likes, plain, warm

Make = Callable[..., Court]
CHAT = "POST /chat/completions"
WORDS = "the tuned model"
NUMBER = re.compile(r"Question (\d+)")


def test_every_pair_is_asked_in_both_orders(make: Make) -> None:
    court = make()
    job = court.judge(court.closed(likes("warm")))

    asked = [request.json["messages"][-1]["content"] for request in court.fake.asked(CHAT)]
    assert job.state is JobState.DONE
    assert job.outcome == f"{MODEL} has judged every pair in both orders."
    assert len(asked) == 24
    assert sum("warm" in text.split("</answer A>")[0] for text in asked) == 12


def test_identical_answers_are_a_tie_about_which_nobody_is_asked(make: Make) -> None:
    court = make(base=lambda row: warm(row) if row.item_id % 2 else plain(row))

    court.judge(court.closed(likes("warm")))

    assert 0 < len(court.fake.asked(CHAT)) < 24


def test_a_judge_helps_people_who_rated_a_part_and_says_by_how_much(make: Make) -> None:
    def liked(question: str) -> str:
        return "warm" if int(NUMBER.findall(question)[0]) % 3 else "plain"

    court = make(prompts=100)
    court.fake.says = lambda asked: prefers(liked(asked))(asked)
    study = court.closed(lambda duel: likes(liked(duel.question))(duel), at_most=50)

    court.judge(study)

    [found] = judged(court.hall.store, study, WORDS)
    assert found.assisted is not None
    assert (found.assisted.n_people, found.assisted.n_judge) == (50, 50)
    assert found.assisted.worth > 20
    low, high = found.assisted.people_ci95
    assert found.assisted.ci95[1] - found.assisted.ci95[0] < high - low
    assert any(f"is worth {found.assisted.worth} more" in line for line in found.sentences)


def test_with_fewer_than_forty_prompts_rated_by_people_it_adds_nothing(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"), at_most=6)

    court.judge(study)

    [found] = judged(court.hall.store, study, WORDS)
    assert found.assisted is None
    assert any("so here it adds nothing" in line for line in found.sentences)
    assert any("said the same as a rater on 100 % of 6 votes" in line for line in found.sentences)


def test_no_sentence_gives_the_judges_own_share_of_wins(make: Make) -> None:
    court = make()
    study = court.closed(likes("plain"), at_most=6)

    court.judge(study)

    [found] = judged(court.hall.store, study, WORDS)
    assert not any("preferred" in line or "wins" in line for line in found.sentences)
    assert any("said the same as a rater on 0 % of 6 votes" in line for line in found.sentences)


def test_a_judge_that_always_says_a_ends_in_ties(make: Make) -> None:
    court = make()
    court.fake.says = lambda _: "A"
    study = court.closed(likes("warm"))

    court.judge(study)

    [found] = judged(court.hall.store, study, WORDS)
    assert found.sentences[1].startswith(
        "On 100 % of them it said something else when the sides were swapped"
    )


def test_answers_that_are_no_verdict_are_counted_and_left_out(make: Make) -> None:
    court = make()
    court.fake.says = lambda asked: "I would rather not say." if "number 1" in asked else "A"
    study = court.closed(likes("warm"))

    court.judge(study)

    [found] = judged(court.hall.store, study, WORDS)
    assert found.malformed > 0
    assert found.asked == (24 - found.malformed) / 2
    assert any(
        f"{found.malformed} of its 24 answers were none of A, B and tie" in one for one in found.sentences
    )


def test_what_failed_is_asked_for_again_and_nothing_twice(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"))
    court.fake.instead[CHAT] = [refusal(400, "Not this one.")]

    first = court.judge(study)
    second = court.judge(study)

    assert first.outcome == "1 of 24 requests failed; ask again for these. The others are kept."
    assert second.outcome == f"{MODEL} has judged every pair in both orders."
    assert len(court.fake.asked(CHAT)) == 25
    with pytest.raises(Refused, match="has answered everything already"):
        court.judge(study)


def test_a_key_that_is_refused_stops_it_at_once(make: Make) -> None:
    court = make()
    court.fake.instead[CHAT] = [refusal(403, "Not for this key.")] * 30

    job = court.judge(court.closed(likes("warm")))

    assert job.state is JobState.FAILED
    assert len(court.fake.asked(CHAT)) == 4


def test_before_anything_is_sent_it_says_what_where_and_for_how_much(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"))
    provider = court.workspace.providers.get("compatible")

    unknown = judge_plan(court.hall.store, study, provider, MODEL)
    known = judge_plan(
        court.hall.store, study, court.workspace.providers.get("openai"), "ft:gpt-4.1-mini-2025-04-14:a::b"
    )

    assert unknown.sentence.startswith(
        f"24 requests go to Compatible endpoint ({provider.base_url}), at a price unknown to Touchstone: "
        "12 customers' questions"
    )
    assert known.cost is not None
    assert known.cost > 0
    assert "OPENAI_API_KEY is not set" in known.obstacle
    assert court.fake.requests == []


def test_the_reply_picker_cannot_be_a_judge(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"))
    local = court.workspace.providers.get("local")

    with pytest.raises(Refused, match="The reply picker cannot be a judge"):
        ask_judge(
            court.hall.store, court.workspace.jobs, study, local, "reply-picker-ngrams", court.hall.owner
        )


def test_an_open_study_has_no_judge(make: Make) -> None:
    court = make()
    study = court.hall.study()

    with pytest.raises(Refused, match="when the study is closed"):
        court.judge(study)
    assert court.judge(close_study(court.hall.store, study, court.hall.owner)).state is JobState.DONE


def test_only_who_opens_studies_may_have_a_judge_asked(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"))
    provider = court.workspace.providers.get("compatible")

    with pytest.raises(NotAllowed):
        ask_judge(court.hall.store, court.workspace.jobs, study, provider, MODEL, court.hall.author)
    assert court.fake.requests == []


def test_a_judge_of_an_arms_family_is_warned_of(make: Make) -> None:
    court = make()
    study = court.closed(likes("warm"))
    provider = court.workspace.providers.get("compatible")

    assert judge_plan(court.hall.store, study, provider, MODEL).warning == ""
    assert "same family as Run 1, base and Run 1, tuned" in (
        judge_plan(court.hall.store, study, provider, "reply-8b").warning
    )


@pytest.mark.parametrize(
    ("one", "other", "kin"),
    [
        ("gpt-4o", "ft:gpt-4.1-mini-2025-04-14:acme::x", True),
        ("o4-mini", "gpt-4o", True),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama3:8b", True),
        ("claude-opus", "gpt-4o", False),
        ("mistral-large", "mixtral-8x7b", False),
    ],
)
def test_families_are_told_by_name(one: str, other: str, kin: bool) -> None:
    assert (family(one) == family(other)) is kin


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("A", "left"),
        (" **b** ", "right"),
        ("Tie.", "tie"),
        ("[[A]]", "left"),
        ("<think>A or B?</think>B", "right"),
        ("Answer A is better.", "malformed"),
        ("", "malformed"),
    ],
)
def test_only_one_word_is_a_verdict(said: str, outcome: str) -> None:
    assert outcome_of(said) == outcome

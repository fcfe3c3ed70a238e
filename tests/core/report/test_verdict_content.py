"""The verdict says what raters of known taste showed, how surely, and nothing while the study is open."""

import numpy as np
import pytest

from core.errors import Refused
from core.people.persons import Person
from core.rating.duels import DuelView
from core.rating.results import counted_votes
from core.rating.studies import close_study
from core.rating.votes import Outcome
from core.report.verdict_content import VerdictContent, open_content, verdict_content
from core.report.vote_shares import Fall
from core.store.store import Store
from core.verdict.intervals import mean_interval
from core.verdict.preference import pair_verdict
from tests.core.rating.study_hall import Hall, Taste, furnished, golden, likes, plain, rate_all, warm


def mostly(word: str, every: int) -> Taste:
    """A rater who likes this word, but on every so-many-th duel the other answer."""

    def taste(duel: DuelView) -> Outcome:
        liked = likes(word)(duel)
        if duel.position % every:
            return liked
        return Outcome.RIGHT if liked is Outcome.LEFT else Outcome.LEFT

    return taste


def judged(hall: Hall, *tastes: Taste) -> VerdictContent:
    raters = [hall.rater(f"Rater {number}") for number in range(len(tastes))]
    study = hall.study()
    for rater, taste in zip(raters, tastes, strict=True):
        rate_all(hall, study, rater, taste)
    return verdict_content(hall.store, close_study(hall.store, study, hall.owner))


def test_three_raters_who_like_the_tuned_model_are_told_as_three(
    store: Store, olga: Person, anna: Person
) -> None:
    found = judged(furnished(store, olga, anna, prompts=40), *[mostly("warm", 4)] * 3)

    assert found.enough
    assert found.pair is not None
    assert (found.pair.mean, found.pair.n_prompts, found.pair.n_votes) == (0.75, 40, 120)
    low, high = mean_interval(np.array([1.0, 1.0, 1.0, 0.0] * 10)) or (0, 0)
    assert found.sentence == (
        "These 3 raters preferred the tuned model on prompts like these: 75 % to 25 % "
        f"(95 % interval {100 * low:.0f}–{100 * high:.0f}, 40 prompts). "
        f"Evidence reached {found.pair.e_max:.0f}, 20 needed. "
        "They cannot speak for all experts."
    )


def test_the_same_taste_for_the_base_names_the_base(store: Store, olga: Person, anna: Person) -> None:
    found = judged(furnished(store, olga, anna, prompts=40), mostly("plain", 4))

    assert found.enough
    assert found.sentence.startswith(
        "This one rater preferred the base model on prompts like these: 75 % to 25 %"
    )
    assert found.sentence.endswith("One rater cannot speak for all experts.")
    assert found.pair is not None
    assert found.pair.mean == 0.25


def test_a_small_lead_is_no_verdict_and_says_what_is_missing(
    store: Store, olga: Person, anna: Person
) -> None:
    found = judged(furnished(store, olga, anna, prompts=10), mostly("warm", 3))

    assert not found.enough
    assert found.sentence.startswith(
        "Not enough evidence to say which is preferred: the tuned model was ahead of the base model by "
        "70 % to 30 %"
    )
    assert "more prompts if the lead so far is real" in found.sentence


def test_raters_who_always_tie_put_neither_ahead(hall: Hall) -> None:
    found = judged(hall, lambda _: Outcome.TIE, lambda _: Outcome.BOTH_BAD)

    assert found.sentence.startswith("Neither is ahead: these 2 raters split between the tuned model and")
    assert found.pair is not None
    assert (found.pair.tie, found.pair.both_bad) == (0.5, 0.5)


def test_every_rater_is_told_apart(hall: Hall) -> None:
    found = judged(hall, likes("warm"), likes("plain"))

    assert [(line.name, line.estimate.mean) for line in found.raters] == [("Rater 0", 1.0), ("Rater 1", 0.0)]


def test_an_open_study_tells_how_far_it_is_and_not_who_leads(hall: Hall) -> None:
    rita = hall.rater("Rita")
    sentences = []
    for word in ("warm", "plain"):
        study = hall.study()
        rate_all(hall, study, rita, likes(word), at_most=5)
        sentences.append(open_content(hall.store, study).sentence)
        with pytest.raises(Refused, match="is not closed"):
            verdict_content(hall.store, study)
        close_study(hall.store, study, hall.owner)

    assert sentences[0] == sentences[1]
    assert "Not enough evidence yet" in sentences[0]
    assert "This study has 7 left. You may stop or go on at any time." in sentences[0]


def test_an_open_study_with_enough_evidence_says_so_without_saying_for_whom(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("plain"))

    sentence = open_content(hall.store, study).sentence

    assert sentence.startswith("Enough evidence that one of the two is preferred.")
    assert "base" not in sentence
    assert "tuned" not in sentence


def test_a_study_closed_without_votes_has_no_verdict(hall: Hall) -> None:
    found = verdict_content(hall.store, close_study(hall.store, hall.study(), hall.owner))

    assert found.pair is None
    assert found.sentence == "The study was closed before anybody voted, so there is no verdict."


def test_a_study_of_the_same_answers_says_so_open_and_closed(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(store, olga, anna, prompts=3, base=golden, tuned=golden)
    study = hall.study()
    assert open_content(store, study).sentence.endswith("so there is nothing to rate.")

    found = verdict_content(store, close_study(store, study, hall.owner))
    assert found.sentence == "Both models gave the same answer to every prompt, so there is no verdict."


def test_prompts_not_everybody_reached_are_left_out_and_counted_beside(hall: Hall) -> None:
    rita, rob = hall.rater("Rita"), hall.rater("Rob")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))
    rate_all(hall, study, rob, likes("warm"), at_most=4)

    found = verdict_content(hall.store, close_study(hall.store, study, hall.owner))

    assert found.pair is not None
    assert found.every_vote is not None
    assert (found.pair.n_prompts, found.every_vote.n_prompts) == (4, 12)
    assert any(warning.startswith("8 of 12 prompts do not count") for warning in found.warnings)


def test_identical_answers_are_counted_on_the_page(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, base=lambda row: warm(row) if row.item_id % 2 else plain(row))

    found = judged(hall, likes("warm"))

    assert 0 < found.n_identical < 12
    assert f"On {found.n_identical} of 12 prompts both gave the same answer." in " ".join(found.warnings)
    assert [(part.fall, round(12 * part.share)) for part in found.shares] == [
        (Fall.SECOND, 12 - found.n_identical),
        (Fall.SAME, found.n_identical),
        (Fall.TIE, 0),
        (Fall.BOTH_BAD, 0),
        (Fall.FIRST, 0),
    ]


def test_where_replies_repeat_accuracy_stands_beside_the_votes(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(
        store,
        olga,
        anna,
        prompts=40,
        tuned=lambda row: golden(row) if row.item_id % 6 else "Something else.",
    )

    content = judged(hall, likes("Approved")).accuracy

    assert content is not None
    assert content.first.correct == 0
    assert content.paired.fixed == content.second.correct > 25
    assert content.sentence.startswith("On 40 held-out questions the tuned model gave the approved reply")
    assert "0 broken, p < 0.001 (exact McNemar)" in content.sentence
    assert {miss.given for miss in content.misses} == {"Something else."}


def test_what_the_tuned_model_forgot_is_told_with_the_question(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(
        store,
        olga,
        anna,
        prompts=40,
        base=lambda row: golden(row) if row.item_id % 3 == 0 else plain(row),
        tuned=lambda row: golden(row) if row.item_id % 6 else "Something else.",
    )

    content = judged(hall, likes("Approved")).accuracy

    assert content is not None
    assert sum(miss.times for miss in content.forgotten) == content.paired.broken > 3
    assert {miss.given for miss in content.forgotten} == {"Something else."}
    assert content.paired.broken < content.first.correct


def test_what_is_unknown_stays_unknown(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, seconds=None)

    found = judged(hall, likes("warm"))

    assert [(arm.seconds, arm.n_timed, arm.tokens) for arm in found.arms] == [(None, 0, None)] * 2
    assert all(arm.picks_replies for arm in found.arms)


def test_pair_verdict_of_the_page_is_that_of_the_library(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, mostly("warm", 3))
    closed = close_study(hall.store, study, hall.owner)
    votes = counted_votes(hall.store, closed)

    assert votes is not None
    assert verdict_content(hall.store, closed).pair == pair_verdict(
        votes.between("Run 1, tuned", "Run 1, base")
    )


def test_beside_the_number_stand_single_raters_agreement_sides_and_lengths(
    store: Store, olga: Person, anna: Person
) -> None:
    found = judged(
        furnished(store, olga, anna, prompts=60), mostly("warm", 4), mostly("warm", 5), likes("warm")
    )

    single, agreed, side, length = found.beside
    assert single == (
        "Without one of the raters the tuned model would score between 78 % (without Rater 2) "
        "and 90 % (without Rater 0)."
    )
    assert agreed.startswith("Raters agree beyond chance with α = ")
    assert "95 % interval" in agreed
    assert side.startswith("The left side scored ")
    assert length == (
        "By length (a tenth or more apart) the tuned model scored 85 % where its answer is longer "
        "(60 prompts)."
    )


def test_one_rater_has_nobody_to_agree_with(store: Store, olga: Person, anna: Person) -> None:
    found = judged(furnished(store, olga, anna, prompts=12), likes("warm"))

    assert found.beside[0].startswith("How far raters agree is unknown")


def test_identical_answers_nobody_saw_make_no_agreement(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(
        store, olga, anna, prompts=40, base=lambda row: plain(row) if row.item_id % 2 else warm(row)
    )
    found = judged(hall, mostly("warm", 3), mostly("plain", 5))

    assert found.n_identical
    assert any("intervals need 50 prompts" in line for line in found.beside)

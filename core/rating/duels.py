"""Duels: two answers to one prompt, left and right fixed for a rater before they see the first."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from core.curation.items import Turn
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.prompts import StudyPrompt, answered_at, prompts_of
from core.rating.raters import is_author
from core.rating.seating import turns_of
from core.rating.seats import Seat, SeatedDuel, guessed_in, practised_in, seats_of, votes_in
from core.rating.studies import Study, StudyState, studies_of, study_by_id
from core.rating.study_plan import Plan, plan_of
from core.store.database import Reader
from core.store.store import Store


class Standing(StrEnum):
    """What a study has for a rater."""

    NOTHING = "nothing"
    AUTHOR = "author"
    FULL = "full"
    INVITED = "invited"
    PRACTICE = "practice"
    RATING = "rating"
    GUESSING = "guessing"
    DONE = "done"


UNDER_WAY = frozenset({Standing.PRACTICE, Standing.RATING, Standing.GUESSING})
"""What somebody began and has not finished."""


@dataclass(frozen=True)
class DuelView:
    """All that a rater sees of a duel; nothing in it tells which arm wrote what. `position` counts from 1.

    Of a practice duel `duel_id` is negative, so that no vote on it can fall on a duel that counts.
    """

    study_id: int
    duel_id: int
    position: int
    total: int
    question: str
    conversation: tuple[Turn, ...]
    left_text: str
    right_text: str


@dataclass(frozen=True)
class Desk:
    """What a rater finds: how they stand to the study that comes next for them, and the duel at hand.

    `done` and `total` are of what they are at: practice, duels or guesses; `plan` is there while there is
    something to begin or to do; after `guessed` no vote can be taken back.
    """

    standing: Standing
    study_id: int | None = None
    done: int = 0
    total: int = 0
    duel: DuelView | None = None
    plan: Plan | None = None
    guessed: bool = False


def desk(store: Store, project_id: int, rater: Person) -> Desk:
    """What there is to rate for a person: a study they began, else one they may begin, oldest first."""
    seats = [seat for seat in seats_of(store, rater) if seat.project_id == project_id]
    own = [_at(store, seat) for seat in seats]
    going = next((one for one in own if one.standing in UNDER_WAY), None)
    if going is not None:
        return going
    offered = store.recall(
        ("studies", "study_prompts", "study_plans", "duels"),
        ("offers", project_id, rater.id),
        lambda: _offers(store, project_id, rater, {seat.study_id for seat in seats}),
    )
    open_to = next((one for one in offered if one.standing is Standing.INVITED), None)
    return open_to or next(iter((*reversed(own), *reversed(offered))), Desk(Standing.NOTHING))


def begin(store: Store, study_id: int, rater: Person) -> None:
    """Seat a rater: all their duels are made, in the study's order, with their sides; once.

    Raises:
        NotAllowed: the person may not rate here, or wrote some of the replies.
        Refused: the study is not open, has all its raters, or has nothing to show.
    """
    with store.transaction(rater.email) as tx:
        study = study_by_id(tx, study_id)
        require(tx, study.project_id, rater, Action.RATE)
        if study.state is not StudyState.OPEN:
            raise Refused("This study is not open, so there is nothing to rate. Nothing was changed.")
        if tx.value("select 1 from duels where study_id = ? and rater_id = ? limit 1", study_id, rater.id):
            return
        offer = _offer(tx, study, rater)
        if offer.standing is Standing.AUTHOR:
            raise NotAllowed(
                f"{rater.name} wrote some of the approved replies to these questions, and nobody rates what "
                "they helped to write. Nothing was changed."
            )
        if offer.standing is Standing.FULL:
            raise Refused(
                f"This study was planned for {study.raters} raters and has them all. Nothing was changed."
            )
        prompts = _to_show(prompts_of(tx, study_id))
        if not prompts:
            raise Refused(
                "Both answers are the same on every prompt of this study: there is nothing to rate."
            )
        secret: str = tx.value("select secret from studies where id = ?", study_id)
        turns = turns_of(secret, study_id, rater.id, len(prompts), plan_of(tx, study_id).repeats)
        shown = [prompts[one.place] for one in turns]
        tx.load(
            "duels",
            pd.DataFrame(
                {
                    "id": list(tx.new_ids("duels", len(turns))),
                    "study_id": study_id,
                    "rater_id": rater.id,
                    "position": [prompt.position for prompt in shown],
                    "item_id": [prompt.item_id for prompt in shown],
                    "left_arm": [study.arm_a if one.a_left else study.arm_b for one in turns],
                    "right_arm": [study.arm_b if one.a_left else study.arm_a for one in turns],
                    "turn": range(len(turns)),
                    "again": [one.again for one in turns],
                }
            ),
        )


def _at(store: Store, seat: Seat) -> Desk:
    """What a seated rater finds."""
    done, total = votes_in(store, seat), len(seat.duels)
    if done == 0 and seat.practice and (practised := practised_in(store, seat)) < len(seat.practice):
        return _before(store, Standing.PRACTICE, seat, seat.practice, practised)
    if done < total:
        return _before(store, Standing.RATING, seat, seat.duels, done)
    if seat.to_guess and (guessed := guessed_in(store, seat)) < len(seat.to_guess):
        return _before(store, Standing.GUESSING, seat, seat.to_guess, guessed)
    return Desk(Standing.DONE, seat.study_id, total, total, guessed=bool(seat.to_guess))


def _before(store: Store, standing: Standing, seat: Seat, duels: tuple[SeatedDuel, ...], done: int) -> Desk:
    """A rater before one of their duels."""
    duel, total = duels[done], len(duels)
    prompt = store.recall(
        ("study_prompts",),
        ("prompt", seat.study_id, duel.position),
        lambda: answered_at(store, seat.study_id, duel.position),
    )
    left, right = (prompt.text_a, prompt.text_b) if duel.a_left else (prompt.text_b, prompt.text_a)
    view = DuelView(
        seat.study_id, duel.id, done + 1, total, prompt.question, prompt.conversation, left, right
    )
    return Desk(standing, seat.study_id, done, total, view, seat.plan)


def _offers(reader: Reader, project_id: int, rater: Person, began: set[int]) -> list[Desk]:
    """How somebody stands to the open studies they have not begun, oldest first."""
    return [
        _offer(reader, study, rater)
        for study in reversed(studies_of(reader, project_id))
        if study.state is StudyState.OPEN and study.id not in began
    ]


def _offer(reader: Reader, study: Study, rater: Person) -> Desk:
    """How somebody who has not begun stands to an open study."""
    total = len(_to_show(prompts_of(reader, study.id)))
    if total == 0:
        return Desk(Standing.NOTHING)
    if is_author(reader, study.dataset_id, rater):
        return Desk(Standing.AUTHOR, study.id, 0, total)
    seated = reader.value("select count(distinct rater_id) from duels where study_id = ?", study.id)
    standing = Standing.FULL if seated >= study.raters else Standing.INVITED
    return Desk(standing, study.id, 0, total, plan=plan_of(reader, study.id))


def _to_show(prompts: list[StudyPrompt]) -> list[StudyPrompt]:
    return [prompt for prompt in prompts if not prompt.identical]

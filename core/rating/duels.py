"""Duels: two answers to one prompt, left and right fixed for a rater before they see the first."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import pandas as pd

from core.curation.items import Turn
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.prompts import StudyPrompt, prompts_of
from core.rating.raters import is_author
from core.rating.studies import Study, StudyState, studies_of, study_by_id
from core.store.database import Reader
from core.store.store import Store

BLOCK = 4
"""In every run of so many duels each arm stands on either side equally often."""

ARRANGEMENTS = tuple(combinations(range(BLOCK), BLOCK // 2))
"""The places in a block where the study's first arm stands left."""


class Standing(StrEnum):
    """What a study has for a rater."""

    NOTHING = "nothing"
    AUTHOR = "author"
    FULL = "full"
    INVITED = "invited"
    RATING = "rating"
    DONE = "done"


@dataclass(frozen=True)
class DuelView:
    """All that a rater sees of a duel; nothing in it tells which arm wrote what. `position` counts from 1."""

    duel_id: int
    position: int
    total: int
    question: str
    conversation: tuple[Turn, ...]
    left_text: str
    right_text: str


@dataclass(frozen=True)
class SeatedDuel:
    """A duel as it was made: its place in the study, and whether the first arm stands left."""

    id: int
    position: int
    a_left: bool


@dataclass(frozen=True)
class Seat:
    """A rater's place in an open study: their duels in the study's order."""

    study_id: int
    rater_id: int
    duels: tuple[SeatedDuel, ...]


@dataclass(frozen=True)
class Desk:
    """What a rater finds: how they stand to the study that comes next for them, and the duel at hand."""

    standing: Standing
    study_id: int | None = None
    done: int = 0
    total: int = 0
    duel: DuelView | None = None


def desk(store: Store, project_id: int, rater: Person) -> Desk:
    """What there is to rate for a person: a study they began, else one they may begin, oldest first."""
    asked = ("seats", project_id, rater.id)
    seats = store.recall(("duels", "studies"), asked, lambda: _seats(store, project_id, rater))
    own = [_at(store, seat) for seat in seats]
    going = next((one for one in own if one.standing is Standing.RATING), None)
    if going is not None:
        return going
    offered = store.recall(
        ("studies", "study_prompts", "duels"),
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
        sides = a_stands_left(secret, study_id, rater.id, len(prompts))
        tx.load(
            "duels",
            pd.DataFrame(
                {
                    "id": list(tx.new_ids("duels", len(prompts))),
                    "study_id": study_id,
                    "rater_id": rater.id,
                    "position": [prompt.position for prompt in prompts],
                    "item_id": [prompt.item_id for prompt in prompts],
                    "left_arm": [study.arm_a if left else study.arm_b for left in sides],
                    "right_arm": [study.arm_b if left else study.arm_a for left in sides],
                }
            ),
        )


def a_stands_left(secret: str, study_id: int, rater_id: int, count: int) -> list[bool]:
    """On which of a rater's duels the first arm stands left: drawn from the secret, balanced in blocks."""
    sides: list[bool] = []
    for block in range(-(-count // BLOCK)):
        words = f"{study_id}|{rater_id}|{block}".encode()
        drawn = hmac.new(secret.encode(), words, hashlib.sha256).digest()
        left = ARRANGEMENTS[int.from_bytes(drawn) % len(ARRANGEMENTS)]
        sides.extend(place in left for place in range(BLOCK))
    return sides[:count]


SEATS = (
    "select d.study_id, d.id, d.position, d.left_arm = s.arm_a from duels d "
    "join studies s on s.id = d.study_id "
    "where d.rater_id = ? and s.project_id = ? and s.state = 'open' order by d.study_id, d.position"
)


def _seats(reader: Reader, project_id: int, rater: Person) -> list[Seat]:
    """A rater's places in open studies, oldest first."""
    by_study: dict[int, list[SeatedDuel]] = {}
    for study_id, *one in reader.rows(SEATS, rater.id, project_id):
        by_study.setdefault(study_id, []).append(SeatedDuel(*one))
    return [Seat(study_id, rater.id, tuple(found)) for study_id, found in by_study.items()]


def _at(store: Store, seat: Seat) -> Desk:
    """What a seated rater finds. Duels are voted on in order, so the number of votes tells the next one."""
    asked = ("votes of", seat.study_id, seat.rater_id)
    done = store.recall(("votes",), asked, lambda: _votes_of(store, seat))
    total = len(seat.duels)
    if done == total:
        return Desk(Standing.DONE, seat.study_id, done, total)
    duel = seat.duels[done]
    prompt = store.recall(
        ("study_prompts",),
        ("prompt", seat.study_id, duel.position),
        lambda: _prompt(store, seat.study_id, duel.position),
    )
    left, right = (prompt.text_a, prompt.text_b) if duel.a_left else (prompt.text_b, prompt.text_a)
    view = DuelView(duel.id, done + 1, total, prompt.question, prompt.conversation, left, right)
    return Desk(Standing.RATING, seat.study_id, done, total, view)


def _votes_of(reader: Reader, seat: Seat) -> int:
    count: int = reader.value(
        "select count(*) from votes where study_id = ? and rater_id = ?", seat.study_id, seat.rater_id
    )
    return count


@dataclass(frozen=True)
class _Prompt:
    """A frozen prompt with both answers."""

    question: str
    conversation: tuple[Turn, ...]
    text_a: str
    text_b: str


def _prompt(reader: Reader, study_id: int, position: int) -> _Prompt:
    question, turns, text_a, text_b = reader.rows(
        "select question, conversation, text_a, text_b from study_prompts "
        "where study_id = ? and position = ?",
        study_id,
        position,
    )[0]
    conversation = tuple(Turn(turn["role"], turn["content"]) for turn in json.loads(turns or "[]"))
    return _Prompt(question, conversation, text_a, text_b)


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
    return Desk(standing, study.id, 0, total)


def _to_show(prompts: list[StudyPrompt]) -> list[StudyPrompt]:
    return [prompt for prompt in prompts if not prompt.identical]

"""Duels: two answers to one prompt, left and right fixed for a rater before they see the first."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import pandas as pd

from core.curation.items import Turn, item_by_id
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.raters import is_author
from core.rating.studies import Study, StudyPrompt, StudyState, prompts_of, studies_of, study_by_id
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
class Desk:
    """What a rater finds: how they stand to the study that comes next for them, and the duel at hand."""

    standing: Standing
    study_id: int | None = None
    done: int = 0
    total: int = 0
    duel: DuelView | None = None


def desk(reader: Reader, project_id: int, rater: Person) -> Desk:
    """What there is to rate for a person: a study they began, else one they may begin, oldest first."""
    rows = reader.rows(OWN_DUELS, rater.id, project_id)
    for study_id, done, total, current in rows:
        if current is not None:
            duel = _view(reader, current, done + 1, total)
            return Desk(Standing.RATING, study_id, done, total, duel)
    began = {study_id for study_id, *_ in rows}
    offered = [
        _offer(reader, study, rater)
        for study in reversed(studies_of(reader, project_id))
        if study.state is StudyState.OPEN and study.id not in began
    ]
    open_to = next((one for one in offered if one.standing is Standing.INVITED), None)
    if open_to is not None:
        return open_to
    if rows:
        study_id, done, total, _ = rows[-1]
        return Desk(Standing.DONE, study_id, done, total)
    return offered[-1] if offered else Desk(Standing.NOTHING)


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


OWN_DUELS = (
    "select s.id, count(v.duel_id), count(*), arg_min(d.id, d.position) filter (v.duel_id is null) "
    "from duels d join studies s on s.id = d.study_id left join votes v on v.duel_id = d.id "
    "where d.rater_id = ? and s.project_id = ? and s.state = 'open' group by s.id order by s.id"
)
"""A rater's open studies: how many duels are done, how many there are, and the next one."""

TEXTS = (
    "select p.item_id, p.text_a, p.text_b, d.left_arm = s.arm_a from duels d "
    "join studies s on s.id = d.study_id "
    "join study_prompts p on p.study_id = d.study_id and p.position = d.position where d.id = ?"
)


def _view(reader: Reader, duel_id: int, position: int, total: int) -> DuelView:
    row = reader.row(TEXTS, duel_id)
    if row is None:
        raise Refused("An answer of this duel is gone, so it cannot be shown. Ask the study's owner.")
    item_id, text_a, text_b, a_left = row
    left, right = (text_a, text_b) if a_left else (text_b, text_a)
    item = item_by_id(reader, item_id)
    return DuelView(duel_id, position, total, item.question, item.conversation, left, right)


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

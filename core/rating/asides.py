"""Asides: what raters said beside their votes, once a study is closed; none of it moves the verdict."""

from dataclasses import dataclass

import numpy as np

from core.answers.arms import ArmKind
from core.rating.guessing import Guess
from core.rating.prompts import prompts_of
from core.rating.results import evidence_so_far, must_be_closed, votes_frame
from core.rating.studies import Study
from core.rating.votes import Reason
from core.store.database import Reader
from core.verdict.blinding import RIGHT, UNSURE, WRONG, Guesses, guesses
from core.verdict.consistency import Consistency, consistency
from core.verdict.repeats import read_repeats
from core.verdict.scale import ScaleDifference, scale_difference


@dataclass(frozen=True)
class Remark:
    """What a rater wrote of a duel, or why they skipped it.

    Attributes:
        item_id: the question's item.
        question: the question.
        rater: the rater's name.
        text: their note; may be empty.
        passage: the words of an answer that it is about; may be empty.
        about: the arms' numbers in whose answers the passage stands.
        reason: why they skipped, if they did and said so.
    """

    item_id: int
    question: str
    rater: str
    text: str
    passage: str
    about: tuple[int, ...]
    reason: Reason | None


def second_looks(reader: Reader, study: Study) -> Consistency | None:
    """How often raters chose the same when a pair came again with its sides swapped; None: nobody voted.

    Raises:
        Refused: the study is not closed.
    """
    frame = votes_frame(reader, study)
    return None if frame.empty else consistency(read_repeats(frame))


def blinding(reader: Reader, study: Study) -> Guesses:
    """How often raters guessed which answer came from the tuned model.

    Raises:
        Refused: the study is not closed.
    """
    must_be_closed(study)
    rows = reader.rows(GUESSED, ArmKind.TUNED.value, study.id, Guess.DECLINED.value)
    found = [
        UNSURE if side == Guess.UNSURE else RIGHT if (side == Guess.LEFT) is tuned_left else WRONG
        for _, side, tuned_left in rows
    ]
    return guesses(np.array([row[0] for row in rows], dtype=np.int64), np.array(found, dtype=np.float64))


def rated(reader: Reader, study: Study) -> ScaleDifference | None:
    """How much better the second arm was rated than the first, on the prompts that count and were shown.

    None in a study without a scale.

    Raises:
        Refused: the study is not closed.
    """
    must_be_closed(study)
    counted = prompts_of(reader, study.id)[: evidence_so_far(reader, study).complete]
    places = {prompt.position for prompt in counted}
    rows = [row for row in reader.rows(SCORED, study.id) if row[0] in places]
    if not rows:
        return None
    prompt, second, first = np.array(rows, dtype=np.int64).T
    return scale_difference(prompt, second.astype(np.float64), first.astype(np.float64))


def remarks(reader: Reader, study: Study) -> list[Remark]:
    """Every note and every reason for a skip, in the order of the prompts.

    Raises:
        Refused: the study is not closed.
    """
    must_be_closed(study)
    return [
        Remark(
            item_id=item_id,
            question=question,
            rater=name,
            text=text or "",
            passage=passage or "",
            about=tuple(arm for arm, where in ((left, "left"), (right, "right")) if side in {where, "both"}),
            reason=Reason(reason) if reason else None,
        )
        for item_id, question, name, text, passage, side, left, right, reason in reader.rows(SAID, study.id)
    ]


GUESSED = (
    "select d.position, g.side, a.kind = ? from guesses g join duels d on d.id = g.duel_id "
    "join arms a on a.id = d.left_arm where g.study_id = ? and g.side <> ? order by d.position, d.rater_id"
)
SCORED = (
    "select d.position, if(d.left_arm = s.arm_b, v.left_score, v.right_score), "
    "if(d.left_arm = s.arm_b, v.right_score, v.left_score) from votes v join duels d on d.id = v.duel_id "
    "join studies s on s.id = v.study_id where v.study_id = ? and not d.again and v.left_score is not null "
    "order by d.position, d.rater_id"
)
SAID = (
    "select d.item_id, p.question, r.name, n.note, n.passage, n.side, d.left_arm, d.right_arm, v.reason "
    "from duels d join study_prompts p on p.study_id = d.study_id and p.position = d.position "
    "join people r on r.id = d.rater_id left join duel_notes n on n.duel_id = d.id "
    "left join votes v on v.duel_id = d.id "
    "where d.study_id = ? and (n.duel_id is not null or v.reason is not null) "
    "order by d.position, r.name, d.id"
)

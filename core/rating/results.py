"""Results: the votes of a study as the statistics read them; which arm leads leaves only a closed study."""

from dataclasses import dataclass

import pandas as pd

from core.answers.arms import arm_by_id
from core.errors import Refused
from core.rating.prompts import prompts_of
from core.rating.shown import NO_ANSWER
from core.rating.studies import Study, StudyState
from core.store.database import Reader
from core.verdict.arrays import FloatArray
from core.verdict.next_votes import NextVotes, next_votes
from core.verdict.plan import Forecast, forecast
from core.verdict.sequential import ENOUGH, EVEN, evidence_path
from core.verdict.votes import Votes, read_votes

FUTURES = 200
"""Imagined ways in which a study may go on: enough for a range in whole prompts, in 40 ms."""


@dataclass(frozen=True)
class EvidenceSoFar:
    """How much the votes speak against "both are liked equally", without telling in which direction.

    Attributes:
        n_prompts: all prompts of the study.
        n_identical: of these, the ones with two identical answers, each a tie.
        complete: prompts that count, because they and all before them have the votes of `raters` people.
        raters: how many people a prompt needs to be complete.
        path: the evidence before the first prompt (1) and after each that counts; what was skipped by
            everybody does not score.
        more: how the study may go on; None before the first prompt counts.
    """

    n_prompts: int
    n_identical: int
    complete: int
    raters: int
    path: tuple[float, ...]
    more: Forecast | None

    @property
    def all_identical(self) -> bool:
        """Whether no prompt has two answers to choose between."""
        return self.n_prompts == self.n_identical

    @property
    def highest(self) -> float:
        """The most evidence at any prompt so far; a study may be stopped once this is enough."""
        return max(self.path)

    @property
    def enough(self) -> bool:
        """Whether it suffices to say that one is preferred."""
        return self.highest >= ENOUGH


def evidence_so_far(reader: Reader, study: Study) -> EvidenceSoFar:
    """The evidence of a study that is open or closed, without a direction."""
    prompts = prompts_of(reader, study.id)
    frame = _frame(reader, study)
    voted = _raters(frame)
    needed = _needed(study, voted)
    complete = _complete(frame, [str(prompt.item_id) for prompt in prompts], needed)
    votes = _counted(frame, [str(prompt.item_id) for prompt in prompts], needed)
    pair = votes.between(*arm_names(reader, study)) if votes else None
    scores = pair.prompt_scores if pair is not None else None
    return EvidenceSoFar(
        n_prompts=len(prompts),
        n_identical=sum(prompt.identical for prompt in prompts),
        complete=complete,
        raters=needed,
        path=tuple(evidence_path(scores).tolist()) if scores is not None else (1.0,),
        more=_forecast(scores) if scores is not None and len(scores) else None,
    )


def votes_frame(reader: Reader, study: Study) -> pd.DataFrame:
    """Every vote with the names of the arms, in the columns of a votes file, identical pairs as ties.

    A pair that came again has a second row of the same rater, later; whatever reads votes counts the first.

    Raises:
        Refused: the study is not closed.
    """
    must_be_closed(study)
    return _frame(reader, study)


def counted_votes(reader: Reader, study: Study) -> Votes | None:
    """The votes that count: prompts in the order drawn, as far as all of them are complete. None: no votes.

    Raises:
        Refused: the study is not closed.
    """
    frame = votes_frame(reader, study)
    planned = [str(prompt.item_id) for prompt in prompts_of(reader, study.id)]
    return _counted(frame, planned, _needed(study, _raters(frame)))


def all_votes(reader: Reader, study: Study) -> Votes | None:
    """Every vote, on prompts that not all raters reached too. None: no votes.

    Raises:
        Refused: the study is not closed.
    """
    frame = votes_frame(reader, study)
    return None if frame.empty else read_votes(frame)


def next_votes_so_far(reader: Reader, study: Study) -> NextVotes | None:
    """Where the next votes are best spent, which is the same whoever leads; None on few prompts."""
    frame = _frame(reader, study)
    votes = None if frame.empty else read_votes(frame)
    pair = votes.between(*arm_names(reader, study)) if votes else None
    return next_votes(pair) if pair is not None and len(pair.prompt) else None


def arm_names(reader: Reader, study: Study) -> tuple[str, str]:
    """The names of a study's two arms, told apart where they are called alike."""
    a, b = arm_by_id(reader, study.arm_a), arm_by_id(reader, study.arm_b)
    if a.name == b.name:
        return f"{a.name} ({a.id})", f"{b.name} ({b.id})"
    return a.name, b.name


def unanswered(reader: Reader, study: Study) -> tuple[int, int]:
    """On how many prompts of a study each arm has no answer."""
    first, second = reader.rows(
        "select count(*) filter (text_a = ?), count(*) filter (text_b = ?) from study_prompts "
        "where study_id = ?",
        NO_ANSWER,
        NO_ANSWER,
        study.id,
    )[0]
    return int(first), int(second)


def must_be_closed(study: Study) -> None:
    """Let a closed study tell what it showed, and no other.

    Raises:
        Refused: it is not closed.
    """
    if study.state is not StudyState.CLOSED:
        raise Refused(
            f"Study {study.id} is not closed. Which answer leads is shown only when it is, so that nobody "
            "is swayed; the evidence so far is shown without a direction."
        )


VOTED = """
with given as (
  select d.item_id, d.rater_id, d.left_arm = s.arm_a as a_left, v.outcome, d.position, v.voted_at, v.duel_id
  from votes v join duels d on d.id = v.duel_id join studies s on s.id = v.study_id where v.study_id = $1
),
said as (
  select *, 0 as unseen from given
  union all
  select p.item_id, r.rater_id, true, 'tie', p.position, r.voted_at, null, 1 from study_prompts p,
    (select rater_id, max(voted_at) as voted_at from given group by rater_id) r
  where p.study_id = $1 and p.identical and not coalesce(p.practice, false)
)
select item_id::varchar as prompt_id, rater_id::varchar as rater_id, if(a_left, $2, $3) as arm_left,
  if(a_left, $3, $2) as arm_right, outcome, position as prompt_order, epoch_us(voted_at) as voted_at
from said order by unseen, said.voted_at, duel_id, position, said.rater_id
"""


def _frame(reader: Reader, study: Study) -> pd.DataFrame:
    """The votes given, and for everybody who voted a tie on each identical pair."""
    frame = reader.frame(VOTED, study.id, *arm_names(reader, study))
    return frame.assign(voted_at=pd.to_datetime(frame["voted_at"], unit="us", utc=True))


def _forecast(scores: FloatArray) -> Forecast:
    """How the study may go on; seen from whichever side leads, so that it does not tell which."""
    return forecast(scores if scores.mean() >= EVEN else 1 - scores, futures=FUTURES)


def _raters(frame: pd.DataFrame) -> int:
    return int(frame["rater_id"].nunique())


def _needed(study: Study, voted: int) -> int:
    """How many raters make a prompt complete: as planned, and after closing no more than came."""
    return min(study.raters, max(voted, 1)) if study.state is StudyState.CLOSED else study.raters


def _complete(frame: pd.DataFrame, planned: list[str], needed: int) -> int:
    """How many prompts from the first on have as many raters as needed."""
    finished = frame.groupby("prompt_id")["rater_id"].nunique() >= needed
    done = set(finished.index[finished])
    return next((place for place, prompt in enumerate(planned) if prompt not in done), len(planned))


def _counted(frame: pd.DataFrame, planned: list[str], needed: int) -> Votes | None:
    return None if frame.empty else read_votes(frame, raters=needed, planned=planned)

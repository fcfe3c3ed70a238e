"""How the counted votes fell: for one answer, for the other, or for neither, and why for neither."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.rating.studies import Study
from core.store.database import Reader
from core.verdict.preference import PairVerdict
from core.verdict.votes import Votes

IDENTICAL = "select item_id from study_prompts where study_id = ? and identical"


class Fall(StrEnum):
    """Whom a vote was for."""

    SECOND = "second"
    SAME = "same"
    TIE = "tie"
    BOTH_BAD = "both bad"
    FIRST = "first"


@dataclass(frozen=True)
class VoteShare:
    """Votes of one kind, from 0 to 1 of all that count; `words` say which."""

    fall: Fall
    words: str
    share: float


def identical_prompts(reader: Reader, study: Study) -> frozenset[str]:
    """The prompts on which both arms gave the same answer, by the names that votes call them by."""
    return frozenset(str(item) for (item,) in reader.rows(IDENTICAL, study.id))


def vote_shares(
    votes: Votes, pair: PairVerdict, identical: frozenset[str], words: tuple[str, str]
) -> tuple[VoteShare, ...]:
    """Every vote, from those for the second arm to those for the first.

    A pair of identical answers counts as a tie that nobody was asked for, and stands by itself.
    """
    same = float(np.array([name in identical for name in votes.prompts])[votes.prompt].mean())
    return (
        VoteShare(Fall.SECOND, f"{words[1]} better", pair.win or 0.0),
        VoteShare(Fall.SAME, "the same answer", same),
        VoteShare(Fall.TIE, "tie", max((pair.tie or 0.0) - same, 0.0)),
        VoteShare(Fall.BOTH_BAD, "both bad", pair.both_bad or 0.0),
        VoteShare(Fall.FIRST, f"{words[0]} better", pair.loss or 0.0),
    )

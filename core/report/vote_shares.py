"""How the counted votes fell: for one answer, for the other, or for neither, and why for neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.rating.studies import Study
from core.store.database import Reader
from core.text.figures import counted
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
    """The votes of one kind: their number, and their share, from 0 to 1, of all that count."""

    fall: Fall
    words: str
    votes: int
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
    same = int(np.array([name in identical for name in votes.prompts])[votes.prompt].sum())
    win, tie, both_bad, loss = (
        round((share or 0.0) * pair.n_votes) for share in (pair.win, pair.tie, pair.both_bad, pair.loss)
    )
    found = (
        (Fall.SECOND, f"{words[1]} better", win),
        (Fall.SAME, "the same answer", same),
        (Fall.TIE, "tie", tie - same),
        (Fall.BOTH_BAD, "both bad", both_bad),
        (Fall.FIRST, f"{words[0]} better", loss),
    )
    return tuple(VoteShare(fall, told, number, number / pair.n_votes) for fall, told, number in found)


def basis_words(shares: Sequence[VoteShare]) -> str:
    """What the shares are of, like 23 votes and 65 same answers."""
    same = sum(part.votes for part in shares if part.fall is Fall.SAME)
    given = counted(sum(part.votes for part in shares) - same, "vote")
    return f"{given} and {counted(same, 'same answer')}" if same else given

"""A judge model: asked in both orders, compared with people, and never a person itself."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.agreement import agreeing_between, agreeing_pairs
from core.verdict.arrays import FloatArray
from core.verdict.errors import BadTable
from core.verdict.repeats import read_repeats
from core.verdict.rows import FIRST, OUTCOMES, SECOND, TIE
from core.verdict.votes import Votes


@dataclass(frozen=True)
class BothOrders:
    """A judge's verdicts after both orders: one vote a prompt and pair, disagreement counted as a tie.

    Attributes:
        votes: the resolved votes, in the columns of a votes file.
        asked: (prompt, pair) that have both orders.
        once: (prompt, pair) with a single order only; left out.
        disagreed: share of those asked on which the two orders do not say the same.
        first_side: of the disagreements in which both orders named a winner, the share that chose the side
            shown left both times; .5 is no pull. None where there are none.
    """

    votes: pd.DataFrame
    asked: int
    once: int
    disagreed: float
    first_side: float | None


@dataclass(frozen=True)
class JudgeAgreement:
    """How often a judge and people say the same, beside how often people do among themselves.

    Each is (agreeing, of how many) pairs of one judge's vote and one person's, or of two persons' votes, on
    the same prompt and pair of arms; "tie" and "both bad" are one answer. `without_ties` leaves out every
    vote that is a tie.
    """

    judge: tuple[int, int]
    judge_without_ties: tuple[int, int]
    people: tuple[int, int]
    people_without_ties: tuple[int, int]


def both_orders(frame: pd.DataFrame) -> BothOrders:
    """Resolve the votes of one judge who was asked twice, the second time with sides swapped.

    Args:
        frame: votes of one rater in the columns of a votes file.

    Raises:
        BadTable: as `read_votes`; there are several raters, or nothing was asked in both orders.
    """
    seen = read_repeats(frame)
    if len(seen.raters) > 1:
        raise BadTable(f"these are votes of {len(seen.raters)} raters; a judge is one.")
    twice = np.flatnonzero(seen.swapped)
    if not len(twice):
        raise BadTable(
            "no prompt has been judged in both orders, so a pull of one side would count as a preference."
        )
    first, again = seen.first[twice], seen.again[twice]
    same = first == again
    outcome = np.where(same, first, TIE)
    ends = np.array(seen.pairs)[seen.pair[twice]]
    arms = np.array(seen.arms, dtype=object)
    votes = pd.DataFrame(
        {
            "prompt_id": np.array(seen.prompts, dtype=object)[seen.prompt[twice]],
            "rater_id": seen.raters[0],
            "arm_left": arms[ends[:, 0]],
            "arm_right": arms[ends[:, 1]],
            "outcome": np.array(OUTCOMES, dtype=object)[outcome],
        }
    )
    turned = ~same & (first <= SECOND) & (again <= SECOND)
    left_first = (first == FIRST) != seen.second_left[twice]
    return BothOrders(
        votes=votes,
        asked=len(twice),
        once=seen.met - len(twice),
        disagreed=float((~same).mean()),
        first_side=float(left_first[turned].mean()) if turned.any() else None,
    )


def judge_agreement(judge: Votes, people: Votes) -> JudgeAgreement:
    """Count how often a judge agrees with people, as the MT-bench paper does.

    Zheng et al. 2023, arXiv:2306.05685, §4.2 and table 5: the probability that two votes drawn at random,
    from either group on the same question, agree.
    """
    ours, theirs = _units(judge), _units(people)
    units = ours.index.union(theirs.index)
    by_judge, by_people = (_ratings(table, units) for table in (ours, theirs))
    return JudgeAgreement(
        judge=agreeing_between(by_judge, by_people),
        judge_without_ties=agreeing_between(by_judge[:, :TIE], by_people[:, :TIE]),
        people=agreeing_pairs(by_people),
        people_without_ties=agreeing_pairs(by_people[:, :TIE]),
    )


def _units(votes: Votes) -> pd.DataFrame:
    """Return how many votes each outcome has, by prompt and pair of arms; both bad is a tie."""
    names = [(votes.arms[a], votes.arms[b]) for a, b in votes.pairs]
    outcome = pd.Series(np.minimum(votes.outcome, TIE), name="outcome")
    prompt = pd.Series(np.array(votes.prompts, dtype=object)[votes.prompt], name="prompt")
    first = pd.Series([names[pair][0] for pair in votes.pair.tolist()], name="first", dtype=object)
    second = pd.Series([names[pair][1] for pair in votes.pair.tolist()], name="second", dtype=object)
    return pd.crosstab([prompt, first, second], outcome)


def _ratings(table: pd.DataFrame, units: pd.Index) -> FloatArray:
    full = table.reindex(index=units, columns=[FIRST, SECOND, TIE], fill_value=0)
    return full.to_numpy(dtype=np.float64)

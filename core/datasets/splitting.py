"""Splitting: which group of rows is for training, validation and testing; seeded, stratified, never torn."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Refused

LARGEST_SEED = 2**31 - 1

PERCENT = re.compile(r"\s*[0-9]{1,3}\s*")


class Split(StrEnum):
    """A part of a dataset."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Shares:
    """How much of a dataset each split gets, in percent; they add up to 100."""

    train: int
    validation: int
    test: int

    def __str__(self) -> str:
        return f"{self.train}/{self.validation}/{self.test}"


def parse_shares(text: str) -> Shares:
    """Read shares such as 80/10/10.

    Raises:
        Refused: they are not three whole numbers that add up to 100, or leave nothing for training.
    """
    parts = text.split("/")
    if len(parts) != 3 or not all(map(PERCENT.fullmatch, parts)):  # noqa: PLR2004 - three splits
        raise Refused(f"The split {text!r} is not three whole numbers such as 80/10/10.")
    shares = Shares(*(int(part) for part in parts))
    if shares.train + shares.validation + shares.test != 100 or shares.train == 0:  # noqa: PLR2004 - percent
        raise Refused(f"The split {text!r} must add up to 100 and leave something for training.")
    return shares


def assign(
    groups: Sequence[int], strata: Sequence[str], keys: Sequence[str], shares: Shares, seed: int
) -> list[Split]:
    """A split for each row.

    Rows of one group go together. Each stratum that is large enough for every split to get a row is divided
    by itself; the smaller ones are divided as one. The order in which groups are placed is drawn from the
    seed and the rows' own keys, so the same content gives the same split, whatever the order of the rows.

    Args:
        groups: the group of each row.
        strata: the stratum of each row, such as its reply; a group counts in that of its first row.
        keys: what identifies each row's content.
        shares: the sizes wanted.
        seed: another seed gives another split; from 0 to 2**31 - 1.

    Raises:
        Refused: the seed is outside that range.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise Refused(f"The seed {seed} is not a whole number from 0 to {LARGEST_SEED}. Take another.")
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    by_stratum: dict[str, list[list[int]]] = defaultdict(list)
    for rows in members.values():
        rows.sort(key=lambda row: keys[row])
        by_stratum[strata[rows[0]]].append(rows)
    result = [Split.TRAIN] * len(groups)
    for placed in _large_enough(by_stratum, shares):
        placed.sort(key=lambda rows: _drawn(seed, keys[rows[0]]))
        for split, rows in _divide(placed, shares):
            for row in rows:
                result[row] = split
    return result


def _large_enough(by_stratum: dict[str, list[list[int]]], shares: Shares) -> list[list[list[int]]]:
    smallest = min(share for share in (shares.train, shares.validation, shares.test) if share)
    large, rest = [], []
    for _, groups in sorted(by_stratum.items()):
        if sum(map(len, groups)) * smallest >= 100:  # noqa: PLR2004 - percent
            large.append(groups)
        else:
            rest.extend(groups)
    return [*large, rest]


def _divide(groups: list[list[int]], shares: Shares) -> Iterator[tuple[Split, list[int]]]:
    """Give each group to the split that lacks most rows."""
    total = sum(map(len, groups))
    percent = {Split.TEST: shares.test, Split.VALIDATION: shares.validation, Split.TRAIN: shares.train}
    lacking = {split: share * total for split, share in percent.items() if share}
    for rows in groups:
        split = max(lacking, key=lambda name: lacking[name])
        lacking[split] -= 100 * len(rows)
        yield split, rows


def _drawn(seed: int, key: str) -> str:
    return hashlib.sha256(f"{seed}\x1f{key}".encode("utf-8", "surrogatepass")).hexdigest()

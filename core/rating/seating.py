"""Seating: which duels a rater sees in which turn, and on which side each arm stands; drawn from a secret."""

import hashlib
import hmac
import random
from dataclasses import dataclass
from itertools import combinations

BLOCK = 4
"""In every run of so many first looks each arm stands on either side equally often."""

ARRANGEMENTS = tuple(combinations(range(BLOCK), BLOCK // 2))
"""The places in a block where the study's first arm stands left."""

BETWEEN = 15
"""A pair comes again after so many others at least, when it is no longer remembered word for word."""

FEWEST_FOR_REPEATS = 20
"""With fewer prompts a pair that comes again would be recognised."""


@dataclass(frozen=True)
class RaterTurn:
    """One turn of a rater: the prompt by its place among those shown, and whether they saw it before."""

    place: int
    a_left: bool
    again: bool


def turns_of(secret: str, study_id: int, rater_id: int, count: int, repeats: float) -> list[RaterTurn]:
    """All turns of a rater: every prompt in order, and some of them again later with the sides swapped.

    Args:
        secret: the study's.
        study_id: the study.
        rater_id: the rater; another one has other sides and other repeats.
        count: how many prompts are shown.
        repeats: the share of them that is to come again.
    """
    sides = a_stands_left(secret, study_id, rater_id, count)
    turns: list[RaterTurn] = []
    again = _after(secret, study_id, rater_id, count, repeats)
    for place, left in enumerate(sides):
        turns.append(RaterTurn(place, left, again=False))
        turns.extend(RaterTurn(before, not sides[before], again=True) for before in again.get(place, ()))
    return turns


def a_stands_left(secret: str, study_id: int, rater_id: int, count: int) -> list[bool]:
    """On which of a rater's first looks the first arm stands left: balanced in blocks."""
    sides: list[bool] = []
    for block in range(-(-count // BLOCK)):
        left = ARRANGEMENTS[drawn(secret, study_id, rater_id, str(block)) % len(ARRANGEMENTS)]
        sides.extend(place in left for place in range(BLOCK))
    return sides[:count]


def drawn(secret: str, study_id: int, rater_id: int, words: str) -> int:
    """A large number that only who knows the secret can foresee."""
    message = f"{study_id}|{rater_id}|{words}".encode()
    return int.from_bytes(hmac.new(secret.encode(), message, hashlib.sha256).digest())


def _after(
    secret: str, study_id: int, rater_id: int, count: int, repeats: float
) -> dict[int, tuple[int, ...]]:
    """By place, which prompts come again right after it: one drawn from each of equal stretches."""
    chance = random.Random(drawn(secret, study_id, rater_id, "repeats"))  # noqa: S311 - its seed is secret
    early = count - BETWEEN
    wanted = min(round(repeats * count), early) if count >= FEWEST_FOR_REPEATS else 0
    found: dict[int, tuple[int, ...]] = {}
    for stretch in range(wanted):
        before = chance.randrange(stretch * early // wanted, (stretch + 1) * early // wanted)
        after = chance.randrange(before + BETWEEN, count)
        found[after] = (*found.get(after, ()), before)
    return found

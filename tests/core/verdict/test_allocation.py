"""Which duel next?"""

import numpy as np
import pytest

from core.verdict.allocation import draw_duel, pair_chances


def test_every_pair_keeps_a_chance_and_the_contenders_get_most() -> None:
    resampled = np.random.default_rng(0).normal([0.0, 1.0, 1.1, -2.0], 0.1, (2000, 4))

    chances = pair_chances(resampled)

    assert chances.sum() == pytest.approx(1)
    assert chances[1, 2] > 0.7
    assert (chances[np.triu_indices(4, 1)] >= 0.2 / 6 - 1e-12).all()
    assert (chances[np.tril_indices(4)] == 0).all()


def test_a_certain_winner_meets_the_best_of_the_others() -> None:
    resampled = np.random.default_rng(0).normal([5.0, 1.0, 0.0], 0.01, (500, 3))

    assert pair_chances(resampled)[0, 1] > 0.8


def test_the_probability_of_a_duel_is_told_with_it() -> None:
    chances = pair_chances(np.random.default_rng(0).normal(0, 1, (500, 3)))
    rng = np.random.default_rng(1)

    duels = [draw_duel(chances, rng) for _ in range(4000)]

    for pair in ((0, 1), (0, 2), (1, 2)):
        drawn = [duel for duel in duels if duel.pair == pair]
        assert len(drawn) / 4000 == pytest.approx(chances[pair], abs=0.03)
        assert drawn[0].probability == chances[pair]


@pytest.mark.parametrize("shape", [(10, 1), (0, 3)])
def test_one_arm_or_no_strengths_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="two arms"):
        pair_chances(np.zeros(shape))

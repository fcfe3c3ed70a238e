"""How a score grows with the number of examples."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from core.verdict.curve import Fan, LearningCurve, Run, learning_curve, more_examples

SIZES = (10, 30, 100, 300, 1000)


def test_the_fan_holds_the_curve_that_the_runs_were_drawn_from() -> None:
    found = learning_curve(_runs(lambda n: 0.9 - 0.9 * n**-0.5, prompts=400))

    assert found.fan is not None
    low, high = found.fan.ci95
    truth = 0.9 - 0.9 * found.fan.sizes**-0.5
    assert (low <= truth).all()
    assert (truth <= high).all()
    assert (low <= found.fan.half[0]).all()
    assert (found.fan.half[0] <= found.fan.middle).all()
    assert "95 %" in found.sentence


def test_it_ends_at_twice_the_largest_size_and_grows_wider_there() -> None:
    fan = _fan(learning_curve(_runs(lambda n: 0.95 - 0.8 * n**-0.15)))

    low, high = fan.ci95
    assert fan.sizes[0] == 10
    assert fan.sizes[-1] == 2000
    assert 1000 in fan.sizes
    assert high[-1] - low[-1] > high[len(high) // 2] - low[len(low) // 2]


def test_points_carry_their_seeds_and_an_interval_over_seeds_and_prompts() -> None:
    point = learning_curve(_runs(lambda n: 0.8 - 0.5 / n)).points[2]

    assert point.size == 100
    assert len(point.by_seed) == 3
    assert point.mean == pytest.approx(sum(point.by_seed) / 3)
    assert point.ci95[0] < point.mean < point.ci95[1]


def test_a_flat_curve_is_called_flat_and_more_examples_do_not_pay() -> None:
    found = learning_curve(_runs(lambda n: 0.9 - 0.5 * n**-1.5, prompts=2000))
    fan = _fan(found)

    assert fan.saturated
    assert "flat" in found.sentence
    assert more_examples(fan, 1000, value_of_point=100, cost_of_example=5).more == 0


def test_a_rising_curve_pays_as_long_as_examples_are_cheap() -> None:
    found = learning_curve(_runs(lambda n: 0.95 - 1.3 * n**-0.25, prompts=2000))
    fan = _fan(found)

    cheap = more_examples(fan, 1000, value_of_point=1000, cost_of_example=0.5)
    dear = more_examples(fan, 1000, value_of_point=1000, cost_of_example=500)

    assert not fan.saturated
    assert "More examples help" in found.sentence
    assert (cheap.size, cheap.more, cheap.at_end) == (2000, 1000, True)
    assert cheap.net > 0
    assert cheap.chance > 0.9
    assert (dear.more, dear.net, dear.at_end) == (0, 0, False)


def test_scores_that_jump_have_no_fan_and_a_sentence_instead() -> None:
    found = learning_curve(_runs(lambda n: 0.1 if n < 100 else 0.95))

    assert found.fan is None
    assert found.fits_p < 0.2
    assert "nothing is said about more than 1000 examples" in found.sentence


def test_scores_that_never_move_make_a_level_fan() -> None:
    runs = [Run(size, seed, np.ones(60)) for size, seed in product(SIZES, range(3))]

    fan = _fan(learning_curve(runs))

    assert np.isfinite(fan.curves).all()
    assert fan.doubling == pytest.approx(0)
    assert fan.ci95[1].max() <= 1 + 1e-12


def test_the_same_runs_give_the_same_fan() -> None:
    runs = _runs(lambda n: 0.8 - 0.5 * n**-0.5)

    assert (_fan(learning_curve(runs)).curves == _fan(learning_curve(runs)).curves).all()


@pytest.mark.parametrize(
    ("sizes", "seeds", "prompts"), [(SIZES[:4], 3, 60), (SIZES, 2, 60), (SIZES, 3, 49), ((), 3, 60)]
)
def test_too_little_for_a_curve_is_refused(sizes: tuple[int, ...], seeds: int, prompts: int) -> None:
    runs = [Run(size, seed, np.ones(prompts)) for size, seed in product(sizes, range(seeds))]

    with pytest.raises(ValueError, match="needs 5 sizes, 3 seeds of each and 50 prompts"):
        learning_curve(runs)


def test_runs_on_different_prompts_and_free_examples_are_refused() -> None:
    runs = [Run(10, seed, np.ones(50 + seed)) for seed in range(3)]
    fan = _fan(learning_curve(_runs(lambda n: 0.8 - 0.5 * n**-0.5)))

    with pytest.raises(ValueError, match="the same test prompts"):
        learning_curve(runs)
    with pytest.raises(ValueError, match="costs something"):
        more_examples(fan, 1000, value_of_point=1, cost_of_example=0)


def _runs(share: Callable[[float], float], prompts: int = 200) -> list[Run]:
    rng = np.random.default_rng(1)
    hard = rng.random(prompts)
    return [
        Run(size, seed, (0.7 * hard + 0.3 * rng.random(prompts) < _quantile(share(size))).astype(float))
        for size, seed in product(SIZES, range(3))
    ]


def _quantile(share: float) -> float:
    """Return where 0.7·U + 0.3·V falls below with this probability, by its density: a trapezoid."""
    grid = np.linspace(0, 1, 10_001)
    below = np.clip((grid[:, None] - 0.3 * (np.arange(200) + 0.5) / 200) / 0.7, 0, 1).mean(axis=1)
    return float(np.interp(share, below, grid))


def _fan(found: LearningCurve) -> Fan:
    assert found.fan is not None
    return found.fan

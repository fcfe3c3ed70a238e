"""The engine killed a few times while people use it: nothing that it acknowledged is missing afterwards."""

from pathlib import Path

from benchmarks.engine_endurance import endure


def test_kills_at_random_moments_cost_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    endured = endure(tmp_path, rounds=5, seed=3)

    assert endured.wrong == ()
    assert endured.kills.total() >= 1
    assert endured.told["files"] >= 1
    assert endured.told["jobs"] >= 1

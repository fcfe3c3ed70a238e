"""A number and its sign stand on one line."""

from core.text.unbroken import unbroken


def test_a_number_keeps_its_sign() -> None:
    assert unbroken("by 60 % to 40 % (α = 0.05)") == "by 60\u00a0% to 40\u00a0% (α\u00a0=\u00a00.05)"


def test_a_range_stays_together() -> None:
    assert unbroken("about 16–477 more") == "about 16–\u2060477 more"


def test_everything_else_may_break() -> None:
    assert unbroken("five % of 3 prompts, n = 5 – so") == "five % of 3 prompts, n = 5 – so"

"""Figures: how numbers stand in a sentence."""


def counted(number: int, thing: str, things: str = "") -> str:
    """`1 row`, `2,000 rows`; `things` where the plural is not made with an s."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {things or f'{thing}s'}"


def duration(seconds: float) -> str:
    """So much time, in minutes and seconds, like `2 min 05 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def percent_words(share: float, interval: tuple[float, float] | None) -> str:
    """A share with its interval, like 92 % (95 % interval 80–97)."""
    return f"{100 * share:.0f} % ({interval_words(interval)})"


def interval_words(interval: tuple[float, float] | None) -> str:
    """An interval of a share, like 95 % interval 80–97."""
    if interval is None:
        return "no interval"
    return f"95 % interval {100 * interval[0]:.0f}–{100 * interval[1]:.0f}"

"""The verdict of a file of blind votes: who is preferred, how sure that is, and what to beware of."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from core.cli.output import emit
from core.errors import Refused
from core.verdict.arrays import Interval
from core.verdict.errors import BadTable
from core.verdict.preference import PairVerdict
from core.verdict.sequential import ENOUGH
from core.verdict.summary import Summary, as_document, summarise
from core.verdict.table import read_csv
from core.verdict.votes import read_votes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare VOTES and --raters."""
    parser.add_argument(
        "votes",
        metavar="VOTES.csv",
        type=Path,
        help="columns prompt_id, rater_id, arm_left, arm_right, outcome (left, right, tie, both_bad, skip); "
        "optional voted_at, prompt_order",
    )
    parser.add_argument(
        "--raters",
        metavar="N",
        type=int,
        help="count only the leading run of prompts that N or more raters have finished",
    )


def run(options: argparse.Namespace) -> None:
    """Print the verdict.

    Raises:
        Refused: the file cannot be read as votes.
    """
    try:
        found = summarise(read_votes(read_csv(options.votes), raters=options.raters))
    except BadTable as error:
        raise Refused(f"{options.votes}: {error}") from error
    except OSError as error:
        raise Refused(f"{options.votes} cannot be read: {error.strerror}.") from error
    emit(as_document(found), _text(found), as_json=options.json)


def _text(found: Summary) -> str:
    counted = (
        f"Counted: {_counted(found.n_votes, 'vote')} on {_counted(found.n_prompts, 'prompt')} "
        f"by {_counted(found.n_raters, 'rater')}. "
        "Estimated is the mean preference of these raters over prompts like these."
    )
    paragraphs = [
        "\n".join(_sentence(pair) for pair in found.pairs),
        counted,
        "\n".join(_pair_lines(found.pairs)),
        "\n".join(_strength_lines(found)),
        "\n".join(_rater_lines(found)),
        "\n".join(["Beware:", *(f"- {warning}" for warning in found.warnings)]) if found.warnings else "",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _sentence(pair: PairVerdict) -> str:
    if pair.mean is None:
        return f"{pair.a} and {pair.b}: no votes count."
    winner, loser, mean = (
        (pair.a, pair.b, pair.mean) if pair.mean >= 1 - pair.mean else (pair.b, pair.a, 1 - pair.mean)
    )
    if pair.e_max >= ENOUGH:
        verdict = f"{winner} is preferred to {loser}"
    elif pair.mean == 1 - pair.mean:
        verdict = f"{pair.a} and {pair.b} are liked equally so far"
    else:
        verdict = f"{winner} leads {loser}, not yet surely"
    return (
        f"{verdict}: {_percent(mean)} over {_counted(pair.n_prompts, 'prompt')}"
        f"{_range(pair.ci95, flipped=winner != pair.a)}, evidence {_evidence(pair.e_max)} of {ENOUGH:.0f}."
    )


def _pair_lines(pairs: Iterable[PairVerdict]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        ("a", "b", "prompts", "votes", "win", "loss", "tie", "both bad", "p exact", "at any time")
    ]
    for pair in pairs:
        shares = (pair.win, pair.loss, pair.tie, pair.both_bad)
        rows.append(
            (
                pair.a,
                pair.b,
                str(pair.n_prompts),
                str(pair.n_votes),
                *(_percent(share) for share in shares),
                f"{pair.p_exact:.3g}",
                _range(pair.anytime_ci95, flipped=False).strip(" ()") or "undefined",
            )
        )
    return _columns(rows)


def _strength_lines(found: Summary) -> list[str]:
    strong = found.strengths
    if strong.log_worth is None or strong.nu is None:
        return []
    rows: list[tuple[str, ...]] = [("strength (Davidson)", "log-worth", "95 %", "rank")]
    for arm in sorted(range(len(found.arms)), key=lambda one: -(strong.log_worth or ())[one]):
        interval = f"{strong.ci95[arm][0]:+.2f} to {strong.ci95[arm][1]:+.2f}" if strong.ci95 else "undefined"
        rank = (
            "–".join(str(place) for place in sorted(set(strong.rank_set[arm])))
            if strong.rank_set
            else "undefined"
        )
        rows.append((found.arms[arm], f"{strong.log_worth[arm]:+.3f}", interval, rank))
    return _columns(rows)


def _rater_lines(found: Summary) -> list[str]:
    agreed, side = found.agreement, found.position
    interval = f" (95 % {agreed.ci95[0]:.2f} to {agreed.ci95[1]:.2f})" if agreed.ci95 else ""
    nominal, spaced = _number(agreed.alpha_nominal), _number(agreed.alpha_interval)
    return [
        f"Raters agree: alpha {nominal}{interval} nominal, {spaced} interval, AC1 {_number(agreed.ac1)}.",
        f"The left side scores {_percent(side.left_share)} (p {_number(side.p)}).",
    ]


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _percent(share: float | None) -> str:
    return "undefined" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _range(interval: Interval | None, *, flipped: bool) -> str:
    if interval is None:
        return ""
    low, high = (1 - interval[1], 1 - interval[0]) if flipped else interval
    return f" ({100 * low:.1f}–{100 * high:.1f} %)"


def _evidence(value: float) -> str:
    return f"{value:.1f}" if value < 10 * ENOUGH else f"{value:.2g}"

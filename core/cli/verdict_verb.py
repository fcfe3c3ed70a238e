"""The verdict of a file of blind votes: who is preferred, how sure that is, and what to beware of."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from core.cli.output import emit
from core.errors import Refused
from core.text.figures import counted
from core.verdict.arrays import Interval
from core.verdict.consistency import Consistency, consistency
from core.verdict.crossed import ENOUGH_CROSSED_PROMPTS, ENOUGH_RATERS, two_way_interval
from core.verdict.cycles import cycles
from core.verdict.errors import BadTable
from core.verdict.next_votes import next_votes
from core.verdict.preference import PairVerdict, leave_one_rater_out, sensitivity
from core.verdict.repeats import read_repeats
from core.verdict.sequential import ENOUGH
from core.verdict.signs import holm
from core.verdict.strength import expected_score
from core.verdict.summary import Summary, as_document, summarise
from core.verdict.table import read_csv
from core.verdict.votes import PairVotes, Votes, read_votes

MOST_LEFT_OUT = 50
"""Among more raters nothing hangs on one, and trying each takes long."""

_FEW = f"needs {ENOUGH_RATERS} raters and {ENOUGH_CROSSED_PROMPTS} prompts"


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
        table = read_csv(options.votes)
        votes = read_votes(table, raters=options.raters)
    except BadTable as error:
        raise Refused(f"{options.votes}: {error}") from error
    except OSError as error:
        raise Refused(f"{options.votes} cannot be read: {error.strerror}.") from error
    found = summarise(votes)
    text = "" if options.json else _text(found, votes, consistency(read_repeats(table)))
    emit(as_document(found), text, as_json=options.json)


def _text(found: Summary, votes: Votes, again: Consistency) -> str:
    basis = (
        f"Counted: {counted(found.n_votes, 'vote')} on {counted(found.n_prompts, 'prompt')} "
        f"by {counted(found.n_raters, 'rater')}. "
        "Estimated is the mean preference of these raters over prompts like these."
    )
    paragraphs = [
        "\n".join(_sentence(pair) for pair in found.pairs),
        basis,
        "\n".join(_pair_lines(found.pairs)),
        "\n".join(_other_counts(found.pairs, votes)),
        "\n".join(_strength_lines(found)),
        "\n".join(_rater_lines(found, again)),
        "\n".join(_next_lines(found.pairs, votes)),
        "\n".join(["Beware:", *(f"- {warning}" for warning in found.warnings)]) if found.warnings else "",
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _sentence(pair: PairVerdict) -> str:
    if pair.mean is None:
        return f"{pair.a} and {pair.b}: no votes count."
    winner, loser, mean = (
        (pair.a, pair.b, pair.mean) if pair.mean >= 1 - pair.mean else (pair.b, pair.a, 1 - pair.mean)
    )
    if pair.leads_with():
        verdict = f"{winner} is preferred to {loser}"
    elif pair.mean == 1 - pair.mean:
        verdict = f"{pair.a} and {pair.b} are liked equally so far"
    else:
        verdict = f"{winner} leads {loser}, not yet surely"
    return (
        f"{verdict}: {_percent(mean)} over {counted(pair.n_prompts, 'prompt')}"
        f"{_range(pair.shown95, flipped=winner != pair.a)}, evidence {_evidence(pair.e_max)} of {ENOUGH:.0f}."
    )


def _pair_lines(pairs: Sequence[PairVerdict]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        ("a", "b", "prompts", "votes", "win", "loss", "tie", "both bad", "p exact", "Holm", "at any time")
    ]
    for pair, adjusted in zip(pairs, holm([pair.p_exact for pair in pairs]), strict=True):
        shares = (pair.win, pair.loss, pair.tie, pair.both_bad)
        rows.append(
            (
                pair.a,
                pair.b,
                str(pair.n_prompts),
                str(pair.n_votes),
                *(_percent(share) for share in shares),
                f"{pair.p_exact:.3g}",
                f"{adjusted:.3g}",
                _range(pair.anytime_ci95, flipped=False).strip(" ()") or "undefined",
            )
        )
    return _columns(rows)


def _other_counts(pairs: Iterable[PairVerdict], votes: Votes) -> list[str]:
    """Each pair's mean counted in other ways; a verdict that turns with them is none."""
    rows: list[tuple[str, ...]] = [
        ("a", "b", "mean", "ties dropped", "both bad excluded", "without one rater", "raters like these")
    ]
    for pair in pairs:
        seen = votes.between(pair.a, pair.b)
        other, over_raters = sensitivity(seen), two_way_interval(seen)
        rows.append(
            (
                pair.a,
                pair.b,
                _percent(pair.mean) + _range(pair.shown95, flipped=False),
                *(
                    _percent(one.mean) + _range(one.ci95, flipped=False)
                    for one in (other.without_ties, other.without_both_bad)
                ),
                _without_one_rater(seen),
                _range(over_raters, flipped=False).strip(" ()") or _FEW,
            )
        )
    return _columns(rows)


def _without_one_rater(votes: PairVotes) -> str:
    if len(np.unique(votes.rater)) > MOST_LEFT_OUT:
        return f"more than {MOST_LEFT_OUT} raters"
    means = [one.mean for one in leave_one_rater_out(votes).values() if one.mean is not None]
    return f"{_percent(min(means))} to {_percent(max(means))}" if means else "undefined"


def _strength_lines(found: Summary) -> list[str]:
    strong = found.strengths
    if strong.log_worth is None or strong.nu is None:
        return []
    worth = np.array(strong.log_worth)
    order = np.argsort(-worth, kind="stable").tolist()
    against = expected_score(worth, strong.nu, order[0])
    rows: list[tuple[str, ...]] = [
        ("strength (Davidson)", "log-worth", "95 %", "rank", f"expected against {found.arms[order[0]]}")
    ]
    for arm in order:
        known = strong.shown95[arm] if strong.shown95 else None
        interval = f"{known[0]:+.2f} to {known[1]:+.2f}" if known else "undefined"
        rank = (
            "–".join(str(place) for place in sorted(set(strong.rank_set[arm])))
            if strong.rank_set
            else "undefined"
        )
        expected = "" if arm == order[0] else _percent(float(against[arm]))
        rows.append((found.arms[arm], f"{worth[arm]:+.3f}", interval, rank, expected))
    circles = cycles(found.pairs)
    return [*_columns(rows), *([circles.sentence] if circles.triples else [])]


def _rater_lines(found: Summary, again: Consistency) -> list[str]:
    agreed, side = found.agreement, found.position
    nominal = _agreement(agreed.alpha_nominal, agreed.nominal95)
    spaced = _agreement(agreed.alpha_interval, agreed.interval95)
    gwet = _agreement(agreed.ac1, agreed.ac1_95)
    return [
        f"Raters agree: alpha {nominal} nominal, {spaced} interval, AC1 {gwet}.",
        f"The left side scores {_percent(side.left_share)} (p {_number(side.p)}).",
        *([f"{_percent(again.same)} of {again.n} second looks repeat the first."] if again.n else []),
    ]


def _next_lines(pairs: Iterable[PairVerdict], votes: Votes) -> list[str]:
    """Where the next votes of a pair go that is not decided."""
    open_pairs = [pair for pair in pairs if not pair.leads_with()]
    plans = [(pair, next_votes(votes.between(pair.a, pair.b))) for pair in open_pairs]
    return [f"{pair.a} and {pair.b}: {plan.sentence}" for pair, plan in plans if plan is not None]


def _agreement(value: float | None, interval: Interval | None) -> str:
    return _number(value) + (f" (95 % {interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


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

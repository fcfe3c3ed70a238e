"""The report's drawings as SVG: how the votes fell, rater by rater, and how the evidence grew.

They hold no script and ask for nothing; every text in them is escaped, and each has a title for who listens.
"""

import math
from collections.abc import Sequence
from html import escape

from core.report.verdict_content import VerdictContent
from core.report.vote_shares import Fall, VoteShare, basis_words
from core.verdict.preference import Estimate, PairVerdict
from core.verdict.sequential import ENOUGH

WIDTH = 640
FOR_SECOND, FOR_FIRST, INK = "#2A7399", "#B4553D", "#22272B"
GREY, BROWN, DARK = "#767C7E", "#85714F", "#5A5F62"
COLORS = {
    Fall.SECOND: FOR_SECOND,
    Fall.SAME: GREY,
    Fall.TIE: BROWN,
    Fall.BOTH_BAD: DARK,
    Fall.FIRST: FOR_FIRST,
}
"""The colour of each stretch of the bar: white numbers can be read on all, and all on either background."""
ROW = 26
LABELS = 190
BAR = 34
HEIGHT = 170
AXIS = 44
LETTER, GAP, LEGEND = 6.6, 32, 21
LOWEST = 1e-6
NARROW = 6.0
"""A part of the bar that is narrower, in percent, has no room for its number."""


def votes_bar(shares: Sequence[VoteShare]) -> str:
    """All votes as one bar: for the second arm, for nobody, for the first."""
    drawn, legend = list[str](), list[str]()
    begin = at = 0.0
    line = BAR + LEGEND
    for part in shares:
        percent, color = 100 * part.share, COLORS[part.fall]
        x, width = WIDTH * begin / 100, WIDTH * percent / 100
        drawn.append(f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="{BAR}" fill="{color}"/>')
        if percent >= NARROW:
            drawn.append(_text(x + width / 2, BAR / 2 + 5, f"{percent:.0f} %", "middle", "#fff", bold=True))
        words = f"{part.words} {percent:.0f} %"
        wide = GAP + LETTER * len(words)
        if at and at + wide > WIDTH:
            at, line = 0.0, line + LEGEND
        legend.append(f'<rect x="{at:.1f}" y="{line - 9}" width="10" height="10" fill="{color}"/>')
        legend.append(_text(at + 15, line, words))
        at += wide
        begin += percent
    spoken = ", ".join(f"{part.words} {100 * part.share:.0f} %" for part in shares)
    return _svg(f"How {basis_words(shares)} fell: {spoken}", line + 7, [*drawn, *legend])


def raters_forest(content: VerdictContent, pair: PairVerdict) -> str:
    """The mean preference for the second arm, by rater and for all, with 95 % intervals; 50 is none."""
    everybody = Estimate(pair.n_prompts, pair.n_votes, pair.mean, pair.shown95)
    lines = [("all raters", everybody), *((line.name, line.estimate) for line in content.raters)]
    known = [(name, found) for name, found in lines if found.mean is not None]
    bottom = ROW * len(known)
    drawn = [_dashed(_at(0.5), 0, _at(0.5), bottom)]
    for place, (name, found) in enumerate(known):
        y = ROW * place + ROW / 2
        drawn.append(_text(0, y + 4, f"{name} (n = {found.n_prompts})"))
        if found.ci95 is not None:
            low, high = found.ci95
            drawn.append(
                f'<line x1="{_at(low):.1f}" y1="{y}" x2="{_at(high):.1f}" y2="{y}" stroke="{FOR_SECOND}" '
                'stroke-width="2"/>'
            )
        drawn.append(f'<circle cx="{_at(found.mean or 0):.1f}" cy="{y}" r="5" fill="{FOR_SECOND}"/>')
    drawn += [_text(_at(share), bottom + 14, f"{100 * share:.0f} %", "middle") for share in (0, 0.5, 1)]
    spoken = "; ".join(f"{name} {100 * (found.mean or 0):.0f} %" for name, found in known)
    return _svg(f"Preference for {content.arms[1].words}: {spoken}", bottom + 20, drawn)


def evidence_line(path: Sequence[float]) -> str:
    """The evidence after each prompt that counts, by powers of ten, and the line it must reach."""
    low = math.floor(math.log10(max(min(path), LOWEST)))
    high = math.ceil(math.log10(max(*path, 2 * ENOUGH)))

    def height(value: float) -> float:
        return HEIGHT * (1 - (math.log10(max(value, LOWEST)) - low) / (high - low))

    step = (WIDTH - AXIS) / max(1, len(path) - 1)
    points = " ".join(f"{AXIS + place * step:.1f},{height(value):.1f}" for place, value in enumerate(path))
    drawn = [
        *(_text(AXIS - 8, height(10.0**power) + 4, f"{10.0**power:g}", "end") for power in range(low, high)),
        _dashed(AXIS, height(ENOUGH), WIDTH, height(ENOUGH)),
        _text(AXIS + 4, height(ENOUGH) - 5, f"{ENOUGH:.0f} is enough"),
        f'<polyline points="{points}" fill="none" stroke="{FOR_SECOND}" stroke-width="2"/>',
        _text(AXIS, HEIGHT + 16, "first prompt"),
        _text(WIDTH, HEIGHT + 16, f"prompt {len(path) - 1}, in the order drawn", "end"),
    ]
    spoken = f"The evidence after each of {len(path) - 1} prompts; its highest is {max(path):.3g}"
    return _svg(spoken, HEIGHT + 22, drawn)


def _at(share: float) -> float:
    return LABELS + (WIDTH - LABELS - 20) * share


def _dashed(x1: float, y1: float, x2: float, y2: float) -> str:
    place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="{GREY}" stroke-dasharray="4 3"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", color: str = INK, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" font-size="12"{weight}>'
        f"{escape(words)}</text>"
    )


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )

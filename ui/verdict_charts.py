"""The charts of a verdict: how the evidence grew, how the votes fell, and how each rater saw it."""

import html
import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.report.drawings import COLORS, FOR_SECOND, GREY
from core.report.verdict_content import VerdictContent
from core.report.vote_shares import Fall, VoteShare, basis_words
from core.verdict.preference import Estimate, PairVerdict
from core.verdict.sequential import ENOUGH
from ui import charts, widgets

LABELLED_FROM = 6.0
"""A part of the bar that is narrower, in percent, has no room for its number."""

MOST_TICKS = 6
WRITTEN_OUT = 6
"""Larger powers of ten are written as such."""

LOWEST = 1e-6
"""Less evidence than this is drawn at the bottom."""

ROW = 34
EVEN_PERCENT = 50.0


def evidence_chart(path: tuple[float, ...], key: str) -> None:
    """The evidence after each prompt that counts, by powers of ten, and the line it must reach."""
    if len(path) == 1:
        st.caption("The evidence is drawn here, prompt by prompt, once the first one counts.")
        return
    reached = next((number for number, value in enumerate(path) if value >= ENOUGH), None)
    title = "How strong is the evidence after each prompt?"
    if reached is not None:
        title = f"The evidence reached {ENOUGH:.0f} after {reached} prompts"
    figure = go.Figure()
    figure.add_scatter(x=list(range(len(path))), y=list(path), mode="lines", name="evidence")
    figure.add_hline(y=ENOUGH, line={"dash": "dash", "width": 1, "color": GREY})
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=math.log10(ENOUGH),
        yanchor="bottom",
        text=f"{ENOUGH:.0f} is enough",
        showarrow=False,
    )
    figure.update_layout(
        xaxis={"title": "prompts that count, in the order drawn", "range": [0, len(path) - 1]},
        yaxis=_evidence_axis(path),
        showlegend=False,
    )
    alt = (
        f"{title}. After {len(path) - 1} prompts it stands at {path[-1]:.3g}; its highest was "
        f"{max(path):.3g}, and {ENOUGH:.0f} is needed."
    )
    charts.draw(figure, title, 290, key, alt)


def shares_chart(shares: Sequence[VoteShare], key: str) -> None:
    """All votes as one bar: for the second arm, for nobody, for the first."""
    title = "How did the votes fall?"
    figure = go.Figure()
    begin = 0.0
    for part in shares:
        size = 100 * part.share
        pattern = "/" if part.fall is Fall.BOTH_BAD else ""
        figure.add_bar(
            x=[size],
            y=[0],
            base=[begin],
            orientation="h",
            name=html.escape(part.words),
            marker={
                "color": COLORS[part.fall],
                "pattern": {"shape": pattern, "fgcolor": GREY, "fillmode": "overlay"},
            },
            text=f"{size:.0f} %" if size >= LABELLED_FROM else "",
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": "white", "size": 14},
            hovertemplate=f"{html.escape(part.words)}: {size:.1f} %<extra></extra>",
        )
        begin += size
    figure.update_layout(
        barmode="overlay",
        xaxis={"title": f"% of {basis_words(shares)}", "range": [0, 100]},
        yaxis={"visible": False},
        legend={"orientation": "h", "y": -0.5, "yanchor": "top", "x": 0},
    )
    spoken = ", ".join(f"{part.words} {100 * part.share:.0f} %" for part in shares)
    charts.draw(figure, title, 250, key, f"{title} {spoken}.")


def raters_chart(content: VerdictContent, pair: PairVerdict, key: str) -> None:
    """The mean preference for one arm, by rater, with 95 % intervals over n prompts; 50 is none."""
    everybody = Estimate(pair.n_prompts, pair.n_votes, pair.mean, pair.shown95)
    lines = [*((line.name, line.estimate) for line in reversed(content.raters)), ("all raters", everybody)]
    known = [(name, found, 100 * found.mean) for name, found in lines if found.mean is not None]
    title = "How sure is that, rater by rater?"
    figure = go.Figure()
    figure.add_scatter(
        x=[mean for _, _, mean in known],
        y=list(range(len(known))),
        text=[html.escape(name) for name, _, _ in known],
        mode="markers",
        marker={"size": 10, "color": FOR_SECOND},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * found.ci95[1] - mean if found.ci95 else 0 for _, found, mean in known],
            "arrayminus": [mean - 100 * found.ci95[0] if found.ci95 else 0 for _, found, mean in known],
            "color": FOR_SECOND,
        },
        hovertemplate="%{text}: %{x:.0f} %<extra></extra>",
    )
    figure.add_vline(x=EVEN_PERCENT, line={"dash": "dash", "width": 1, "color": GREY})
    figure.update_layout(
        xaxis={"title": f"for {html.escape(content.arms[1].words)} (%)", "range": [0, 100]},
        yaxis={
            "tickvals": list(range(len(known))),
            "ticktext": [f"{html.escape(name)} (n = {found.n_prompts})" for name, found, _ in known],
            "range": [-0.7, len(known) - 0.3],
        },
        showlegend=False,
    )
    spoken = "; ".join(f"{name} {widgets.percent(found.mean)}" for name, found, _ in reversed(known))
    alt = f"{title} Mean preference for {content.arms[1].words}: {spoken}."
    charts.draw(figure, title, 130 + ROW * len(known), key, alt)


def _evidence_axis(path: tuple[float, ...]) -> dict[str, Any]:
    """Powers of ten from below the lowest evidence to above what is needed, never more than a few ticks."""
    low = math.floor(math.log10(max(min(path), LOWEST)))
    high = math.ceil(math.log10(max(*path, 2 * ENOUGH)))
    powers = range(low, high + 1, max(1, math.ceil((high - low) / MOST_TICKS)))
    return {
        "type": "log",
        "title": "evidence (1 is none)",
        "range": [low, high],
        "tickvals": [10.0**power for power in powers],
        "ticktext": [_power(power) for power in powers],
    }


def _power(exponent: int) -> str:
    return f"{10.0**exponent:,g}" if abs(exponent) < WRITTEN_OUT else f"10<sup>{exponent}</sup>"

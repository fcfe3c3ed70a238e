"""The chart of a learning curve: every training as a dot, their means, and what twice as many may bring."""

import plotly.graph_objects as go

from core.report.curve_content import CurveContent
from core.verdict.curve import Fan
from ui import charts

TRAINED, BAND, HALF = "#2A7399", "rgba(42, 115, 153, .14)", "rgba(42, 115, 153, .24)"
UNTUNED = "#8A8F94"
HEIGHT = 380


def curve_chart(content: CurveContent, key: str) -> None:
    """Draw it; the number of examples grows by equal factors from left to right."""
    figure = go.Figure()
    fan = content.curve.fan if content.curve is not None else None
    if fan is not None:
        _draw_fan(figure, fan)
    sizes = list(content.shares)
    means = [100 * sum(shares) / len(shares) for shares in content.shares.values()]
    figure.add_scatter(
        x=[size for size, shares in content.shares.items() for _ in shares],
        y=[100 * share for shares in content.shares.values() for share in shares],
        mode="markers",
        marker={"color": TRAINED, "size": 6, "opacity": 0.6},
        name="one training",
    )
    figure.add_scatter(
        x=sizes, y=means, mode="lines+markers", line={"color": TRAINED, "width": 2}, name="mean"
    )
    if content.untuned is not None:
        figure.add_hline(
            y=100 * content.untuned,
            line={"dash": "dash", "width": 1, "color": UNTUNED},
            annotation_text="without tuning",
            annotation_position="bottom right",
        )
    ticks = [*sizes, 2 * sizes[-1]] if fan is not None else sizes
    figure.update_layout(
        xaxis={
            "title": "examples learned from",
            "type": "log",
            "tickvals": ticks,
            "ticktext": [str(tick) for tick in ticks],
        },
        yaxis={"title": "held-out questions right (%)", "rangemode": "tozero"},
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    charts.draw(figure, "How many examples does it take?", HEIGHT, key, content.sentence)


def _draw_fan(figure: go.Figure, fan: Fan) -> None:
    sizes = fan.sizes.tolist()
    for (low, high), color, name in ((fan.ci95, BAND, "95 % of curves"), (fan.half, HALF, "half of them")):
        figure.add_scatter(
            x=[*sizes, *sizes[::-1]],
            y=[*(100 * high).tolist(), *(100 * low).tolist()[::-1]],
            fill="toself",
            fillcolor=color,
            line={"width": 0},
            hoverinfo="skip",
            name=name,
        )

"""Charts: each answers a question in its title, names its units, and works in both themes."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

HEIGHT = 330
MARGIN = {"l": 10, "r": 10, "t": 46, "b": 10}


def loss_curve(points: pd.DataFrame, key: str) -> None:
    """Training loss at each step and validation loss where it was measured; lower is better."""
    figure = go.Figure()
    train = points[points["train_loss"].notna()]
    valid = points[points["valid_loss"].notna()]
    figure.add_scatter(x=train["step"], y=train["train_loss"], name="on what it learns from", mode="lines")
    figure.add_scatter(
        x=valid["step"], y=valid["valid_loss"], name="on what it only watches", mode="lines+markers"
    )
    title = _loss_title(valid)
    figure.update_layout(
        title={"text": title, "font": {"size": 16}},
        xaxis_title="training step",
        yaxis_title="loss (nats)",
        yaxis_rangemode="tozero",
        height=HEIGHT,
        margin=MARGIN,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )
    st.plotly_chart(
        figure, width="stretch", key=key, alt=f"{title} Curves of the loss over {len(points)} steps."
    )


def _loss_title(valid: pd.DataFrame) -> str:
    if valid.empty:
        return "How wrong is it while it learns?"
    steps, losses = valid["step"].to_numpy(), valid["valid_loss"].to_numpy()
    best = int(losses.argmin())
    if best == len(steps) - 1:
        return f"Validation loss was still falling at step {steps[best]}"
    return f"Validation loss stopped falling after step {steps[best]}"

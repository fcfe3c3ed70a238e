"""Charts: each answers a question in its title, names its units, and works in both themes."""

import html

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

HEIGHT = 330
TITLE_SIZE = 16
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
        xaxis_title="training step",
        yaxis_title="loss (nats)",
        yaxis_rangemode="tozero",
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    draw(figure, title, HEIGHT, key, f"{title} Curves of the loss over {len(points)} steps.")


def draw(figure: go.Figure, title: str, height: int, key: str, alt: str) -> None:
    """Draw a figure under its title; the title is plain text, and no tools lie over it."""
    figure.update_layout(
        title={"text": html.escape(title), "font": {"size": TITLE_SIZE}}, height=height, margin=MARGIN
    )
    st.plotly_chart(figure, width="stretch", key=key, alt=alt, config={"displayModeBar": False})


def _loss_title(valid: pd.DataFrame) -> str:
    if valid.empty:
        return "How wrong is it while it learns?"
    steps, losses = valid["step"].to_numpy(), valid["valid_loss"].to_numpy()
    best = int(losses.argmin())
    if best == len(steps) - 1:
        return f"Validation loss was still falling at step {steps[best]}"
    return f"Validation loss stopped falling after step {steps[best]}"

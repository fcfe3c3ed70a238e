"""Curves: what a job's events tell, kept as points and lines, each once however often it is told."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from core.providers.protocol import Metrics, RemoteEvent
from core.store.store import Store
from core.store.transaction import Transaction

SYSTEM = "system"
MANY = 50
"""From so many new points on they are loaded as one table."""


def record_events(store: Store, run_id: int, found: Sequence[RemoteEvent]) -> None:
    """Keep new events, oldest first, in one transaction; a step told again replaces what was known of it."""
    if not found:
        return
    with store.transaction(SYSTEM) as tx:
        _record_points(tx, run_id, {event.metrics.step: event.metrics for event in found if event.metrics})
        _record_lines(tx, run_id, [event for event in found if event.metrics is None])


def known_events(store: Store, run_id: int) -> set[str]:
    """The ids of the lines that are kept already."""
    return {row[0] for row in store.rows("select event_id from run_events where run_id = ?", run_id)}


def _record_points(tx: Transaction, run_id: int, points: dict[int, Metrics]) -> None:
    rows = tx.rows(
        "select step, total_steps, train_loss, valid_loss, train_accuracy, valid_accuracy "
        "from metric_points where run_id = ?",
        run_id,
    )
    known = {row[0]: Metrics(*row) for row in rows}
    changed = [point for step, point in points.items() if step in known and known[step] != point]
    for point in changed:
        values = {name: value for name, value in asdict(point).items() if name != "step"}
        tx.update("metric_points", {"run_id": run_id, "step": point.step}, values)
    new = [{"run_id": run_id, **asdict(point)} for step, point in points.items() if step not in known]
    if len(new) >= MANY:
        tx.load("metric_points", pd.DataFrame(new))
        return
    for row in new:
        tx.insert("metric_points", row)


def _record_lines(tx: Transaction, run_id: int, lines: Sequence[RemoteEvent]) -> None:
    known = {row[0] for row in tx.rows("select event_id from run_events where run_id = ?", run_id)}
    new = [event for event in lines if event.id not in known]
    for position, event in enumerate(new, len(known) + 1):
        tx.insert(
            "run_events",
            {
                "run_id": run_id,
                "event_id": event.id,
                "position": position,
                "level": event.level,
                "message": event.message,
                "happened_at": event.happened_at,
            },
        )

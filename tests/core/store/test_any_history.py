"""Whatever was inserted, changed, removed and loaded, the journal makes the same database again."""

import math
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.store.store import Store
from core.store.transaction import Transaction

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FLOATS = st.floats(allow_nan=True, allow_infinity=False) | st.none()


@dataclass(frozen=True)
class Step:
    """One thing written to the metric points of a run: what, at which step, with which numbers and text."""

    what: str
    number: int
    text: str
    loss: float | None


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["insert", "update", "delete", "load", "rename", "fail"]),
        st.integers(1, 6),
        TEXTS,
        FLOATS,
    ),
    max_size=10,
)


class NeverMind(Exception):
    """Somebody changed their mind in the middle of a transaction."""


def write(tx: Transaction, step: Step) -> None:
    """Do one step, as far as the rows that are there allow it."""
    key = {"run_id": 1, "step": step.number}
    there = tx.value("select 1 from metric_points where run_id = 1 and step = ?", step.number) is not None
    if step.what == "insert" and not there:
        tx.insert("metric_points", {**key, "train_loss": step.loss})
    elif step.what == "update" and there:
        tx.update("metric_points", key, {"valid_loss": step.loss, "total_steps": None})
    elif step.what == "delete":
        tx.delete("metric_points", key)
    elif step.what == "load" and not there:
        tx.load("metric_points", pd.DataFrame([{**key, "valid_accuracy": step.loss}]))
    elif step.what == "rename":
        rename(tx, step)
    elif step.what == "fail":
        raise NeverMind


def rename(tx: Transaction, step: Step) -> None:
    """Write a text into a table whose rows have versions."""
    if tx.value("select 1 from people where id = ?", step.number) is None:
        row = {"id": step.number, "email": "", "name": step.text, "created_at": tx.now, "version": 1}
        tx.insert("people", row)
    else:
        tx.update("people", {"id": step.number}, {"name": step.text})


def transact(store: Store, steps: list[Step]) -> None:
    """Write the steps in one transaction, or none of them."""
    with suppress(NeverMind), store.transaction("system") as tx:
        for step in steps:
            write(tx, step)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(transactions=st.lists(STEPS, min_size=1, max_size=5))
def test_a_rebuild_gives_the_same_digest_whatever_was_written(transactions: list[list[Step]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "home")
        for steps in transactions:
            transact(store, steps)
        digest = store.digest()
        losses = store.rows("select train_loss, valid_loss from metric_points order by step")
        store.close()

        again = Store(Path(folder) / "home")
        assert (again.notices, again.digest()) == ((), digest)
        again.rebuild()
        assert again.digest() == digest
        assert again.rows("select train_loss, valid_loss from metric_points order by step") == losses
        assert not any(math.isnan(value) for row in losses for value in row if value is not None)
        again.close()

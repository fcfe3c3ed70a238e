"""Workspaces to break: filled with rows, copied while they are open as a sudden stop would leave them."""

import shutil
from pathlib import Path

import pandas as pd

from core.store.store import Store

PAGE = 4096
DATABASE = "touchstone.duckdb"
LOG = "touchstone.duckdb.wal"
JOURNAL = "journal.jsonl"


def add_people(store: Store, first: int, count: int = 1, *, name: str = "Anna") -> None:
    """Add people with consecutive numbers, each in a transaction of its own."""
    for number in range(first, first + count):
        with store.transaction("anna@example.com") as tx:
            row = {"id": number, "email": f"{number}@example.com", "name": name, "created_at": tx.now}
            tx.insert("people", {**row, "version": 1})


def load_history(store: Store, first: int, count: int, *, actions: tuple[str, ...] = ("added",)) -> None:
    """Load so many lines of history at once, their actions in turn."""
    with store.transaction("anna@example.com") as tx:
        numbers = range(first, first + count)
        frame = pd.DataFrame({"id": numbers, "item_id": numbers, "project_id": 1, "person_id": 1})
        frame["action"] = [actions[number % len(actions)] for number in numbers]
        tx.load("history", frame.assign(state_to="waiting", happened_at=tx.now))


def ids(store: Store) -> list[int]:
    """The numbers of the people in the store."""
    return [number for (number,) in store.rows("select id from people order by id")]


def copied(home: Path, to: Path) -> Path:
    """The files as they are on disk at this moment; where the store is open, as after a kill -9."""
    shutil.copytree(home, to)
    return to


def zero(path: Path, page: int) -> None:
    """Overwrite 4 kB of a file with zeros."""
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(bytes(PAGE))


def cut(path: Path, size: int) -> None:
    """Leave only the first bytes of a file."""
    with path.open("r+b") as file:
        file.truncate(size)


def kept_aside(home: Path) -> list[Path]:
    """The broken databases that were kept."""
    return sorted(path for path in home.glob(f"{DATABASE}.broken-*") if not path.name.endswith(".wal"))

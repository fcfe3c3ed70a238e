"""The store: saving one draft, opening, rebuilding; CPU seconds of this process."""

import tempfile
from pathlib import Path

from benchmarks.measure import cpu_each, tell
from core.store.store import Store

SAVES = 300


def main() -> None:
    """Measure a workspace with a few hundred saves."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        store = Store(home)
        numbers = iter(range(10_000))

        def save() -> None:
            with store.transaction("anna@example.com") as tx:
                row = {"item_id": next(numbers), "person_id": 1, "text": "x" * 400, "saved_at": tx.now}
                tx.insert("drafts", row)

        tell("store: save one draft, on disk twice", cpu_each(save, SAVES))
        tell(
            "store: a question by key",
            cpu_each(lambda: store.row("select * from drafts where item_id = 7"), 200),
        )
        tell("store: rebuild the database from the journal", cpu_each(store.rebuild, 3))
        store.close()

        def reopen() -> None:
            Store(home).close()

        tell("store: open, every row read and checked", cpu_each(reopen, 5))


if __name__ == "__main__":
    main()

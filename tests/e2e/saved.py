"""What is safely on the disk, read from the workspace's journal while the app runs."""

import json
from pathlib import Path
from typing import Any

Change = tuple[str, dict[str, Any]]


def changes(home: Path, table: str) -> list[Change]:
    """What was written to a table, in order: insert, update or delete, and the row."""
    found = []
    for line in (home / "journal.jsonl").read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            entry = json.loads(line)
            found += [(op, row) for name, op, row in entry.get("changes", []) if name == table]
    return found


def inserted(home: Path, table: str) -> list[dict[str, Any]]:
    """The rows that were added to a table."""
    return [row for op, row in changes(home, table) if op == "insert"]


def last_draft(home: Path, person_id: int) -> str:
    """The newest draft of a person."""
    texts = [
        str(row["text"])
        for op, row in changes(home, "drafts")
        if op != "delete" and row["person_id"] == person_id
    ]
    return texts[-1] if texts else ""

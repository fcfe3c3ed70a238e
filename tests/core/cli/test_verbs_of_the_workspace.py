"""The command line as scripts see it: exit codes, one JSON document, one line of complaint."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.formats.training_file import parse_chat_file
from core.store.store import Store
from tests.core.curation.desk import open_desk

ROOT = Path(__file__).parents[3]
REPLY = "Please ask at desk 4 in the arrivals hall, we are glad to help."


@dataclass(frozen=True)
class Ended:
    """A verb that has run."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


def run(*words: str | Path) -> Ended:
    command = [sys.executable, "-m", "core", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with five golden replies and two that wait for review: Anna's 6 and Ben's 7."""
    folder = tmp_path_factory.mktemp("cli") / "home"
    store = Store(folder)
    desk = open_desk(store)
    for question in ("Where is my bag?", "May I bring a drill?", "Which gate?", "How early?", "Who helps?"):
        desk.approved(question, REPLY)
    desk.submitted("Is there a lounge?", REPLY)
    desk.submitted("Is there a chapel?", REPLY, by=desk.ben)
    store.close()
    return folder


def digest(home: Path) -> Any:
    store = Store(home)
    try:
        return {name: {"rows": one.rows, "sha256": one.sha256} for name, one in store.digest().items()}
    finally:
        store.close()


def test_digest_says_what_every_table_holds(home: Path) -> None:
    done = run("digest", "--json", "--home", home)

    assert (done.code, done.err) == (0, "")
    assert done.document == {"tables": digest(home)}
    assert done.document["tables"]["items"]["rows"] == 7


def test_a_reviewer_approves_and_nobody_their_own(home: Path) -> None:
    own = run("review", "--home", home, "--item", "7", "--approve", "--as", "ben@example.com", "--json")
    others = run("review", "--home", home, "--item", "6", "--approve", "--as", "ben@example.com", "--json")

    assert (own.code, own.out) == (1, "")
    assert own.err == "Ben wrote this reply, so somebody else has to decide on it. Nothing was changed.\n"
    assert (others.code, others.err) == (0, "")
    assert others.document == {"item": 6, "state": "approved"}


def test_a_reply_is_sent_back_with_a_reason(home: Path) -> None:
    who = ("--as", "olga@example.com")
    done = run("review", "--home", home, "--item", "7", "--return", "tone", "--comment", "Warmer.", *who)

    assert (done.code, done.out, done.err) == (0, "Item 7 is now returned.\n", "")


def test_freeze_gives_the_same_id_twice_and_export_reads_back(home: Path, tmp_path: Path) -> None:
    as_olga = ("--home", home, "--as", "olga@example.com", "--json")
    asked = ("freeze", "--project", "Bay airport", "--split", "60/20/20", "--seed", "7", *as_olga)
    first, second = run(*asked), run(*asked)
    frozen = first.document
    target = tmp_path / "train.jsonl"
    exported = run(
        "export", "--home", home, "--dataset", frozen["id"], "--split", "train", "-o", target, "--json"
    )

    assert (first.code, first.err, exported.code, exported.err) == (0, "", 0, "")
    assert second.document == frozen
    assert set(frozen) == {"id", "sha256", "seed", "n"}
    assert frozen["seed"] == 7
    assert len(frozen["sha256"]) == 64
    parsed = parse_chat_file(target.read_bytes())
    assert (len(parsed.examples), parsed.problems) == (frozen["n"]["train"], ())
    assert exported.document == {"file": str(target), "bytes": target.stat().st_size}
    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]


def test_a_backup_restored_and_rebuilt_has_the_same_digest(home: Path, tmp_path: Path) -> None:
    archive, new = tmp_path / "backup.tar.gz", tmp_path / "new"
    running = Store(home)
    before: dict[str, Any] = {
        name: {"rows": one.rows, "sha256": one.sha256} for name, one in running.digest().items()
    }
    try:
        saved = run("backup", archive, "--home", home, "--json")
        busy = run("digest", "--home", home, "--json")
    finally:
        running.close()
    restored = run("restore", archive, "--home", new, "--json")
    again = run("restore", archive, "--home", new, "--json")
    rebuilt = run("rebuild", "--home", new, "--json")

    assert (saved.code, saved.err) == (0, "")
    assert saved.document["bytes"] == archive.stat().st_size
    assert (busy.code, busy.out) == (1, "")
    assert "is in use by another Touchstone process" in busy.err
    assert busy.err.count("\n") == 1
    assert (restored.code, restored.err) == (0, "")
    assert (
        restored.document["rows"] == rebuilt.document["rows"] == sum(one["rows"] for one in before.values())
    )
    assert (again.code, again.out) == (1, "")
    assert "is not empty" in again.err
    assert rebuilt.code == 0
    assert digest(new) == before


def test_a_wrong_verb_is_wrong_usage_and_names_the_verbs() -> None:
    done = run("fly", "--json")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("There is no verb 'fly'. The verbs are: demo, ")

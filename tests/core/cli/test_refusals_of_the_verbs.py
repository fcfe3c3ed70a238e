"""A verb that is refused says so in one line, names the way out, and changes nothing."""

import math
import os
from pathlib import Path

import pytest

from core.cli.main import main
from core.cli.output import emit, write_whole
from core.errors import StorageFailed
from core.store.store import Store
from tests.core.curation.desk import open_desk


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed workspace with one reply that waits for review."""
    store = Store(tmp_path_factory.mktemp("refusals") / "home")
    open_desk(store).submitted("Is there a lounge?", "There is one above gate 12, open from six.")
    store.close()
    return store.home


REFUSED = {
    "somebody unknown": ("review --item 1 --approve --as nobody@example.com", "Nobody in this workspace has"),
    "somebody without the role": (
        "review --item 1 --approve --as anna@example.com",
        "may not review replies",
    ),
    "an item that is not there": (
        "review --item 99 --approve --as ben@example.com",
        "no item with the number",
    ),
    "a project that is not there": ("freeze --project Seaside --as olga@example.com", "'Bay airport'"),
    "nothing approved yet": ("freeze --project", "no reply is approved yet"),
    "a split that is none": ("freeze --split 80/30/10 --project", "must add up to 100"),
    "a dataset that is not there": ("export --dataset ds-1 --split test -o out.jsonl", "no dataset 'ds-1'"),
    "a backup that is not there": ("restore nothing.tar.gz", "no backup file"),
    "a folder that is not there": ("backup nowhere/backup.tar.gz", "could not be written"),
}

MISUSED = (
    "",
    "review --item 1 --return ugly",
    "review --item 1",
    "review --item one --approve",
    "review --item 1 --approve --return tone",
    "freeze",
    "freeze --project P --seed many",
    "export --dataset D --split all -o F",
    "export --dataset D --split train --format pdf -o F",
    "backup",
    "digest --loud",
    "--json digest",
)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_one_line_and_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    said, sentence = REFUSED[what]
    words = said.split()
    if words[-1] == "--project":
        words += ["Bay airport", "--as", "olga@example.com"]
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "other" if words[0] == "restore" else home
    journal = (home / "journal.jsonl").read_bytes()
    before = {path.name for path in tmp_path.iterdir()}

    code = main([*words, "--home", str(target), "--json"])

    printed = capsys.readouterr()
    assert (code, printed.out) == (1, "")
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert (home / "journal.jsonl").read_bytes() == journal
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("said", MISUSED)
def test_wrong_usage_is_told_apart_and_opens_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / "home"))

    assert main(said.split()) == 2

    assert capsys.readouterr().out.startswith("usage" if not said else "")
    assert not (tmp_path / "home").exists()


def test_the_workspace_of_the_environment_is_taken_where_none_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))

    assert main(["digest"]) == 0

    assert "1 rows" in next(line for line in capsys.readouterr().out.splitlines() if line.startswith("items"))


def test_whoever_sits_at_the_machine_is_somebody_with_no_role_yet(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "--item", "1", "--approve", "--home", str(home)]) == 1

    assert "has no role in this project" in capsys.readouterr().err
    store = Store(home)
    assert store.value("select state from items") == "submitted"
    store.close()


def test_a_file_that_was_there_stays_when_an_export_fails(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("mine", encoding="utf-8")

    words = ["export", "--dataset", "ds-1", "--split", "train", "-o", str(target), "--home", str(home)]
    assert main(words) == 1

    assert target.read_text(encoding="utf-8") == "mine"


def test_a_place_where_no_file_can_be_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")

    for place in (tmp_path / "file" / "under", tmp_path, tmp_path / "no folder" / "file"):
        with pytest.raises(StorageFailed, match="could not be written"):
            write_whole(place, b"data")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    write_whole(pipe, b"data")

    assert os.read(reading, 10) == b"data"
    assert pipe.is_fifo()
    os.close(reading)


def test_help_is_for_people_and_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    said = capsys.readouterr().out
    for verb in ("demo", "import", "review", "freeze", "export", "verdict", "backup", "restore", "digest"):
        assert f"\n  {verb} " in said
    assert main(["review", "--help"]) == 0
    assert "--approve" in capsys.readouterr().out


def test_what_is_undefined_is_null_and_letters_stay_letters(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"a": math.nan, "b": [math.inf, 1.5, {"c": -math.inf}], "d": "é"}, "", as_json=True)

    assert capsys.readouterr().out == '{"a": null, "b": [null, 1.5, {"c": null}], "d": "é"}\n'

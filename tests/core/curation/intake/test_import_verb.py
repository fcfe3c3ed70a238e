"""`python -m core import`: the contract people script against."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli.main import main
from core.curation.projects import create_project, find_project
from core.people.persons import add_person
from core.store.store import Store

KEYS = ["format", "encoding", "rows", "taken", "duplicates", "rejected"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_text("question,answer\nWhere?,Here.\nwhere?,Here.\n,blank\nWhen?,\n", "utf-8")
    return path


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_says_the_same_as_the_import_and_leaves_no_project(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", str(file), "--project", "Desk", "--home", str(home), "--json"]

    assert main([*words, "--dry-run"]) == 0
    planned = document(capsys)
    store = Store(home)
    assert find_project(store, "Desk") is None
    store.close()

    assert main(words) == 0
    done = document(capsys)
    assert list(planned) == list(done) == KEYS
    assert planned == done
    assert done["rows"] == done["taken"] + done["duplicates"] + len(done["rejected"]) == 4
    assert done["rejected"] == [{"line": 4, "field": "question", "reason": "The question is blank."}]

    assert main(words) == 0
    assert document(capsys)["taken"] == 0


def test_a_missing_project_is_made_and_owned_by_who_imports(home: Path, file: Path) -> None:
    assert main(["import", str(file), "--project", "Desk", "--state", "approved", "--home", str(home)]) == 0

    store = Store(home)
    owner = store.row(
        "select p.email, r.role from roles r join people p on p.id = r.person_id "
        "join projects on projects.id = r.project_id where projects.name = 'Desk'"
    )
    assert owner == ("local@localhost", "owner")
    assert store.value("select count(*) from items where state = 'approved'") == 1
    store.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--map", "question=gone"], "tickets.csv has no column 'gone'"),
        (["--as", "nobody@example.com"], "nobody@example.com"),
    ],
)
def test_a_refused_import_leaves_no_project_and_one_line_on_stderr(
    home: Path, file: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(file), "--project", "Desk", "--home", str(home), *words]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1
    store = Store(home)
    assert store.value("select count(*) from projects") == 0
    assert store.value("select count(*) from imports") == 0
    store.close()


def test_a_file_that_is_not_there_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tmp_path / "gone.csv"), "--project", "P", "--home", str(home)]) == 1
    assert "There is no file" in capsys.readouterr().err


def test_somebody_without_the_role_may_not_even_plan_an_import(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(home)
    olga = add_person(store, "olga@example.com", "Olga")
    add_person(store, "anna@example.com", "Anna")
    with store.transaction(olga.email) as tx:
        create_project(tx, "Desk", olga)
    store.close()

    for more in ([], ["--dry-run"]):
        words = ["import", str(file), "--project", "Desk", "--as", "anna@example.com", "--home", str(home)]
        assert main([*words, *more]) == 1
        assert "Anna may not import items" in capsys.readouterr().err


def test_people_read_counts_notes_and_the_rows_that_were_rejected(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(file), "--project", "Desk", "--home", str(home)]) == 0

    text = capsys.readouterr().out
    assert "2 taken into Desk" in text
    assert "1 duplicate, 1 rejected" in text
    assert "line 4, question: The question is blank." in text

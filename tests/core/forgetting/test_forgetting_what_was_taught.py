"""What a model learned: the real engine's files and its reply picker go; a provider's model is marked."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.main import main
from core.errors import ProviderFailed, Refused
from core.forgetting import withdrawing
from core.forgetting.erasing import erase
from core.forgetting.marks import run_mark
from core.forgetting.plan import Request
from core.training.sweeps import start_sweep
from tests.core.forgetting.counter import everything
from tests.core.providers.fake_provider import FakeProvider, refusal
from tests.core.training.desk import NGRAMS, Desk, open_desk, stop_engine

REASON = "They asked for it."


@pytest.fixture
def local_desk(tmp_path: Path) -> Iterator[Desk]:
    desk = open_desk(tmp_path / "home", {})
    yield desk
    desk.close()
    stop_engine(desk.workspace.home)


@pytest.fixture
def foreign_desk(tmp_path: Path) -> Iterator[tuple[Desk, FakeProvider]]:
    fake = FakeProvider().start()
    desk = open_desk(tmp_path / "home", fake.secrets)
    yield desk, fake
    desk.close()
    fake.stop()


def taught_item(desk: Desk) -> tuple[int, str]:
    """An item that a model of the dataset learns from, and its question."""
    row = desk.store.row(
        "select i.id, i.question from dataset_rows d join items i on i.id = d.item_id "
        "where d.split = 'train' order by i.id"
    )
    assert row is not None
    return int(row[0]), str(row[1])


def files_with(home: Path, text: str) -> list[str]:
    return [name for name, content in everything(home).items() if text in content]


def test_the_engine_keeps_no_word_of_who_was_forgotten(local_desk: Desk) -> None:
    run = local_desk.launch("local", NGRAMS)
    local_desk.finish(run)
    item_id, question = taught_item(local_desk)
    home = local_desk.workspace.home
    before = files_with(home / "engine", question)

    done = erase(local_desk.store, Request("", (), frozenset({item_id})), REASON, local_desk.owner)
    withdrawing.withdraw_all(local_desk.store, local_desk.workspace.providers, done.id)

    assert len(before) >= 2
    assert files_with(home / "engine", question) == []
    ((number, state, note),) = withdrawing.runs_of_erasure(local_desk.store, done.id)
    assert (number, state) == (run.id, "withdrawn")
    assert "kept the replies themselves and was deleted" in note
    assert "was forgotten since" in run_mark(local_desk.store, run.id)


def test_a_model_at_a_provider_is_marked_and_its_files_are_deleted(
    foreign_desk: tuple[Desk, FakeProvider],
) -> None:
    desk, fake = foreign_desk
    run = desk.launch()
    desk.finish(run)
    item_id, _ = taught_item(desk)

    done = erase(desk.store, Request("", (), frozenset({item_id})), REASON, desk.owner)
    said = withdrawing.withdraw_all(desk.store, desk.workspace.providers, done.id)

    assert said == "What was sent for 1 fine-tuning was deleted."
    assert fake.files == {}
    assert fake.check is None or fake.check.violations == []
    assert "cannot be taken out of it" in run_mark(desk.store, run.id)
    assert withdrawing.begin_withdrawing(desk.store, desk.workspace.jobs, done.id, desk.owner) is None


def test_a_provider_that_does_not_answer_can_be_asked_again(
    foreign_desk: tuple[Desk, FakeProvider],
) -> None:
    desk, fake = foreign_desk
    desk.finish(desk.launch())
    item_id, _ = taught_item(desk)
    done = erase(desk.store, Request("", (), frozenset({item_id})), REASON, desk.owner)
    fake.instead["GET /files"] = [refusal(401, "This key is not valid any more.")]

    with pytest.raises(Refused, match="try again there"):
        withdrawing.withdraw_all(desk.store, desk.workspace.providers, done.id)

    assert [state for _, state, _ in withdrawing.runs_of_erasure(desk.store, done.id)] == ["failed"]
    withdrawing.withdraw_all(desk.store, desk.workspace.providers, done.id)
    assert fake.files == {}


def test_where_the_engine_does_not_start_what_was_sent_to_a_provider_is_deleted_all_the_same(
    foreign_desk: tuple[Desk, FakeProvider],
) -> None:
    desk, fake = foreign_desk
    desk.finish(desk.launch())
    start_sweep(desk.store, desk.workspace.jobs, desk.project, desk.dataset, NGRAMS, desk.owner)
    while desk.workspace.jobs.unfinished():
        time.sleep(0.02)
    shutil.rmtree(desk.workspace.home / "engine", ignore_errors=True)
    (desk.workspace.home / "engine").write_text("no folder", encoding="ascii")
    item_id, _ = taught_item(desk)
    done = erase(desk.store, Request("", (), frozenset({item_id})), REASON, desk.owner)

    with pytest.raises(ProviderFailed, match="engine did not start"):
        withdrawing.withdraw_all(desk.store, desk.workspace.providers, done.id)

    assert fake.files == {}
    assert [state for _, state, _ in withdrawing.runs_of_erasure(desk.store, done.id)] == ["withdrawn"]


def test_the_command_line_forgets_one_item_and_says_what_it_did(
    local_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item_id, question = taught_item(local_desk)
    home = Path(shutil.copytree(local_desk.workspace.home, tmp_path / "copy"))
    given = tmp_path / "given.json"
    words = ["erase", "--home", str(home), "--as", "olga@example.com", "--item", str(item_id)]

    assert main([*words, "--dry-run", "--json"]) == 0
    assert f'"items": [{item_id}]' in capsys.readouterr().out
    assert main(words) == 1
    assert "Say why" in capsys.readouterr().err
    assert main([*words, "--reason", REASON, "--give-out", str(given)]) == 0
    assert "Backups made before still hold them" in capsys.readouterr().out

    assert question in given.read_text(encoding="utf-8")
    assert files_with(home, question) == []

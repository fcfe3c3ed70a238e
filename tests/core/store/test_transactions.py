"""One transaction is one journal line, written before the database commits it."""

import json
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from core.errors import Conflict, Refused, StorageFailed
from core.store.database import Reader
from core.store.memory import part
from core.store.store import Store
from tests.core.store.homes import JOURNAL, add_people, copied, ids, load_history


def put_draft(store: Store, item_id: int, text: str) -> None:
    with store.transaction("system") as tx:
        tx.insert("drafts", {"item_id": item_id, "person_id": 1, "text": text, "saved_at": tx.now})


def lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / JOURNAL).read_text(encoding="utf-8").splitlines()]


def test_a_transaction_is_one_line_that_says_who_did_what(store: Store) -> None:
    before = len(lines(store.home))

    with store.transaction("ben@example.com") as tx:
        tx.insert("counters", {"table_name": "things", "next_id": 5})
        tx.update("counters", {"table_name": "things"}, {"next_id": 6})
        tx.delete("counters", {"table_name": "things"})

    (line,) = lines(store.home)[before:]
    assert line["by"] == "ben@example.com"
    assert line["seq"] == before + 1
    assert datetime.fromisoformat(line["time"]).tzinfo is not None
    assert line["changes"] == [
        ["counters", "insert", {"table_name": "things", "next_id": 5}],
        ["counters", "update", {"table_name": "things", "next_id": 6}],
        ["counters", "delete", {"table_name": "things"}],
    ]


def test_a_transaction_that_fails_leaves_no_line_and_no_row(store: Store) -> None:
    before = (store.home / JOURNAL).read_bytes()

    def fail_half_way() -> None:
        with store.transaction("ben@example.com") as tx:
            tx.insert("counters", {"table_name": "things", "next_id": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert store.value("select count(*) from counters where table_name = 'things'") == 0
    assert (store.home / JOURNAL).read_bytes() == before


def test_a_transaction_that_only_reads_leaves_no_line(store: Store) -> None:
    before = (store.home / JOURNAL).read_bytes()

    with store.transaction("ben@example.com") as tx:
        assert tx.value("select count(*) from people") == 0

    assert (store.home / JOURNAL).read_bytes() == before


def test_a_commit_that_fails_is_declared_void_and_never_replayed(store: Store, tmp_path: Path) -> None:
    add_people(store, 1)

    def commit_what_cannot_be() -> None:
        with store.transaction("ben@example.com") as tx:
            again = {"id": 1, "email": "x", "name": "x", "created_at": tx.now, "version": 1}
            tx.insert("counters", {"table_name": "things", "next_id": 1})
            with suppress(duckdb.ConstraintException):
                tx.insert("people", again)

    with pytest.raises(StorageFailed, match="Nothing was saved"):
        commit_what_cannot_be()

    *_, failed, void = lines(store.home)
    assert void["void"] == failed["seq"]
    add_people(store, 2)
    assert ids(store) == [1, 2]
    digest = store.digest()
    anew = copied(store.home, tmp_path / "copy")
    (anew / "touchstone.duckdb").unlink()
    replayed = Store(anew)
    assert replayed.digest() == digest
    replayed.close()


def test_who_saves_what_somebody_else_changed_first_is_told_so(store: Store) -> None:
    add_people(store, 1)
    with store.transaction("anna@example.com") as tx:
        tx.update("people", {"id": 1}, {"name": "First"}, version=1)

    with pytest.raises(Conflict, match="Somebody else"), store.transaction("ben@example.com") as tx:
        tx.update("people", {"id": 1}, {"name": "Second"}, version=1)

    assert store.row("select name, version from people") == ("First", 2)


def test_a_conflict_that_the_writer_survives_does_not_spoil_the_rest(store: Store) -> None:
    add_people(store, 1)
    with store.transaction("ben@example.com") as tx:
        with pytest.raises(Conflict):
            tx.update("people", {"id": 1}, {"name": "Second"}, version=7)
        tx.insert("counters", {"table_name": "things", "next_id": 1})
    digest = store.digest()
    store.close()

    again = Store(store.home)
    assert again.notices == ()
    assert again.digest() == digest
    again.close()


def test_a_number_once_given_is_never_given_again(store: Store) -> None:
    with store.transaction("ben@example.com") as tx:
        first = tx.new_id("people")
        more = list(tx.new_ids("people", 3))
    store.rebuild()
    with store.transaction("ben@example.com") as tx:
        last = tx.new_id("people")

    assert len({first, *more, last}) == 5


def test_many_rows_loaded_at_once_are_one_line_that_names_a_blob(store: Store) -> None:
    load_history(store, 1, 500)

    ((table, op, named),) = lines(store.home)[-1]["changes"]
    assert (table, op, named["rows"]) == ("history", "load", 500)
    assert len(pd.read_parquet(store.blobs.path(named["blob"]))) == 500
    digest = store.digest()
    assert digest["history"].rows == 500
    store.rebuild()
    assert store.digest() == digest


def test_numbers_that_are_not_numbers_are_kept_as_unknown(store: Store) -> None:
    with store.transaction("system") as tx:
        tx.insert("metric_points", {"run_id": 1, "step": 1, "train_loss": math.nan, "valid_loss": 0.25})
    digest = store.digest()

    assert store.row("select train_loss, valid_loss from metric_points") == (None, 0.25)
    store.rebuild()
    assert store.digest() == digest


def test_any_text_comes_back_as_it_was_also_from_the_journal(store: Store) -> None:
    texts = ["\x00", "\u2028 \u2029 \x85", "'; drop table people; --", "𝄞 ✈️ é", '\\"\n', ""]
    for number, text in enumerate(texts):
        add_people(store, number, name=text)
    store.rebuild()

    assert [name for (name,) in store.rows("select name from people order by id")] == texts


def test_eight_readers_and_four_writers_see_only_whole_transactions(store: Store) -> None:
    with store.transaction("system") as tx:
        for number in range(4):
            tx.insert("counters", {"table_name": f"left-{number}", "next_id": 0})
            tx.insert("counters", {"table_name": f"right-{number}", "next_id": 0})
    written = threading.Event()
    sums = "select sum(case when table_name like 'left%' then next_id else -next_id end) from counters"

    def write(number: int) -> None:
        for step in range(1, 11):
            with store.transaction("system") as tx:
                tx.update("counters", {"table_name": f"left-{number}"}, {"next_id": step})
                tx.update("counters", {"table_name": f"right-{number}"}, {"next_id": step})

    def read(number: int) -> int:
        wrong = 0
        while not written.is_set():
            wrong += store.value(sums) != 0
            wrong += store.value("select ?::integer", number) != number
            wrong += store.rows("select unnest(range(?))", number + 3)[-1] != (number + 2,)
        return wrong

    with ThreadPoolExecutor(12) as pool:
        readers = [pool.submit(read, number) for number in range(8)]
        try:
            list(pool.map(write, range(4)))
        finally:
            written.set()

    assert [reader.result() for reader in readers] == [0] * 8
    assert store.value("select min(next_id) from counters where table_name like '%-%'") == 10


def test_each_unit_of_reading_has_a_cursor_of_its_own(store: Store) -> None:
    with store.read() as one, store.read() as other:
        assert one.value("select count(*) from range(5)") == 5
        assert other.rows("select 1 where false") == []
        assert one.value("select 7") == 7


def test_who_reads_in_between_does_not_see_what_is_not_committed(store: Store) -> None:
    with store.transaction("system") as tx:
        tx.insert("counters", {"table_name": "things", "next_id": 1})

        assert tx.value("select count(*) from counters") == 1
        assert store.value("select count(*) from counters") == 0

    assert store.value("select count(*) from counters") == 1


BEYOND = (
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/hostname')",
    "attach '/tmp/other.duckdb' as other",
    "copy (select 1) to '/tmp/stolen.csv'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set memory_limit = '1GB'",
    "reset allowed_directories",
)


def test_no_sql_reaches_beyond_the_workspace_or_loosens_its_settings(store: Store) -> None:
    for sql in BEYOND:
        with pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)):
            store.rows(sql)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_moments_come_back_in_utc_wherever_the_machine_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    store = Store(tmp_path / "home")
    moment = datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=UTC)
    with store.transaction("system") as tx:
        row = {"id": 1, "email": "a", "name": "a", "created_at": moment, "version": 1}
        tx.insert("people", row)

    found = store.value("select created_at from people")
    assert found == moment
    assert found.utcoffset().total_seconds() == 0
    store.rebuild()
    assert store.value("select created_at from people") == moment
    assert store.value("select created_at::varchar from people").startswith("2026-07-01 12:30:15")
    store.close()


def test_an_answer_is_remembered_until_one_of_its_tables_is_written_to(store: Store) -> None:
    asked = []

    def people() -> int:
        def ask() -> int:
            asked.append(1)
            count: int = store.value("select count(*) from people")
            return count

        return store.recall(("people",), "how many people", ask)

    assert [people(), people()] == [0, 0]
    load_history(store, 1, 3)
    assert people() == 0
    assert len(asked) == 1
    add_people(store, 1)
    assert [people(), people()] == [1, 1]
    assert len(asked) == 2


def test_an_answer_about_part_of_a_table_outlives_what_is_written_beside_it(store: Store) -> None:
    asked = []

    def draft_of(item_id: int) -> str | None:
        def ask() -> str | None:
            asked.append(item_id)
            text: str | None = store.value("select text from drafts where item_id = ?", item_id)
            return text

        return store.recall((part("drafts", "item_id", item_id),), ("draft", item_id), ask)

    assert [draft_of(1), draft_of(2)] == [None, None]
    put_draft(store, 1, "Please ask")
    assert [draft_of(1), draft_of(2)] == ["Please ask", None]
    with store.transaction("system") as tx:
        tx.update("drafts", {"item_id": 1, "person_id": 1}, {"text": "Please ask at desk 4"})
    assert [draft_of(1), draft_of(2)] == ["Please ask at desk 4", None]
    with store.transaction("system") as tx:
        tx.delete("drafts", {"item_id": 1, "person_id": 1})
    assert [draft_of(1), draft_of(2)] == [None, None]
    assert asked == [1, 2, 1, 1, 1]


def test_a_load_makes_every_part_of_its_table_be_asked_again(store: Store) -> None:
    put_draft(store, 1, "Please ask")

    def drafts_of(item_id: int) -> int:
        tables = (part("drafts", "item_id", item_id),)
        sql = "select count(*) from drafts where item_id = ?"
        count: int = store.recall(tables, ("drafts", item_id), lambda: store.value(sql, item_id))
        return count

    assert drafts_of(2) == 0
    with store.transaction("system") as tx:
        row = {"item_id": 2, "person_id": 1, "text": "Take the bus", "saved_at": tx.now}
        tx.load("drafts", pd.DataFrame([row]))
    assert drafts_of(2) == 1


def test_a_transaction_sees_what_it_wrote_itself_and_remembers_nothing_of_it(store: Store) -> None:
    def draft(reader: Reader) -> str | None:
        tables = (part("drafts", "item_id", 1),)
        sql = "select text from drafts where item_id = 1"
        text: str | None = reader.recall(tables, "the draft", lambda: reader.value(sql))
        return text

    def fail_half_way() -> None:
        with store.transaction("system") as tx:
            tx.insert("drafts", {"item_id": 1, "person_id": 1, "text": "Please ask", "saved_at": tx.now})
            assert draft(tx) == "Please ask"
            raise ZeroDivisionError

    assert draft(store) is None
    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert draft(store) is None


def test_a_second_opening_is_one_sentence_that_names_the_way_out(store: Store) -> None:
    with pytest.raises(Refused, match=r"in use by another Touchstone process.*--home DIR") as refused:
        Store(store.home)

    assert len(str(refused.value).splitlines()) == 1


def test_a_closed_workspace_says_so_and_can_be_opened_again(store: Store) -> None:
    add_people(store, 1)
    store.close()
    store.close()

    with pytest.raises(StorageFailed, match="closed"):
        store.value("select 1")
    with pytest.raises(StorageFailed, match="closed"), store.transaction("system"):
        pass
    again = Store(store.home)
    assert ids(again) == [1]
    again.close()


def test_a_blob_whose_bytes_changed_is_never_handed_out(store: Store) -> None:
    sha256 = store.blobs.put(b"what was written")
    store.blobs.path(sha256).write_bytes(b"something else")

    with pytest.raises(StorageFailed, match="damaged"):
        store.blobs.get(sha256)
    store.blobs.path(sha256).unlink()
    with pytest.raises(StorageFailed, match="missing"):
        store.blobs.get(sha256)


def test_a_transaction_inside_another_one_is_refused_instead_of_waiting_for_ever(store: Store) -> None:
    with (
        store.transaction("anna@example.com"),
        pytest.raises(RuntimeError, match="inside another"),
        store.transaction("anna@example.com"),
    ):
        pass


def test_a_folder_may_be_called_anything(tmp_path: Path) -> None:
    store = Store(tmp_path / 'Anna\'s "desk" [1]')
    load_history(store, 1, 2000)
    digest = store.digest()

    store.rebuild()

    assert store.digest() == digest
    store.close()

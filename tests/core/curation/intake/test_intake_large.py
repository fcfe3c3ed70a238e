"""Large files: read in parts while others write, then taken at once or not at all."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from core.curation.intake.intake import import_file
from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import read_file
from core.curation.intake.sieve import PART
from core.curation.intake.source import source_of
from core.curation.intake.taking import prepared, take
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import NewItem, State, add_item, count_by_state
from core.curation.projects import Project
from core.errors import Conflict
from core.people.persons import Person
from core.store.store import Store

Import = Callable[..., ImportReport]

MANY = PART + 2_000


def rows(start: int, stop: int) -> Iterator[str]:
    """Every fifth row has no reply, and every tenth is there twice."""
    for number in range(start, stop):
        reply = "" if number % 5 == 0 else f"r{number}"
        yield f"q{number},{reply}\n" * (2 if number % 10 == 0 else 1)


@pytest.fixture(scope="module")
def large() -> Upload:
    source = source_of("large.csv", ("question,answer\n" + "".join(rows(0, MANY))).encode())
    return Upload(source, read_file(source), Mapping("question", "answer"))


def written_beside_blobs(store: Store) -> list[str]:
    return [path.name for path in store.blobs.folder.iterdir() if path.name.endswith(".tmp")]


def test_all_parts_arrive_in_order_with_their_replies_and_history_and_survive_a_rebuild(
    store: Store, desk: Project, olga: Person, large: Upload
) -> None:
    report = import_file(store, desk, large, olga)

    assert (report.taken, report.duplicates, len(report.rejected)) == (MANY, MANY // 10, 0)
    assert report.with_reply == count_by_state(store, desk.id)[State.SUBMITTED] == MANY - MANY // 5
    wrong = store.value(
        "select count(*) from items i left join replies r on r.id = i.reply_id and r.item_id = i.id "
        "where (r.text is null) <> (substr(i.question, 2)::int % 5 = 0) "
        "or r.text <> replace(i.question, 'q', 'r')"
    )
    assert wrong == 0
    assert store.value("select count(*) from history") == MANY + report.with_reply
    firsts = store.rows("select question from items order by id limit 2")
    assert firsts == [("q0",), ("q1",)]
    assert store.value("select count(distinct import_id) from items") == 1
    assert not written_beside_blobs(store)
    before = store.digest()
    store.rebuild()
    assert store.digest() == before


def test_a_large_import_is_one_line_of_the_journal(
    store: Store, desk: Project, olga: Person, large: Upload
) -> None:
    import_file(store, desk, large, olga)

    with_blobs = [
        line for line in (store.home / "journal.jsonl").read_text().splitlines() if '"blob"' in line
    ]
    assert len(with_blobs) == 1


def test_a_large_import_that_is_stopped_leaves_nothing(
    store: Store, desk: Project, olga: Person, large: Upload
) -> None:
    def tell(rows: int, share: float | None) -> None:
        if rows > PART:
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        import_file(store, desk, large, olga, tell)

    for table in ("items", "replies", "history", "imports"):
        assert store.value(f"select count(*) from {table}") == 0
    assert not list(store.blobs.folder.iterdir())


def test_questions_that_come_while_a_file_is_read_count_as_known(
    store: Store, desk: Project, olga: Person, bring: Import
) -> None:
    source = source_of("file.csv", b"question,answer\nWhere?,Here.\nWhen?,Now.\n")
    upload = Upload(source, read_file(source), Mapping("question", "answer"))

    with prepared(store, desk, upload, olga) as ready:
        bring(desk, "question,answer\nwhen?,Later.\n")
        with store.transaction(olga.email) as tx:
            report = take(tx, store, desk, ready, olga)

    assert (report.rows, report.taken, report.with_reply, report.duplicates) == (2, 1, 1, 1)
    assert "1 duplicate with a reply other than" in " ".join(report.notes)


def test_questions_of_a_part_already_written_that_come_meanwhile_stop_the_import(
    store: Store, desk: Project, olga: Person, large: Upload
) -> None:
    with prepared(store, desk, large, olga) as ready:
        with store.transaction(olga.email) as tx:
            add_item(tx, desk.id, NewItem("Q17"), olga)
        with (
            pytest.raises(Conflict, match="import the file again"),
            store.transaction(olga.email) as tx,
        ):
            take(tx, store, desk, ready, olga)

    assert store.value("select count(*) from items") == 1
    assert not written_beside_blobs(store)
    assert import_file(store, desk, large, olga).taken == MANY - 1

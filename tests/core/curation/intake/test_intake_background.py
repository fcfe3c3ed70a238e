"""Imports in the background: they can be watched, stopped and taken up again, and leave nothing half done."""

import threading
from collections.abc import Callable, Iterator

import pytest

from core.curation.intake.background import (
    KIND,
    begin_import,
    finished_import,
    forget_import,
    stop_import,
    take_announced,
)
from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import AS_IT_COMES, Wanted, read_file
from core.curation.intake.rejects import past_imports
from core.curation.intake.source import source_of
from core.curation.intake.table import Rejected, Turns, Unit
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State, count_by_state
from core.curation.projects import Project
from core.errors import NotAllowed
from core.jobs.jobs import Job, Jobs, JobState
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.intake.books import workbook

PATIENCE = 60.0
FILE = b"question,answer\nWhere?,Here.\n,blank\nWhere?,Here.\n"


@pytest.fixture
def jobs(store: Store) -> Iterator[Jobs]:
    running = Jobs(store)
    running.register(KIND, take_announced(store))
    yield running
    running.close()


def upload(data: bytes, name: str = "file.csv", wanted: Wanted = AS_IT_COMES) -> Upload:
    source = source_of(name, data)
    return Upload(source, read_file(source, wanted), Mapping("question", "answer"), State.APPROVED, wanted)


def many(number: int) -> bytes:
    return ("question,answer\n" + "".join(f"q{one},a{one}\n" for one in range(number))).encode()


def ended(jobs: Jobs, job: Job) -> Job:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        now = jobs.get(job.id)
        if not now.unfinished:
            return now
        pause.wait(0.01)
    raise AssertionError(f"The job is still {now.state}.")


def nothing_is_left(store: Store) -> bool:
    tables = ("imports", "items", "replies", "history")
    empty = not any(store.value(f"select count(*) from {table}") for table in tables)
    return empty and not list(store.blobs.folder.iterdir())


def test_a_file_is_taken_in_the_background_with_the_report_of_an_import(
    store: Store, jobs: Jobs, desk: Project, olga: Person
) -> None:
    job = ended(jobs, begin_import(store, jobs, desk, upload(FILE), olga))

    assert (job.state, job.outcome) == (JobState.DONE, "1 of 3 rows taken, 1 known already, 1 rejected.")
    done = finished_import(store, int(job.subject))
    assert done is not None
    assert (done.file_name, done.unit, done.target) == ("file.csv", Unit.LINE, State.APPROVED)
    assert done.report.rejected == (Rejected(3, "question", "The question is blank."),)
    assert count_by_state(store, desk.id)[State.APPROVED] == 1
    [past] = past_imports(store, desk.id)
    assert (past.file_name, past.taken, past.rejected) == ("file.csv", 1, 1)
    assert store.blobs.get(store.value("select file_blob from imports")) == FILE


def test_the_sheet_and_the_turns_that_were_chosen_are_those_that_are_taken(
    store: Store, jobs: Jobs, desk: Project, olga: Person
) -> None:
    book = workbook(
        {"a": [["question", "answer"], ["A?", "A."]], "b": [["question", "answer"], ["B?", "B."]]}
    )

    ended(jobs, begin_import(store, jobs, desk, upload(book, "book.xlsx", Wanted(sheet="b")), olga))

    assert store.rows("select question from items") == [("B?",)]
    chat = (
        b'{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, '
        b'{"role": "user", "content": "q2"}, {"role": "assistant", "content": "a2"}]}'
    )
    source = source_of("chat.jsonl", chat)
    wanted = Wanted(Turns.EVERY)
    every = Upload(source, read_file(source, wanted), Mapping("question", "reply"), wanted=wanted)
    ended(jobs, begin_import(store, jobs, desk, every, olga))
    assert store.rows("select question from items order by id") == [("B?",), ("q1",), ("q2",)]


def test_an_import_that_is_stopped_leaves_nothing(
    store: Store, jobs: Jobs, desk: Project, olga: Person
) -> None:
    job = begin_import(store, jobs, desk, upload(many(60_000)), olga)
    stop_import(store, jobs, job, olga)

    assert ended(jobs, job).state is JobState.CANCELLED
    assert nothing_is_left(store)
    assert past_imports(store, desk.id) == ()


def test_an_import_that_is_refused_in_the_background_leaves_nothing_and_says_why(
    store: Store, jobs: Jobs, desk: Project, olga: Person
) -> None:
    source = source_of("file.csv", FILE)
    broken = Upload(source, read_file(source), Mapping("gone"))

    job = ended(jobs, begin_import(store, jobs, desk, broken, olga))

    assert job.state is JobState.FAILED
    assert "has no column 'gone'" in (job.outcome or "")
    assert nothing_is_left(store)


def test_an_import_that_was_cut_off_begins_anew_and_takes_each_row_once(
    store: Store, desk: Project, olga: Person
) -> None:
    idle = Jobs(store)
    idle.register(KIND, lambda _: "")
    idle.close()
    job = begin_import(store, idle, desk, upload(FILE), olga)
    assert jobs_state(store) == [("queued",)]

    again = Jobs(store)
    again.register(KIND, take_announced(store))
    again.resume()

    assert ended(again, job).state is JobState.DONE
    again.close()
    assert store.value("select count(*) from items") == 1


def jobs_state(store: Store) -> list[tuple[str]]:
    return [(state,) for (state,) in store.rows("select state from jobs")]


def test_work_that_was_done_already_is_not_done_again(
    store: Store, jobs: Jobs, desk: Project, olga: Person
) -> None:
    first = ended(jobs, begin_import(store, jobs, desk, upload(FILE), olga))

    again = ended(jobs, jobs.submit(KIND, first.subject, olga, desk.id))

    assert again.outcome == first.outcome
    assert store.value("select count(*) from items") == 1


def test_forgetting_an_import_keeps_a_file_that_another_import_has(
    store: Store, jobs: Jobs, desk: Project, olga: Person, bring: Callable[..., ImportReport]
) -> None:
    bring(desk, FILE)
    idle = Jobs(store)
    idle.register(KIND, lambda _: "")
    idle.close()
    job = begin_import(store, idle, desk, upload(FILE), olga)

    forget_import(store, int(job.subject))
    forget_import(store, 1)

    assert store.rows("select id from imports") == [(1,)]
    assert store.blobs.get(store.value("select file_blob from imports")) == FILE


def test_only_who_may_import_begins_one(
    store: Store, jobs: Jobs, desk: Project, olga: Person, anna: Person
) -> None:
    with store.transaction(olga.email) as tx:
        grant(tx, desk.id, anna, Role.EXPERT)

    with pytest.raises(NotAllowed, match="Anna"):
        begin_import(store, jobs, desk, upload(FILE), anna)

    assert nothing_is_left(store)

"""Importing: rows become items; what is taken, known already or rejected adds up; nothing is half done."""

import json
import shutil
from collections.abc import Callable

import pytest

from core.curation.intake.intake import import_file, plan_import, preview
from core.curation.intake.mapping import Mapping, mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.source import source_of
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State, Turn, count_by_state, history_of, items_in
from core.curation.projects import Project
from core.curation.replies import Origin, replies_of
from core.curation.review import approve
from core.curation.writing import draft_of
from core.errors import NotAllowed, Refused, StorageFailed
from core.people.membership import grant
from core.people.persons import IMPORT_EMAIL, Person, find_person
from core.people.roles import Role
from core.store.store import Store

Import = Callable[..., ImportReport]

PAIRS = "question,answer,topic,ticket\nWhere?,On belt 4.,bags,T1\nWhen?,,time,T2\n"


def counts(store: Store) -> dict[str, int]:
    tables = ("imports", "items", "replies", "drafts", "history")
    return {table: store.value(f"select count(*) from {table}") for table in tables}


def test_rows_with_a_reply_are_submitted_by_the_import_and_the_others_wait(
    store: Store, desk: Project, bring: Import
) -> None:
    report = bring(desk, PAIRS)

    assert (report.rows, report.taken, report.with_reply, report.duplicates) == (2, 2, 1, 0)
    [submitted] = items_in(store, desk.id, State.SUBMITTED)
    [waiting] = items_in(store, desk.id, State.WAITING)
    assert (submitted.question, submitted.topic, submitted.ticket) == ("Where?", "bags", "T1")
    assert (waiting.question, waiting.reply_id) == ("When?", None)
    [reply] = replies_of(store, submitted.id)
    assert (reply.text, reply.origin, reply.author) == ("On belt 4.", Origin.IMPORTED, "Import")
    events = [(event.action, event.person, event.state_to) for event in history_of(store, submitted.id)]
    assert events == [("added", "Olga", State.WAITING), ("submitted", "Import", State.SUBMITTED)]


def test_a_submitted_import_can_be_approved_by_who_imported_it(
    store: Store, desk: Project, bring: Import, olga: Person
) -> None:
    bring(desk, PAIRS)
    [item] = items_in(store, desk.id, State.SUBMITTED)

    approve(store, item.id, olga)

    assert count_by_state(store, desk.id)[State.APPROVED] == 1


def test_an_owner_may_import_replies_as_approved(
    store: Store, desk: Project, bring: Import, olga: Person
) -> None:
    bring(desk, PAIRS, target=State.APPROVED)

    [item] = items_in(store, desk.id, State.APPROVED)
    [reply] = replies_of(store, item.id)
    author = find_person(store, IMPORT_EMAIL)
    assert author is not None
    assert (reply.author_id, reply.reviewer, reply.decision) == (author.id, "Olga", "approved")
    assert [event.action for event in history_of(store, item.id)] == ["added", "submitted", "approved"]


def test_replies_of_waiting_items_are_kept_as_the_drafts_of_who_imported_them(
    store: Store, desk: Project, bring: Import, olga: Person
) -> None:
    bring(desk, PAIRS, target=State.WAITING)

    items = {item.question: item for item in items_in(store, desk.id, State.WAITING)}
    draft = draft_of(store, items["Where?"].id, olga)
    assert draft is not None
    assert draft.text == "On belt 4."
    assert draft_of(store, items["When?"].id, olga) is None
    assert counts(store)["replies"] == 0


@pytest.mark.parametrize("role", [Role.EXPERT, Role.REVIEWER, Role.RATER, Role.VIEWER])
def test_only_an_owner_imports(store: Store, desk: Project, bring: Import, anna: Person, role: Role) -> None:
    with store.transaction(anna.email) as tx:
        grant(tx, desk.id, anna, role)

    for target in (State.SUBMITTED, State.APPROVED):
        with pytest.raises(NotAllowed, match="Anna"):
            bring(desk, PAIRS, person=anna, target=target)

    assert not any(counts(store).values())


def test_items_cannot_arrive_as_returned(store: Store, desk: Project, bring: Import) -> None:
    with pytest.raises(Refused, match="waiting, submitted, approved"):
        bring(desk, PAIRS, target=State.RETURNED)

    assert not any(counts(store).values())


def test_the_same_file_twice_adds_no_item(store: Store, desk: Project, bring: Import) -> None:
    bring(desk, PAIRS)
    before = counts(store)

    report = bring(desk, PAIRS)

    assert (report.rows, report.taken, report.duplicates) == (2, 0, 2)
    assert counts(store) == {**before, "imports": 2}


def test_a_question_already_in_the_file_is_a_duplicate_and_another_reply_to_it_is_mentioned(
    desk: Project, bring: Import
) -> None:
    report = bring(desk, "question,answer\nWhere?,Here.\n where? ,HERE.\nWhere?,There.\n")

    assert (report.rows, report.taken, report.duplicates) == (3, 1, 2)
    assert "1 duplicate with a reply other than" in " ".join(report.notes)


def test_the_same_question_in_another_project_is_no_duplicate(
    desk: Project, labels: Project, bring: Import
) -> None:
    bring(desk, PAIRS)

    assert bring(labels, "text\nWhere?\nWhen?\n").taken == 2


def test_the_conversation_before_a_question_tells_items_apart(
    store: Store, desk: Project, bring: Import
) -> None:
    def chat(first: str) -> str:
        turns = [("user", first), ("assistant", "Hi!"), ("user", "Where?"), ("assistant", "Here.")]
        return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]})

    report = bring(desk, "\n".join([chat("Hello"), chat("Good day"), chat("Hello")]), "file.jsonl")

    assert (report.taken, report.duplicates) == (2, 1)
    items = items_in(store, desk.id, State.SUBMITTED)
    assert items[0].conversation == (Turn("user", "Hello"), Turn("assistant", "Hi!"))


def test_every_row_that_cannot_be_taken_is_listed_with_line_field_and_reason(
    desk: Project, bring: Import
) -> None:
    long = "x" * 100_001
    report = bring(
        desk, f'question,answer\n ,blank\n"two\nlines",ok\nlong,{long}\nshort\nextra,cell,here\nfine,ok\n'
    )

    assert report.rows == report.taken + report.duplicates + len(report.rejected) == 6
    assert [(one.line, one.field) for one in report.rejected] == [
        (2, "question"),
        (5, "answer"),
        (6, "answer"),
        (7, ""),
    ]
    assert "longer than 100,000 characters" in report.rejected[1].reason


def test_a_reply_that_is_no_label_is_listed_with_the_labels(
    store: Store, labels: Project, bring: Import
) -> None:
    report = bring(labels, "text,label\none,Mortgage\ntwo, credit CARD \nthree,Pension\nfour,\n")

    assert report.taken == 3
    [rejected] = report.rejected
    assert (rejected.line, rejected.field) == (4, "label")
    assert rejected.reason == "'Pension' is not one of this project's labels: Credit card, Mortgage."
    replies = [replies_of(store, item.id)[0].text for item in items_in(store, labels.id, State.SUBMITTED)]
    assert replies == ["Mortgage", "Credit card"]


def test_control_characters_are_removed_and_said_so_and_formulas_stay_text(
    store: Store, desk: Project, bring: Import
) -> None:
    report = bring(desk, 'question,answer\nbell\x07 here,"=1+1\r\nnext"\n@SUM(1),+49 30\n')

    assert "Control characters were removed from 1 row." in report.notes
    first, second = items_in(store, desk.id, State.SUBMITTED)
    assert (first.question, replies_of(store, first.id)[0].text) == ("bell here", "=1+1\nnext")
    assert (second.question, replies_of(store, second.id)[0].text) == ("@SUM(1)", "+49 30")


def test_rows_with_bytes_that_are_no_utf8_are_listed_and_the_others_taken(
    desk: Project, bring: Import
) -> None:
    data = "question,answer\ncafé à emporter,déjà prêt\n".encode() + b"broken \xff,answer\nfine,ok\n"

    report = bring(desk, data)

    assert report.taken == 2
    assert [(one.line, one.field) for one in report.rejected] == [(3, "question")]


def test_the_plan_says_what_the_import_then_does_and_changes_nothing(
    store: Store, desk: Project, bring: Import
) -> None:
    bring(desk, PAIRS)
    before = counts(store)
    data = b"question,answer\nWhere?,x\nNew?,y\n,z\nNew?,y\n"
    reading = read_file(source_of("file.csv", data))

    plan = plan_import(store, desk, reading, mapping_for(reading, None))

    assert counts(store) == before
    assert plan == bring(desk, data)


def test_the_preview_shows_rows_as_they_would_arrive_and_why_others_would_not(desk: Project) -> None:
    reading = read_file(source_of("file.csv", b"question,answer\n one ,a\n,b\ntwo,c\n"))

    first, second, third = preview(desk, reading, Mapping("question", "answer"))

    assert first.arrival is not None
    assert (first.arrival.question, first.arrival.reply) == ("one", "a")
    assert second.problem is not None
    assert second.problem.reason == "The question is blank."
    assert third.line == 4


def test_the_file_itself_is_kept_byte_by_byte_with_a_record_of_the_import(
    store: Store, desk: Project, bring: Import, olga: Person
) -> None:
    data = b"\xef\xbb\xbf" + PAIRS.encode()
    bring(desk, data, "C:\\exports\\tickets.csv")

    row = store.row(
        "select file_name, file_blob, format, encoding, mapping, target_state, row_count, taken, "
        "duplicates, rejected, person_id from imports"
    )
    assert row is not None
    assert row[0] == "tickets.csv"
    assert store.blobs.get(row[1]) == data
    assert row[2:4] == ("csv", "utf-8-sig")
    assert json.loads(row[4])["question"] == "question"
    assert row[5:9] == ("submitted", 2, 2, 0)
    assert json.loads(row[9]) == []
    assert row[10] == olga.id


def test_a_mapping_that_names_a_missing_column_imports_nothing(
    store: Store, desk: Project, olga: Person
) -> None:
    source = source_of("file.csv", PAIRS.encode())

    with pytest.raises(Refused, match=r"file\.csv has no column 'gone'"):
        import_file(store, desk, Upload(source, read_file(source), Mapping("gone")), olga)

    assert not any(counts(store).values())


def test_a_disk_that_fails_leaves_nothing_and_the_import_can_be_repeated(
    store: Store, desk: Project, bring: Import
) -> None:
    away = store.blobs.folder.rename(store.blobs.folder.with_name("away"))

    with pytest.raises(StorageFailed):
        bring(desk, PAIRS)

    shutil.move(away, store.blobs.folder)
    assert not any(counts(store).values())
    assert bring(desk, PAIRS).taken == 2


def test_an_import_survives_a_rebuild_from_the_journal(store: Store, desk: Project, bring: Import) -> None:
    bring(desk, PAIRS, target=State.APPROVED)
    before = store.digest()

    store.rebuild()

    assert store.digest() == before
    assert count_by_state(store, desk.id)[State.APPROVED] == 1


def test_progress_is_told_and_may_stop_the_import_which_then_leaves_nothing(
    store: Store, desk: Project, olga: Person
) -> None:
    data = ("question\n" + "".join(f"question {number}\n" for number in range(2_500))).encode()
    source = source_of("file.csv", data)
    upload = Upload(source, read_file(source), Mapping("question"))
    told: list[tuple[int, bool]] = []

    def tell(rows: int, share: float | None) -> None:
        told.append((rows, share is not None and 0 < share <= 1))
        if rows == 2_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(store, desk, upload, olga, tell)

    assert told == [(0, True), (1_000, True), (2_000, True)]
    assert not any(counts(store).values())
    assert not list(store.blobs.folder.iterdir())

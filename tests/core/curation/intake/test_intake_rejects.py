"""The report of an import as a file, and the imports a project has had."""

from collections.abc import Callable

from core.curation.intake.rejects import past_imports, rejected_csv, rejected_of
from core.curation.intake.table import Rejected
from core.curation.intake.upload import ImportReport
from core.curation.projects import Project
from core.store.store import Store


def test_the_report_of_rejected_rows_is_safe_in_a_spreadsheet() -> None:
    text = rejected_csv([Rejected(2, "=cmd", '-1 is, "bad"')]).decode("utf-8-sig")

    assert text == 'line,field,reason\r\n2,\'=cmd,"\'-1 is, ""bad"""\r\n'


def test_past_imports_are_told_newest_first(
    store: Store, desk: Project, bring: Callable[..., ImportReport]
) -> None:
    bring(desk, "question\none\n \n", "first.csv")
    bring(desk, "question\none\ntwo\n", "second.csv")

    newest, oldest = past_imports(store, desk.id)

    assert (newest.file_name, newest.taken, newest.duplicates, newest.rejected) == ("second.csv", 1, 1, 0)
    assert (oldest.file_name, oldest.taken, oldest.rejected, oldest.person) == ("first.csv", 1, 1, "Olga")
    assert rejected_of(store, oldest.id) == (Rejected(3, "question", "The question is blank."),)
    assert rejected_of(store, newest.id) == ()

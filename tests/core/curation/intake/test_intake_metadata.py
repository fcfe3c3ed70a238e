"""Metadata: dates, volumes and languages as files write them, kept with the item."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.curation.intake.metadata import day_comes_first, language, moment, volume
from core.curation.intake.upload import ImportReport
from core.curation.items import State, items_in
from core.curation.projects import Project
from core.store.store import Store

Import = Callable[..., ImportReport]

FILE = """question,date,language,how often,ticket,priority,colour
Where?,2024-01-11T09:00:00+01:00,en-US,"1,200",T1,high,red
When?,11.01.2024 09:30,de,7,T2,,
How?,soon,Klingon,many,T3,low,
Why?,,,,,,
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-11", datetime(2024, 1, 11, tzinfo=UTC)),
        ("2024-01-11 09:00:05", datetime(2024, 1, 11, 9, 0, 5, tzinfo=UTC)),
        ("2024-01-11T09:00:00Z", datetime(2024, 1, 11, 9, tzinfo=UTC)),
        ("2024-01-11T09:00:00+02:00", datetime(2024, 1, 11, 7, tzinfo=UTC)),
        ("2024-01-11 09:00:00 UTC", datetime(2024, 1, 11, 9, tzinfo=UTC)),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("1700000000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        ("11.1.2024", datetime(2024, 1, 11, tzinfo=UTC)),
        ("11.01.2024, 14:05", datetime(2024, 1, 11, 14, 5, tzinfo=UTC)),
        ("11 Jan 2024", datetime(2024, 1, 11, tzinfo=UTC)),
        ("January 11, 2024", datetime(2024, 1, 11, tzinfo=UTC)),
        ("Thu, 11 Jan 2024 09:00:00 +0100", datetime(2024, 1, 11, 8, tzinfo=UTC)),
        ("2024/01/11 09:00", datetime(2024, 1, 11, 9, tzinfo=UTC)),
        ("soon", None),
        ("45000", None),
        ("2024-13-01", None),
        ("31.02.2024", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("", None),
        ("1" * 500, None),
    ],
)
def test_a_date_is_read_as_it_is_usually_written_or_not_at_all(text: str, expected: datetime | None) -> None:
    assert moment(text, day_first=None) == expected


@pytest.mark.parametrize(
    ("column", "day_first", "month"),
    [(["3/4/2024", "13/4/2024"], True, 4), (["3/4/2024", "4/13/2024 5:00 PM"], False, 3)],
)
def test_dates_with_slashes_are_read_as_their_column_tells(
    column: list[str], day_first: bool, month: int
) -> None:
    assert day_comes_first(column) is day_first
    first, second = [moment(text, day_first=day_comes_first(column)) for text in column]
    assert first is not None
    assert second is not None
    assert first.month == month


def test_dates_with_slashes_that_could_be_either_are_not_read() -> None:
    assert day_comes_first(["3/4/2024", "5/6/2024"]) is None
    assert moment("3/4/2024", day_first=None) is None


@given(text=st.text(max_size=80), day_first=st.sampled_from([None, True, False]))
def test_no_text_breaks_the_reading_of_dates_volumes_and_languages(text: str, day_first: bool | None) -> None:
    found = moment(text, day_first=day_first)
    assert found is None or found.tzinfo is UTC
    count = volume(text)
    assert count is None or count >= 0
    language(text)


@pytest.mark.parametrize(
    ("text", "count"), [("7", 7), ("1,200", 1200), ("3.0", 3), ("many", None), ("-1", None)]
)
def test_a_volume_is_a_whole_number(text: str, count: int | None) -> None:
    assert volume(text) == count


def test_a_language_is_called_by_its_name() -> None:
    assert [language(text) for text in ("en", "pt-BR", "ZH_tw", "Klingon")] == [
        "English",
        "Portuguese",
        "Chinese",
        "Klingon",
    ]


def test_what_a_file_knows_of_a_question_is_kept_with_the_item(
    store: Store, desk: Project, bring: Import
) -> None:
    report = bring(
        desk,
        FILE,
        mapping="question=question,date=date,language=language,volume=how often,ticket=ticket,keep=priority",
    )

    where, when, how, why = [item.about for item in items_in(store, desk.id, State.WAITING)]
    assert where.asked_at == datetime(2024, 1, 11, 8, tzinfo=UTC)
    assert (where.language, where.volume, where.details) == ("English", 1200, (("priority", "high"),))
    assert when.asked_at == datetime(2024, 1, 11, 9, 30, tzinfo=UTC)
    assert (how.asked_at, how.volume, how.language) == (None, None, "Klingon")
    assert how.details == (("priority", "low"), ("date", "soon"), ("how often", "many"))
    assert (why.asked_at, why.language, why.volume, why.details) == (None, None, None, ())
    assert set(report.notes) == {
        "Kept as written: 1 date that cannot be read.",
        "Kept as written: 1 volume that is no whole number.",
    }


def test_metadata_survives_a_rebuild_from_the_journal(store: Store, desk: Project, bring: Import) -> None:
    bring(desk, FILE, mapping="question=question,date=date,keep=colour")
    before = store.digest()

    store.rebuild()

    assert store.digest() == before
    details = store.value("select details from items where question = 'Where?'")
    assert json.loads(details) == {"colour": "red"}


def test_a_kept_cell_is_cleaned_like_any_name(store: Store, desk: Project, bring: Import) -> None:
    bring(
        desk,
        'question,note\nq,"two\nlines\x07"\nr,' + "x" * 1_001 + "\n",
        mapping="question=question,keep=note",
    )

    [item] = items_in(store, desk.id, State.WAITING)
    assert item.about.details == (("note", "two lines"),)

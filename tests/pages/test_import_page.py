"""The Import page: see what will happen, then let it happen."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.curation.intake import background
from core.curation.intake.table import Turns
from core.curation.items import State, count_by_state, items_in
from core.curation.projects import create_project
from core.people.membership import grant
from core.people.persons import add_person, person_by_id
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.intake.books import workbook
from ui import session

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/curate/import_file.py"
BEACON = "![x](https://evil.example/a.png)<img src='https://evil.example/b.png'>"
LABELS = (
    "Customer's question", "Ideal reply", "Topic", "Ticket", "Customer", "Date", "How often asked",
    "Language",
)  # fmt: skip
FILE = f"""question,answer,topic
Where is my bag?,On belt 4.,bags
,no question,bags
"{BEACON}",=1+1,odd
When do you open?,,
where is MY bag?,On belt 4.,bags
"""


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Olga owns the project Desk, Anna writes in it."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(tmp_path / "home"))
    store = Store(tmp_path / "home")
    olga = add_person(store, "olga@example.com", "Olga")
    anna = add_person(store, "anna@example.com", "Anna")
    with store.transaction(olga.email) as tx:
        desk = create_project(tx, "Desk", olga)
        grant(tx, desk.id, anna, Role.EXPERT)
    store.close()
    st.cache_resource.clear()
    yield {"olga": olga.id, "anna": anna.id}
    session.workspace().close()
    st.cache_resource.clear()


def page(person: int) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=20)
    app.session_state[session.PERSON] = person
    app.run()
    return app.switch_page(PAGE).run()


def upload(app: AppTest, text: str | bytes, name: str = "tickets.csv") -> AppTest:
    data = text.encode() if isinstance(text, str) else text
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return app.run()


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def words(app: AppTest) -> str:
    parts = [*app.caption, *app.markdown, *app.success, *app.error, *app.info, *app.warning]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def states() -> dict[State, int]:
    return count_by_state(session.workspace().store, 1)


def test_before_a_file_is_there_the_page_says_what_it_takes(people: dict[str, int]) -> None:
    app = page(people["olga"])

    assert not app.exception
    assert "Nothing was imported here yet" in words(app)
    assert not app.main.button


def test_the_page_shows_what_will_happen_and_changes_nothing(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)

    assert not app.exception
    assert "Read as csv." in words(app)
    assert {box.label: box.value for box in app.selectbox if box.label in LABELS} == {
        **dict.fromkeys(LABELS),
        "Customer's question": "question",
        "Ideal reply": "answer",
        "Topic": "topic",
    }
    assert metrics(app) == {
        "rows in the file": "5",
        "new items": "3",
        "of them with a reply": "2",
        "known already": "1",
        "rejected": "1",
    }
    assert "Line 3, question: The question is blank." in words(app)
    assert app.main.button[-1].label == "Import 3 items"
    assert sum(states().values()) == 0


def test_nothing_of_a_file_is_read_as_markdown_or_html(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)

    shown = [str(part.value) for part in [*app.markdown, *app.caption, *app.success, *app.error]]
    assert not any("![x](" in text or "<img" in text for text in shown)
    blocks = [str(block.proto.body) for block in app.get("html")]
    assert any("&lt;img" in block for block in blocks)
    assert not any("<img" in block for block in blocks)


def test_one_press_imports_and_the_next_step_is_offered(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)

    app.main.button[-1].click().run()

    assert not app.exception
    assert "3 items of tickets.csv arrived in Desk; 2 replies for review; 1 to be written" in words(app)
    assert "1 known already, 1 rejected" in words(app)
    assert states()[State.SUBMITTED] == 2
    assert states()[State.WAITING] == 1
    assert app.get("page_link")[0].proto.label == "Review the replies"
    assert "tickets.csv · 3 taken, 1 known, 1 rejected · Olga" in words(app)


def test_the_rejected_rows_of_past_imports_stay_at_hand(people: dict[str, int]) -> None:
    upload(page(people["olga"]), FILE).main.button[-1].click().run()

    [again] = page(people["olga"]).get("download_button")

    assert again.proto.label == "The rejected rows"


def test_the_same_file_again_brings_nothing(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)
    app.main.button[-1].click().run()

    upload(app, FILE)

    assert metrics(app)["new items"] == "0"
    assert "every row of this file is known already" in words(app)
    assert not [button for button in app.main.button if button.label.startswith("Import")]


def test_an_owner_chooses_what_happens_to_the_replies(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)
    app.radio(key="import_target").set_value(State.APPROVED).run()

    app.main.button[-1].click().run()

    assert states()[State.APPROVED] == 2
    assert "2 approved" in words(app)


def test_another_mapping_changes_what_will_happen(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)
    reply = next(box for box in app.selectbox if box.label == "Ideal reply")
    reply.select_index(0).run()

    assert metrics(app)["new items"] == "3"
    assert not app.radio

    next(box for box in app.selectbox if box.label == "Ideal reply").set_value("question").run()
    assert "cannot be both the question and the reply" in words(app)


def test_a_file_whose_columns_say_nothing_asks_for_the_question(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), "a,b\n1,2\n")

    assert "Choose the column that holds the customer's question." in words(app)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "empty.csv", "empty.csv is empty"),
        (b"PK\x03\x04", "book.xlsx", "book.xlsx cannot be read"),
        (b"PK\x03\x04", "pack.zip", "a zip archive"),
        (b"question,answer\n", "h.csv", "only its header"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    people: dict[str, int], data: bytes, name: str, said: str
) -> None:
    app = upload(page(people["olga"]), data, name)

    assert not app.exception
    assert said in words(app)
    assert not app.metric


def test_somebody_who_may_not_import_sees_no_page(people: dict[str, int]) -> None:
    app = AppTest.from_file(str(APP), default_timeout=20)
    app.session_state[session.PERSON] = people["anna"]
    app.run()

    assert "may not import items" in words(app.switch_page(PAGE).run())


CHAT = (
    '{"messages": [{"role": "user", "content": "first"}, {"role": "assistant", "content": "one"}, '
    '{"role": "user", "content": "second"}, {"role": "assistant", "content": "two"}], "status": "solved"}\n'
)


def box(app: AppTest, label: str) -> Any:
    return next(one for one in app.selectbox if one.label == label)


def test_the_turn_of_a_conversation_can_be_chosen(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), CHAT * 2, "chat.jsonl")

    assert "Read as openai-chat." in words(app)
    assert metrics(app)["new items"] == "1"
    box(app, "Which message is the question?").set_value(Turns.EVERY).run()
    assert metrics(app)["rows in the file"] == "4"
    app.main.button[-1].click().run()

    assert not app.exception
    assert states()[State.SUBMITTED] == 2


def test_a_sheet_of_a_workbook_can_be_chosen(people: dict[str, int]) -> None:
    book = workbook({"May": [["question"], ["a"]], "June": [["Frage", "Antwort"], ["b", "c"], ["d", "e"]]})
    app = upload(page(people["olga"]), book, "book.xlsx")

    assert "sheet May" in words(app)
    box(app, "Sheet").set_value("June").run()
    assert "sheet June" in words(app)
    assert box(app, "Customer's question").value == "Frage"
    app.main.button[-1].click().run()

    assert "2 items of book.xlsx arrived" in words(app)


def test_an_encoding_can_be_chosen_where_the_guess_is_wrong(people: dict[str, int]) -> None:
    data = "kérdés;válasz\nHol van a bőröndöm?;Hátul.\n".encode("cp1250")
    app = upload(page(people["olga"]), data, "h.csv")

    box(app, "Encoding").set_value("cp1250").run()

    blocks = [str(block.proto.body) for block in app.get("html")]
    assert not blocks
    box(app, "Customer's question").set_value("kérdés").run()
    assert any("bőröndöm" in str(block.proto.body) for block in app.get("html"))


def test_further_columns_are_kept_and_shown(people: dict[str, int]) -> None:
    text = "question,status,colour,Created at,Locale\nWhere?,open,red,2024-05-01,de\n"
    app = upload(page(people["olga"]), text)

    assert app.multiselect[0].value == ["status"]
    app.multiselect[0].set_value(["status", "colour"]).run()
    assert "German · asked 2024-05-01 · status: open · colour: red" in words(app)
    app.main.button[-1].click().run()

    [item] = items_in(session.workspace().store, 1, State.WAITING)
    assert item.about.details == (("status", "open"), ("colour", "red"))


def test_a_large_file_is_imported_in_the_background_and_its_report_shown(people: dict[str, int]) -> None:
    row = "x" * 900
    text = "question,answer\n" + "".join(f"q{number} {row},a\n" for number in range(14_000)) + ",blank\n"
    app = upload(page(people["olga"]), text)

    assert "This file is large (12 MB)" in words(app)
    assert not app.metric
    press = next(one for one in app.main.button if one.label == "Import in the background")
    press.click().run()
    assert not app.exception
    jobs = session.workspace().jobs
    pause = threading.Event()
    while jobs.unfinished():
        pause.wait(0.05)
    app.run()

    assert "14,000 items of tickets.csv arrived in Desk; 14,000 replies for review" in words(app)
    assert "Line 14002, question: The question is blank." in words(app)
    assert states()[State.SUBMITTED] == 14_000


def test_a_stopped_import_says_that_nothing_was_imported(people: dict[str, int]) -> None:
    text = "question\n" + "".join(f"q{number} {'x' * 200}\n" for number in range(70_000))
    app = upload(page(people["olga"]), text)
    next(one for one in app.main.button if one.label == "Import in the background").click().run()
    [job] = session.workspace().jobs.unfinished()

    store = session.workspace().store
    background.stop_import(store, session.workspace().jobs, job, person_by_id(store, people["olga"]))
    app.run()

    assert "The import was stopped. Nothing of the file was imported." in words(app)
    assert sum(states().values()) == 0

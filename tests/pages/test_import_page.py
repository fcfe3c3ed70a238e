"""The Import page: see what will happen, then let it happen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.curation.items import State, count_by_state
from core.curation.projects import create_project
from core.people.membership import grant
from core.people.persons import add_person
from core.people.roles import Role
from core.store.store import Store
from ui import session

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/curate/import_file.py"
BEACON = "![x](https://evil.example/a.png)<img src='https://evil.example/b.png'>"
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
    assert "Read as csv, encoding utf-8." in words(app)
    assert [box.value for box in app.selectbox if box.label != "Project"] == [
        "question",
        "answer",
        "topic",
        None,
        None,
    ]
    assert metrics(app) == {
        "rows in the file": "5",
        "new items": "3",
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


def test_the_same_file_again_brings_nothing(people: dict[str, int]) -> None:
    app = upload(page(people["olga"]), FILE)
    app.main.button[-1].click().run()

    upload(app, FILE)

    assert metrics(app)["new items"] == "0"
    assert "Nothing in this file is new" in words(app)
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
        (b"PK\x03\x04", "book.xlsx", "Excel workbook"),
        ("質問,回答\n荷物は,ここ\n".encode("shift_jis"), "j.csv", "encoding of j.csv is unknown"),
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

    with pytest.raises(ValueError, match="import_file"):
        app.switch_page(PAGE).run()

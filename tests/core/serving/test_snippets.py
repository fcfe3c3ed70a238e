"""The snippets of the hand-over run as they stand: against a real engine, and against another provider."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.answers.arms import ensure_arms_of_run
from core.serving.hand_over import HandOver, hand_over
from core.serving.snippets import Way, curl, python
from tests.core.engine.shop import TAUGHT
from tests.core.providers.fake_provider import KEY, FakeProvider, refusal
from tests.core.serving.asking import asked_by_curl, asked_by_python, chosen
from tests.core.training.desk import NGRAMS, Desk, open_desk, stop_engine

UNTAUGHT = "Qué opinas de la poesía medieval húngara?"


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, HandOver]]:
    """A desk whose tuned picker was chosen, with its real engine running."""
    home = tmp_path_factory.mktemp("serving") / "a home"
    desk = open_desk(home, {})
    run = desk.launch("local", NGRAMS)
    desk.finish(run)
    arms = ensure_arms_of_run(desk.store, desk.now(run), desk.owner)
    yield desk, hand_over(desk.store, desk.workspace.providers, chosen(desk, *arms))
    desk.close()
    stop_engine(home)


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider().start()
    yield provider
    provider.stop()


def test_curl_asks_the_engine_as_it_stands(tuned: tuple[Desk, HandOver]) -> None:
    _, found = tuned
    question, reply = TAUGHT[0]

    answer = asked_by_curl(curl(found.ways[0], question))

    assert answer["model"] == found.arm.model
    assert answer["choices"][0]["message"]["content"] == reply
    assert answer["touchstone"]["abstained"] is False


def test_the_program_asks_the_engine_as_it_stands(tuned: tuple[Desk, HandOver]) -> None:
    _, found = tuned
    question, reply = TAUGHT[0]

    assert asked_by_python(python(found.ways, question)) == reply


def test_what_the_picker_was_not_taught_goes_to_a_person(tuned: tuple[Desk, HandOver]) -> None:
    _, found = tuned

    assert asked_by_curl(curl(found.ways[0], UNTAUGHT))["touchstone"]["abstained"] is True
    assert asked_by_python(python(found.ways, UNTAUGHT)) == "None"


def test_the_key_is_named_by_where_it_lies_and_never_shown(tuned: tuple[Desk, HandOver]) -> None:
    desk, found = tuned
    key = (desk.store.home / "engine" / "key").read_text().strip()

    assert found.running
    assert found.ways[0].key_file == desk.store.home.absolute() / "engine" / "key"
    assert key not in python(found.ways) + curl(found.ways[0]) + repr(found)


def test_the_base_before_tuning_stands_in_for_the_first_choice(tuned: tuple[Desk, HandOver]) -> None:
    _, found = tuned

    assert found.fallback is not None
    assert [way.model for way in found.ways] == [found.arm.model, f"{found.arm.model}:ckpt-step-0"]


def test_where_the_chosen_model_is_down_the_program_asks_what_stands_in(fake: FakeProvider) -> None:
    way = Way(
        fake.secrets["TOUCHSTONE_PROVIDER_BASE_URL"], "SHOP_KEY", None, "second", "Be “brief”.", 0.0, False
    )
    dead = replace(way, base_url="http://127.0.0.1:9/v1", model="first")

    said = asked_by_python(python((dead, way), 'Where\'s my "parcel"?'), {"SHOP_KEY": KEY})

    assert said == 'You asked: Where\'s my "parcel"?'
    [request] = fake.asked("POST /chat/completions")
    assert request.json == {
        "model": "second",
        "messages": [
            {"role": "system", "content": "Be “brief”."},
            {"role": "user", "content": 'Where\'s my "parcel"?'},
        ],
        "temperature": 0.0,
    }


def test_where_nobody_can_answer_the_program_says_none(fake: FakeProvider) -> None:
    url = fake.secrets["TOUCHSTONE_PROVIDER_BASE_URL"]
    way = Way(url, "SHOP_KEY", None, "gone", "", None, picks_replies=False)
    fake.instead["POST /chat/completions"] = [refusal(404, "No such model.")] * 3

    assert asked_by_python(python((way,)), {"SHOP_KEY": KEY}) == "None"


def test_curl_sends_quotes_and_line_breaks_as_they_are(fake: FakeProvider) -> None:
    url = fake.secrets["TOUCHSTONE_PROVIDER_BASE_URL"]
    way = Way(url, "SHOP_KEY", None, "model-1", 'It\'s\n$HOME `date` "fine".', 0.0, picks_replies=False)

    asked_by_curl(curl(way, "Isn't it?"), {"SHOP_KEY": KEY})

    [request] = fake.asked("POST /chat/completions")
    assert request.json == way.body("Isn't it?")


def test_a_model_that_learned_from_a_forgotten_customer_is_handed_over_with_a_warning(
    tuned: tuple[Desk, HandOver],
) -> None:
    desk, found = tuned
    assert found.warnings == ()
    with desk.store.transaction("test") as tx:
        row = {"erasure_id": 1, "run_id": found.arm.run_id, "state": "kept", "note": ""}
        tx.insert("erased_runs", row)

    [warning] = hand_over(desk.store, desk.workspace.providers, found.choice).warnings

    assert warning.startswith("This model learned from examples of a customer who was forgotten since.")
    assert warning.endswith("Do not rely on it any longer; tune a new one.")

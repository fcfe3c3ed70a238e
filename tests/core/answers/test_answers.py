"""Arms, their answers to the test questions, and how often these are the expected reply."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.answers.arms import Arm, ArmKind, add_model_arm, arms_of, ensure_arms_of_run
from core.answers.ask import ask
from core.answers.examples import MOST
from core.answers.generate import AT_ONCE, GIVE_UP_AFTER, answer_missing, generate, register
from core.answers.measures import answers_frame, exact
from core.curation.items import Turn
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.errors import NotAllowed, ProviderFailed, Refused
from core.jobs.jobs import Cancelled, JobState, Task
from core.people.persons import add_person
from core.text.nearest import nearest
from core.training.runs import Run
from tests.core.providers.fake_provider import FakeProvider, refusal
from tests.core.training.desk import NGRAMS, Desk, open_desk, stop_engine

CHAT = "POST /chat/completions"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("answers") / "home"
    open_desk(home, {}).close()
    return home


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Run]]:
    """A desk whose run on the real engine is done."""
    home = tmp_path_factory.mktemp("tuned") / "home"
    desk = open_desk(home, {})
    run = desk.launch("local", NGRAMS)
    desk.finish(run)
    yield desk, desk.now(run)
    desk.close()
    stop_engine(home)


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider().start()
    yield provider
    provider.stop()
    assert provider.check is None or provider.check.violations == []


@pytest.fixture
def desk(tmp_path: Path, frozen: Path, fake: FakeProvider) -> Iterator[Desk]:
    opened = open_desk(Path(shutil.copytree(frozen, tmp_path / "home")), fake.secrets)
    register(opened.workspace)
    yield opened
    opened.close()


def arm_of(desk: Desk, model: str) -> Arm:
    provider = desk.workspace.providers.get("compatible")
    return add_model_arm(desk.store, desk.project.id, provider, model, "Be brief.", desk.owner)


def fill(desk: Desk, *arms: Arm) -> None:
    task = Task(desk.store, "test", lambda _progress: None)
    answer_missing(task, desk.store, desk.workspace.providers, desk.dataset.id, arms)


def test_the_base_of_a_local_run_chooses_among_the_same_replies(tuned: tuple[Desk, Run]) -> None:
    desk, run = tuned

    base, tuned_arm = ensure_arms_of_run(desk.store, run, desk.owner)

    assert (base.kind, base.model) == (ArmKind.BASE, f"{run.model}:ckpt-step-0")
    assert (tuned_arm.kind, tuned_arm.model) == (ArmKind.TUNED, run.model)
    assert base.instructions == tuned_arm.instructions == "Answer for the shop."
    assert base.picks_replies
    assert base.temperature is None
    assert ensure_arms_of_run(desk.store, run, desk.owner) == (base, tuned_arm)


def test_a_model_of_the_local_engine_that_writes_is_no_reply_picker(tuned: tuple[Desk, Run]) -> None:
    desk, _ = tuned
    provider = desk.workspace.providers.get("local")

    arm = add_model_arm(desk.store, desk.project.id, provider, "ft:qwen:shop::1", "Be brief.", desk.owner)

    assert not arm.picks_replies
    assert arm.temperature is not None


def test_a_reply_picker_shows_what_it_matched_and_has_no_tokens(tuned: tuple[Desk, Run]) -> None:
    desk, run = tuned
    _, arm = ensure_arms_of_run(desk.store, run, desk.owner)

    reply = ask(desk.workspace.providers, arm, "Where is my parcel?")

    assert reply.kind == "reply_picker"
    assert "two working days" in reply.text
    assert reply.matched_question is not None
    assert reply.similarity is not None
    assert reply.candidates[0].reply == reply.text
    assert (reply.input_tokens, reply.output_tokens) == (None, None)
    assert reply.seconds > 0


def test_the_tuned_arm_is_right_more_often_than_its_base(tuned: tuple[Desk, Run]) -> None:
    desk, run = tuned
    base, arm = ensure_arms_of_run(desk.store, run, desk.owner)

    fill(desk, base, arm)
    measured = exact(desk.store, desk.dataset.id, [base, arm])

    assert measured is not None
    assert measured.n == measured.n_test == desk.dataset.n_test
    assert measured.arms[arm.id].correct >= measured.arms[base.id].correct
    change = measured.paired[base.id, arm.id]
    assert change.fixed - change.broken == measured.arms[arm.id].correct - measured.arms[base.id].correct


def test_answers_stand_beside_the_expected_replies(desk: Desk, fake: FakeProvider) -> None:
    arm = arm_of(desk, "model-1")

    fill(desk, arm)
    frame = answers_frame(desk.store, desk.dataset.id, [arm])

    assert len(frame) == desk.dataset.n_test
    assert (frame["text"] == "You asked: " + frame["question"]).all()
    assert set(frame["arm"]) == {"model-1 (Compatible endpoint)"}
    assert set(frame["input_tokens"]) == {11}
    assert frame["error"].isna().all()


def test_the_model_reads_instructions_conversation_and_question(desk: Desk, fake: FakeProvider) -> None:
    said = (Turn("user", "Hello"), Turn("assistant", "Good day"))

    ask(desk.workspace.providers, arm_of(desk, "model-1"), "And now?", said)

    (request,) = fake.asked(CHAT)
    assert request.json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Good day"},
        {"role": "user", "content": "And now?"},
    ]
    assert request.json["temperature"] == 0


def test_a_model_is_shown_the_nearest_taught_replies_with_each_question(
    desk: Desk, fake: FakeProvider
) -> None:
    provider = desk.workspace.providers.get("compatible")
    plain = arm_of(desk, "model-1")
    arm = add_model_arm(desk.store, desk.project.id, provider, "model-1", "Be brief.", desk.owner, 2)
    taught = {row.question: row.reply for row in rows_of(desk.store, desk.dataset.id, Split.TRAIN)}

    fill(desk, arm)

    assert (arm.name, arm.examples) == ("model-1 (Compatible endpoint) shown 2 examples", 2)
    assert arm.id != plain.id
    for request in fake.asked(CHAT):
        instructions, *shown, question = request.json["messages"]
        asked, replies = shown[::2], shown[1::2]
        assert instructions == {"role": "system", "content": "Be brief."}
        assert question["role"] == "user"
        assert [turn["role"] for turn in shown] == ["user", "assistant"] * len(asked)
        assert [taught[turn["content"]] for turn in asked] == [turn["content"] for turn in replies]
        assert len({turn["content"] for turn in replies}) == len(replies) <= 2
        (ranked,) = nearest([question["content"]], list(taught))
        assert bool(ranked) == bool(shown)
        assert not ranked or asked[-1]["content"] == list(taught)[ranked[0]]


def test_a_picker_is_shown_no_examples_and_no_model_too_many(desk: Desk) -> None:
    local, compatible = (desk.workspace.providers.get(name) for name in ("local", "compatible"))

    with pytest.raises(Refused, match="reads the question alone"):
        add_model_arm(desk.store, desk.project.id, local, NGRAMS, "Be brief.", desk.owner, 1)
    for number in (-1, MOST + 1):
        with pytest.raises(Refused, match=f"0 to {MOST} examples"):
            add_model_arm(desk.store, desk.project.id, compatible, "model-1", "", desk.owner, number)


def test_arms_take_turns_question_by_question(desk: Desk, fake: FakeProvider) -> None:
    one, two = arm_of(desk, "model-1"), arm_of(desk, "model-2")

    fill(desk, one, two)

    asked = [request.json["model"] for request in fake.asked(CHAT)]
    half = len(asked) // 2
    assert abs(asked[:half].count("model-1") - asked[:half].count("model-2")) <= 4
    assert len(asked) == 2 * desk.dataset.n_test


def test_what_is_answered_is_not_asked_again(desk: Desk, fake: FakeProvider) -> None:
    arm = arm_of(desk, "model-1")

    fill(desk, arm)
    fill(desk, arm)

    assert len(fake.asked(CHAT)) == desk.dataset.n_test


def test_a_failed_answer_is_kept_as_failed_and_asked_for_again_later(desk: Desk, fake: FakeProvider) -> None:
    arm = arm_of(desk, "model-1")
    fake.instead[CHAT] = [refusal(400, "This question is refused.")]

    fill(desk, arm)
    (failed,) = answers_frame(desk.store, desk.dataset.id, [arm]).query("text.isna()")["error"]
    before = exact(desk.store, desk.dataset.id, [arm])
    fill(desk, arm)
    after = exact(desk.store, desk.dataset.id, [arm])

    assert "This question is refused" in failed
    assert before is not None
    assert before.n == desk.dataset.n_test - 1
    assert after is not None
    assert after.n == desk.dataset.n_test
    assert len(fake.asked(CHAT)) == desk.dataset.n_test + 1


def test_a_key_that_is_refused_stops_the_asking_at_once(desk: Desk, fake: FakeProvider) -> None:
    arm = arm_of(desk, "model-1")
    fake.instead[CHAT] = [refusal(403, "Not for this key")] * 100

    with pytest.raises(ProviderFailed, match="does not allow this key"):
        fill(desk, arm)

    assert len(fake.asked(CHAT)) <= 5
    assert exact(desk.store, desk.dataset.id, [arm]) is None


def test_a_provider_that_is_down_is_not_asked_every_question(desk: Desk, fake: FakeProvider) -> None:
    arms = [arm_of(desk, f"model-{number}") for number in range(8)]
    fake.instead[CHAT] = [refusal(400, "Out of order.")] * 100

    with pytest.raises(ProviderFailed, match="Out of order"):
        fill(desk, *arms)

    assert GIVE_UP_AFTER <= len(fake.asked(CHAT)) < GIVE_UP_AFTER + 2 * AT_ONCE
    assert len(arms) * desk.dataset.n_test > GIVE_UP_AFTER + 2 * AT_ONCE


def test_what_was_asked_when_the_work_was_stopped_is_kept(desk: Desk, fake: FakeProvider) -> None:
    task = Task(desk.store, "test", lambda _progress: None)
    task.cancelled.set()
    arm = arm_of(desk, "model-1")

    with pytest.raises(Cancelled):
        answer_missing(task, desk.store, desk.workspace.providers, desk.dataset.id, [arm])

    asked = len(fake.asked(CHAT))
    assert 0 < asked <= AT_ONCE
    assert len(answers_frame(desk.store, desk.dataset.id, [arm])) == asked


def test_answers_come_in_the_background(desk: Desk, fake: FakeProvider) -> None:
    arm = arm_of(desk, "model-1")

    job = generate(desk.store, desk.workspace.jobs, desk.dataset.id, [arm], desk.owner)
    while job.unfinished:
        time.sleep(0.02)
        job = desk.workspace.jobs.get(job.id)

    assert job.state is JobState.DONE
    assert job.outcome == f"All {desk.dataset.n_test} held-out questions are answered."


def test_two_pieces_of_work_at_the_same_time_ask_nothing_twice(desk: Desk, fake: FakeProvider) -> None:
    arms, enough = [arm_of(desk, "model-1"), arm_of(desk, "model-2")], threading.Event()
    fake.says = lambda _: "Gladly." if enough.wait(30) else ""
    jobs = desk.workspace.jobs

    begun = [generate(desk.store, jobs, desk.dataset.id, order, desk.owner) for order in (arms, arms[::-1])]
    while jobs.get(begun[1].id).progress is None:
        time.sleep(0.02)
    enough.set()
    while jobs.unfinished():
        time.sleep(0.02)

    assert [jobs.get(job.id).state for job in begun] == [JobState.DONE, JobState.DONE]
    assert len(fake.asked(CHAT)) == 2 * desk.dataset.n_test


def test_only_who_may_ask_has_models_asked(desk: Desk, fake: FakeProvider) -> None:
    rita = add_person(desk.store, "rita@example.com", "Rita")
    arm = arm_of(desk, "model-1")

    with pytest.raises(NotAllowed, match="ask the models"):
        generate(desk.store, desk.workspace.jobs, desk.dataset.id, [arm], rita)

    assert fake.requests == []


def test_the_same_arm_is_not_made_twice_and_one_without_a_model_not_at_all(desk: Desk) -> None:
    assert arm_of(desk, "model-1") == arm_of(desk, " model-1 ")
    assert len(arms_of(desk.store, desk.project.id)) == 1
    with pytest.raises(Refused, match="Name the model"):
        arm_of(desk, "  ")


def test_a_run_without_a_model_has_no_arms_yet(desk: Desk) -> None:
    run = desk.launch()

    with pytest.raises(Refused, match="has no model to ask yet"):
        ensure_arms_of_run(desk.store, run, desk.owner)

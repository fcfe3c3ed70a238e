"""What of a conversation is learned: the assistant's weighted words, and their end."""

from pathlib import Path
from typing import Any

import pytest

from core.engine.errors import JobFailed
from core.formats.conversation import Example, Message
from core.formats.training_file import ParsedExample
from tests.core.engine.lora.school import EXTRA, UNMARKED, with_template

making = pytest.importorskip("core.engine.lora.lessons", reason=EXTRA)
templates = pytest.importorskip("core.engine.lora.template", reason=EXTRA)
loading = pytest.importorskip("core.engine.lora.loading", reason=EXTRA)
shipped = pytest.importorskip("trl.chat_template_utils", reason=EXTRA)

SYSTEM = Message("developer", "You are kind.")
TALK = Example(
    (
        SYSTEM,
        Message("user", "Where is my parcel?"),
        Message("assistant", "Who are you?"),
        Message("user", "Anna."),
        Message("assistant", "It left today."),
    )
)


def open_at(model: Path) -> Any:
    return templates.open_chat(loading.load_tokenizer(model))


@pytest.fixture(scope="module")
def chat(tiny: Path) -> Any:
    return open_at(tiny)


def lessons(chat: Any, *examples: Example, most_tokens: int = 250) -> list[Any]:
    parsed = [ParsedExample(line, example) for line, example in enumerate(examples, start=1)]
    return [*making.lessons_of(chat, parsed, most_tokens, "training_file").pieces]


def learned(chat: Any, lesson: Any) -> str:
    return str(chat.tokenizer.decode([label for label in lesson.labels if label >= 0]))


def read(chat: Any, lesson: Any) -> str:
    return str(chat.tokenizer.decode(lesson.ids))


def weighted(first: int | None, second: int | None) -> Example:
    replies = {2: first, 4: second}
    messages = enumerate(TALK.messages)
    return Example(tuple(Message(said.role, said.content, replies.get(at)) for at, said in messages))


def test_every_reply_of_a_conversation_is_learned_with_its_end(chat: Any) -> None:
    (lesson,) = lessons(chat, TALK)

    assert learned(chat, lesson) == "Who are you?<|im_end|>It left today.<|im_end|>"
    assert read(chat, lesson).startswith("<|im_start|>system\nYou are kind.<|im_end|>")


def test_a_reply_of_weight_0_is_read_but_not_learned(chat: Any) -> None:
    (first_off,) = lessons(chat, weighted(0, 1))
    (last_off,) = lessons(chat, weighted(None, 0))

    assert learned(chat, first_off) == "It left today.<|im_end|>"
    assert learned(chat, last_off) == "Who are you?<|im_end|>"
    assert "Who are you?" in read(chat, first_off)


def test_a_template_without_marks_gives_a_lesson_for_each_weighted_reply(tiny: Path, tmp_path: Path) -> None:
    chat = open_at(with_template(tiny, tmp_path / "unmarked", UNMARKED))

    first, second = lessons(chat, TALK)
    (only,) = lessons(chat, weighted(0, 1))

    assert "{% generation %}" in chat.notice
    assert learned(chat, first) == "Who are you?<|im_end|>\n"
    assert learned(chat, second) == learned(chat, only) == "It left today.<|im_end|>\n"
    assert read(chat, second).startswith(read(chat, first))


def test_a_template_whose_marks_leave_out_the_end_is_not_trusted(tiny: Path, tmp_path: Path) -> None:
    endless = UNMARKED.replace(
        "{{ message['content'] }}<|im_end|>{% else",
        "{% generation %}{{ message['content'] }}{% endgeneration %}<|im_end|>{% else",
    )
    chat = open_at(with_template(tiny, tmp_path / "endless", endless))

    (lesson,) = lessons(chat, weighted(0, 1))

    assert chat.marking is None
    assert learned(chat, lesson) == "It left today.<|im_end|>\n"


def test_a_model_without_a_template_is_given_a_plain_one(tiny: Path, tmp_path: Path) -> None:
    chat = open_at(with_template(tiny, tmp_path / "bare", None))

    (lesson,) = lessons(chat, TALK)

    assert "no chat template of its own" in chat.notice
    assert learned(chat, lesson) == "Who are you?<|im_end|>It left today.<|im_end|>"
    prompt = chat.prompt([{"role": "user", "content": "Where?"}])
    assert chat.tokenizer.decode(prompt) == "User:\nWhere?\n\nAssistant:\n"


def test_a_known_family_needs_no_marks_of_its_own(tiny: Path, tmp_path: Path) -> None:

    chat = open_at(with_template(tiny, tmp_path / "qwen", shipped.qwen3_instruct_2507_chat_template))

    (lesson,) = lessons(chat, weighted(0, 1))

    assert chat.notice == ""
    assert learned(chat, lesson).startswith("It left today.<|im_end|>")


def test_what_is_too_long_is_cut_at_its_end_and_counted(chat: Any) -> None:

    long = Example((Message("user", "Where? " * 60), Message("assistant", "Here.")))
    talk = Example((Message("user", "Where?"), Message("assistant", "Here it is, my dear friend. " * 9)))
    parsed = [ParsedExample(line, example) for line, example in enumerate((TALK, long, talk), start=1)]

    taught = making.lessons_of(chat, parsed, 100, "training_file")

    assert (taught.examples, taught.cut, taught.left_out) == (3, 2, 1)
    assert [len(lesson.ids) <= 100 for lesson in taught.pieces] == [True, True]
    (notice,) = taught.notices(100, "training_file")
    assert notice.level == "warn"
    assert notice.message.startswith("2 of 3 examples of the training file are longer than 100 tokens")
    assert "1 of them lost the whole reply" in notice.message


def test_a_file_of_which_nothing_is_left_is_refused(chat: Any) -> None:
    long = Example((Message("user", "Where? " * 60), Message("assistant", "Here.")))

    with pytest.raises(JobFailed, match="Nothing of the training file can be learned"):
        lessons(chat, long, most_tokens=50)


def test_control_signs_in_a_training_file_are_refused_with_their_line(chat: Any) -> None:
    signed = Example((Message("user", "Hi<|im_end|>"), Message("assistant", "Hello.")))

    with pytest.raises(JobFailed, match=r"Line 2: a message contains <\|im_end\|>"):
        lessons(chat, TALK, signed)


def test_a_conversation_the_template_refuses_is_told_with_its_line(tiny: Path, tmp_path: Path) -> None:
    strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + UNMARKED
    chat = open_at(with_template(tiny, tmp_path / "strict", strict))

    with pytest.raises(JobFailed, match=r"Line 1: the model's chat template does not take this.*no system"):
        lessons(chat, TALK)

"""JSON records: chat lines, prompt and completion, instructions, any objects; every broken line is listed."""

import json
from typing import Any

import pytest

from core.curation.intake.reading import read_file
from core.curation.intake.table import Table
from core.curation.items import Turn
from core.errors import Refused


def lines(*documents: Any, name: str = "file.jsonl") -> Table:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    return read_file(name, "\n".join(texts).encode())


def said(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def test_a_conversation_becomes_its_last_question_with_the_turns_before_it() -> None:
    found = lines(
        {
            "messages": [
                said("system", "Be kind."),
                said("user", "Hello"),
                said("assistant", "Hi!"),
                said("user", "Where is my bag?"),
                said("assistant", "On belt 4."),
            ],
            "ticket": "T-1",
        }
    )

    assert found.format == "openai-chat"
    assert found.columns == ("question", "reply", "ticket")
    assert found.rows[0].cells == ("Where is my bag?", "On belt 4.", "T-1")
    assert found.rows[0].conversation == (Turn("user", "Hello"), Turn("assistant", "Hi!"))
    assert found.notes == ("1 system message left out: a project has instructions of its own.",)


def test_two_assistant_messages_at_the_end_are_one_reply() -> None:
    found = lines({"messages": [said("user", "q"), said("assistant", "One."), said("assistant", "Two.")]})

    assert found.rows[0].cells == ("q", "One.\n\nTwo.")


def test_a_last_reply_that_is_not_to_be_learned_is_not_taken_for_ideal() -> None:
    found = lines(
        {
            "messages": [
                said("user", "q"),
                said("assistant", "good", weight=1),
                said("user", "thanks"),
                said("assistant", "bye", weight=0),
            ]
        }
    )

    assert found.rows[0].cells == ("q", "good")
    assert "weight 0" in found.notes[0]


def test_each_broken_line_is_listed_once_and_the_others_are_read() -> None:
    good = {"messages": [said("user", "q"), said("assistant", "a")]}
    found = lines(
        good,
        '{"messages": [',
        {"messages": "none"},
        {"messages": [said("bot", "x"), said("human", "y")]},
        "[1, 2]",
        "",
        {"prompt": "old"},
        '{"messages": [{"role": "user", "content": "\\ud83d"}, {"role": "assistant", "content": "a"}]}',
        good,
    )

    assert [row.line for row in found.rows] == [1, 9]
    assert [one.line for one in found.rejected] == [2, 3, 4, 5, 7, 8]
    assert all(one.reason.endswith(".") for one in found.rejected)


def test_keys_of_any_objects_are_columns_and_nested_ones_are_left_out_and_named() -> None:
    found = lines(
        {"question": "q", "answer": "a", "n": 3, "ok": True, "none": None, "tags": ["x"], "meta": {"y": 1}},
        {"question": "q2", "extra": "e"},
    )

    assert found.format == "jsonl"
    assert found.columns == ("question", "answer", "n", "ok", "none", "extra")
    assert found.rows[0].cells == ("q", "a", "3", "true", "", "")
    assert found.rows[1].cells == ("q2", "", "", "", "", "e")
    assert "meta, tags" in found.notes[0]


def test_a_list_where_the_others_have_text_is_listed() -> None:
    found = lines({"question": "q"}, {"question": ["q"]}, {"question": "r"})

    assert [(one.line, one.field) for one in found.rejected] == [(2, "question")]


def test_the_question_of_an_instruction_includes_the_text_it_is_about() -> None:
    found = read_file(
        "alpaca.json", json.dumps([{"instruction": "Sum up", "input": "a text", "output": "short"}]).encode()
    )

    assert found.format == "alpaca"
    assert found.columns[0] == "instruction + input"
    assert found.rows[0].cells[0] == "Sum up\na text"


def test_marks_that_old_training_files_end_with_are_removed_and_said_so() -> None:
    found = lines(
        {"prompt": "one\n\n###\n\n", "completion": " 1 END"},
        {"prompt": "two\n\n###\n\n", "completion": " 2 END"},
    )

    assert found.format == "prompt-completion"
    assert [row.cells for row in found.rows] == [("one", " 1"), ("two", " 2")]
    assert len(found.notes) == 2


def test_records_of_one_list_are_counted_from_one() -> None:
    found = read_file("list.json", b'[{"question": "a"}, 7, {"question": "b"}]')

    assert found.format == "json"
    assert [row.line for row in found.rows] == [1, 3]
    assert [one.line for one in found.rejected] == [2]


def test_json_is_known_by_what_stands_in_it_whatever_the_file_is_called() -> None:
    assert lines({"question": "q"}, {"question": "r"}, name="export.txt").format == "jsonl"
    assert lines({"question": "q"}, {"question": "r"}, name="export.json").format == "jsonl"
    assert read_file("file.jsonl", b'[\n{"question": "a"}\n]').format == "json"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", '{"question": "q"}', "one JSON object"),
        ("a.json", '[{"question": "q"},\n{"question" "r"}]', "line 2, column 13"),
        ("a.json", "[]", "without an object"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.jsonl", "nothing\nat all", "No line of a.jsonl can be read. Line 1"),
        ("a.json", '[{"conversations": [{"from": "human", "value": "x"}]}]', "ShareGPT"),
        ("a.json", '{"type": "conversation.list", "conversations": []}', "Intercom"),
        ("a.jsonl", '{"id": 1, "comments": [{"body": "x"}]}', "Zendesk"),
        ("a.jsonl", '{"input": {}, "preferred_output": [], "non_preferred_output": []}', "preference pairs"),
    ],
)
def test_other_shapes_are_refused_by_their_name(name: str, text: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_file(name, text.encode())

    assert reason in str(refused.value)
    assert "othing was imported" in str(refused.value)

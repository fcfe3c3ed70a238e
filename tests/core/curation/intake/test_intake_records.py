"""JSON records: chat lines, prompt and completion, instructions, any objects; every broken line is listed."""

import json
from typing import Any

import pytest

from core.curation.items import Turn
from core.errors import Refused
from tests.core.curation.intake.files import found, lines


def said(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def test_a_conversation_becomes_its_last_question_with_the_turns_before_it() -> None:
    read = lines(
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

    assert read.format == "openai-chat"
    assert read.columns == ("question", "reply", "ticket")
    assert read.rows[0].cells == ("Where is my bag?", "On belt 4.", "T-1")
    assert read.rows[0].conversation == (Turn("user", "Hello"), Turn("assistant", "Hi!"))
    assert read.notes == ("Left out: 1 system message; a project has instructions of its own.",)


def test_two_assistant_messages_at_the_end_are_one_reply() -> None:
    read = lines({"messages": [said("user", "q"), said("assistant", "One."), said("assistant", "Two.")]})

    assert read.rows[0].cells == ("q", "One.\n\nTwo.")


def test_a_last_reply_that_is_not_to_be_learned_is_not_taken_for_ideal() -> None:
    read = lines(
        {
            "messages": [
                said("user", "q"),
                said("assistant", "good", weight=1),
                said("user", "thanks"),
                said("assistant", "bye", weight=0),
            ]
        }
    )

    assert read.rows[0].cells == ("q", "good")
    assert "weight 0" in read.notes[0]


def test_each_broken_line_is_listed_once_and_the_others_are_read() -> None:
    good = {"messages": [said("user", "q"), said("assistant", "a")]}
    read = lines(
        good,
        '{"messages": [',
        {"messages": "none"},
        {"messages": [said("ghost", "x"), said("human", "y")]},
        "[1, 2]",
        "",
        {"prompt": "old"},
        '{"messages": [{"role": "user", "content": "\\ud83d"}, {"role": "assistant", "content": "a"}]}',
        good,
    )

    assert [row.line for row in read.rows] == [1, 9]
    assert [one.line for one in read.rejected] == [2, 3, 4, 5, 7, 8]
    assert all(one.reason.endswith(".") for one in read.rejected)


def test_keys_of_any_objects_are_columns_and_what_nests_deeper_is_left_out_and_named() -> None:
    read = lines(
        {
            "question": "q",
            "answer": "a",
            "n": 3,
            "ok": True,
            "none": None,
            "tags": ["x", "z"],
            "meta": {"y": 1},
            "deep": [{"z": 1}],
        },
        {"question": "q2", "extra": "e"},
    )

    assert read.format == "jsonl"
    assert read.columns == ("question", "answer", "n", "ok", "none", "tags", "meta.y", "extra")
    assert read.rows[0].cells == ("q", "a", "3", "true", "", "x, z", "1", "")
    assert read.rows[1].cells == ("q2", "", "", "", "", "", "", "e")
    assert read.notes == ("Left out, because they hold lists or objects: deep.",)


def test_a_list_where_the_others_have_text_is_listed() -> None:
    read = lines({"question": "q"}, {"question": [["q"]]}, {"question": {"a": 1}}, {"question": "r"})

    assert [(one.line, one.field) for one in read.rejected] == [(2, "question"), (3, "question")]


def test_the_question_of_an_instruction_includes_the_text_it_is_about() -> None:
    record = {"instruction": "Sum up", "input": "a text", "output": "short"}
    read = found(json.dumps([record]), "alpaca.json")

    assert read.format == "alpaca"
    assert read.columns[0] == "instruction + input"
    assert read.rows[0].cells[0] == "Sum up\na text"


def test_marks_that_old_training_files_end_with_are_removed_and_said_so() -> None:
    read = lines(
        {"prompt": "one\n\n###\n\n", "completion": " 1 END"},
        {"prompt": "two\n\n###\n\n", "completion": " 2 END"},
    )

    assert read.format == "prompt-completion"
    assert [row.cells for row in read.rows] == [("one", " 1"), ("two", " 2")]
    assert len(read.notes) == 2


def test_records_of_one_list_are_counted_from_one() -> None:
    read = found('[{"question": "a"}, 7, {"question": "b"}]', "list.json")

    assert read.format == "json"
    assert [row.line for row in read.rows] == [1, 3]
    assert [one.line for one in read.rejected] == [2]


def test_json_is_known_by_what_stands_in_it_whatever_the_file_is_called() -> None:
    assert lines({"question": "q"}, {"question": "r"}, name="export.txt").format == "jsonl"
    assert lines({"question": "q"}, {"question": "r"}, name="export.json").format == "jsonl"
    assert found('[\n{"question": "a"}\n]', "file.jsonl").format == "json"
    assert found('{"tickets": [\n{"question": "a"},\n{"question": "b"}\n]}', "page.jsonl").format == "json"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", '"question"', "holds a text, not a list of objects"),
        ("a.json", '[{"question": "q"},\n{"question" "r"}]', "line 2, column 13"),
        ("a.json", "[]", "without an object"),
        ("a.json", "[1, 2]", "without an object"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.json", '{"a": ' * 100_000, "nested too deeply"),
        ("a.jsonl", "nothing\nat all", "No line of a.jsonl can be read. Line 1"),
        ("a.jsonl", ("[" * 100_000 + "\n") * 2, "nested too deeply"),
        ("a.jsonl", '{"a": ' + "9" * 5_000 + "}\n{", "number that is too long"),
    ],
)
def test_what_holds_no_records_is_refused_with_the_place_and_the_reason(
    name: str, text: str, reason: str
) -> None:
    with pytest.raises(Refused) as refused:
        found(text, name)

    assert reason in str(refused.value)
    assert name in str(refused.value)
    assert "othing was imported" in str(refused.value)


def test_one_record_alone_is_a_file_of_one() -> None:
    assert found('{"question": "q", "answer": "a"}', "one.json").cells == [("q", "a")]


@pytest.mark.parametrize("key", ["tickets", "records", "results", "data"])
def test_records_are_found_in_the_object_that_holds_them(key: str) -> None:
    page = {"count": 2, "next_page": None, key: [{"description": "a"}, {"description": "b"}]}

    assert found(json.dumps(page), "page.json").cells == [("a",), ("b",)]


def test_a_column_that_begins_very_late_is_counted_as_left_out() -> None:
    many = [{"question": f"q{number}"} for number in range(1_000)]

    read = lines(*many, {"question": "q", "topic": "t"})

    assert read.columns == ("question",)
    assert "Left out: 1 row's columns" in read.notes[0]


def test_dolly_and_preference_pairs_are_known_by_their_keys() -> None:
    dolly = lines({"instruction": "i", "context": "", "response": "r", "category": "c"})
    pair = lines({"prompt": "p", "chosen": "good", "rejected": "bad"})

    assert (dolly.format, pair.format) == ("dolly", "preference-pairs")
    assert dolly.rows[0].cells[0] == "i"

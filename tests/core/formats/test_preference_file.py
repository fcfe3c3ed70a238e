"""Preference files: what a line must hold, and what is said of one that does not."""

import json
from typing import Any

import pytest

from core.formats.conversation import Message
from core.formats.preference_file import parse_preference_file

QUESTION = {"role": "user", "content": "Where is my parcel?"}
GOOD = {"role": "assistant", "content": "It left our house today."}
BAD = {"role": "assistant", "content": "No idea."}


def line(**changes: Any) -> bytes:
    whole = {
        "input": {"messages": [QUESTION]},
        "preferred_output": [GOOD],
        "non_preferred_output": [BAD],
    } | changes
    return json.dumps({key: value for key, value in whole.items() if value is not ...}).encode() + b"\n"


def test_a_preference_is_a_conversation_and_two_replies() -> None:
    parsed = parse_preference_file(line())

    assert parsed.problems == ()
    preference = parsed.preferences[0].preference
    assert preference.messages == (Message("user", "Where is my parcel?"),)
    assert (preference.preferred, preference.other) == ("It left our house today.", "No idea.")
    assert preference.question == "Where is my parcel?"


def test_the_older_names_of_the_two_replies_are_read_too() -> None:
    older = {"preferred_output": ..., "non_preferred_output": ...}
    parsed = parse_preference_file(
        line(**older, preferred_completion=[GOOD], non_preferred_completion=[BAD])
        + line(**older, preferred_completion=[GOOD])
    )

    assert [one.preference.preferred for one in parsed.preferences] == ["It left our house today."]
    assert [str(problem) for problem in parsed.problems] == [
        "Line 2, field non_preferred_completion: The key non_preferred_completion is missing."
    ]


def test_an_empty_list_of_tools_as_in_the_published_sample_is_no_tool_call() -> None:
    published = {"messages": [QUESTION], "tools": [], "parallel_tool_calls": True}

    assert parse_preference_file(line(input=published)).problems == ()


def test_lines_are_counted_as_they_stand_and_a_byte_order_mark_is_noted() -> None:
    parsed = parse_preference_file(b"\xef\xbb\xbf" + line() + line(input=...) + line())

    assert [one.line for one in parsed.preferences] == [1, 3]
    assert [problem.line for problem in parsed.problems] == [2]
    assert parsed.bom


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"input": ...}, "input", "missing"),
        ({"input": None}, "input", "object"),
        ({"input": {"messages": []}}, "input.messages", "not empty"),
        ({"input": {"messages": [QUESTION], "tools": [{"type": "function"}]}}, "input.tools", "Tool calls"),
        ({"preferred_output": None}, "preferred_output", "exactly one"),
        ({"preferred_output": [GOOD, GOOD]}, "preferred_output", "exactly one"),
        ({"non_preferred_output": [QUESTION]}, "non_preferred_output[0].role", "assistant's"),
        ({"non_preferred_output": [GOOD]}, "non_preferred_output", "the same"),
        ({"preferred_completion": [GOOD]}, "preferred_completion", "unknown"),
        (
            {"preferred_output": [{"role": "assistant", "content": " "}]},
            "preferred_output[0].content",
            "no text",
        ),
        ({"input": {"messages": [{"role": "user"}]}}, "input.messages[0].content", "missing"),
    ],
)
def test_a_wrong_line_is_told_with_its_field(changes: dict[str, Any], place: str, reason: str) -> None:
    parsed = parse_preference_file(line(**changes))

    assert parsed.preferences == ()
    assert place in [problem.field for problem in parsed.problems]
    assert any(reason in problem.reason for problem in parsed.problems)


def test_a_chat_example_is_told_to_be_no_preference() -> None:
    parsed = parse_preference_file(json.dumps({"messages": [QUESTION, GOOD]}).encode())

    assert [str(problem) for problem in parsed.problems] == [
        "Line 1: The line is no preference: it has none of input, preferred_output, non_preferred_output."
    ]


def test_what_is_no_json_is_told_too() -> None:
    parsed = parse_preference_file(b"{'input': 1}\n\n" + "é".encode("latin-1") + b"\n[]\n")

    assert [problem.line for problem in parsed.problems] == [1, 2, 3, 4]
    assert parse_preference_file("{}".encode("utf-16")).problems[0].reason.startswith("The file is UTF-16")

"""Conversations: who asked, who replied, which turn is the question, and what is said to neither of them."""

import json
from typing import Any

import pytest

from core.curation.intake.table import Turns
from core.curation.items import Turn
from tests.core.curation.intake.files import Found, found, lines

HELLO = [("user", "Hello"), ("user", "Me again"), ("assistant", "Hi!"), ("assistant", "How can I help?")]
BAG = [("user", "Where is my bag?"), ("assistant", "On belt 4.")]
THANKS = [("user", "Thanks!")]


def chat(*said: tuple[str, str], turns: Turns = Turns.LAST, key: str = "messages") -> Found:
    return lines({key: [{"role": role, "content": text} for role, text in said]}, turns=turns)


def exchanged(read: Found) -> list[tuple[str | None, ...]]:
    return [row.cells[:2] for row in read.rows]


def test_the_last_turn_of_the_customer_is_the_question_by_default() -> None:
    read = chat(*HELLO, *BAG)

    assert exchanged(read) == [("Where is my bag?", "On belt 4.")]
    assert read.rows[0].conversation == (
        Turn("user", "Hello\n\nMe again"),
        Turn("assistant", "Hi!\n\nHow can I help?"),
    )


def test_a_conversation_that_ends_with_the_customer_waits_for_a_reply() -> None:
    assert exchanged(chat(*HELLO, *BAG, *THANKS)) == [("Thanks!", "")]
    assert exchanged(chat(*THANKS)) == [("Thanks!", "")]


def test_the_first_turn_may_be_chosen() -> None:
    read = chat(*HELLO, *BAG, turns=Turns.FIRST)

    assert exchanged(read) == [("Hello\n\nMe again", "Hi!\n\nHow can I help?")]
    assert read.rows[0].conversation == ()


def test_every_reply_may_become_an_item_with_the_conversation_before_it() -> None:
    read = chat(*HELLO, *BAG, *THANKS, turns=Turns.EVERY)

    assert exchanged(read) == [
        ("Hello\n\nMe again", "Hi!\n\nHow can I help?"),
        ("Where is my bag?", "On belt 4."),
    ]
    assert [len(row.conversation) for row in read.rows] == [0, 2]
    assert [row.line for row in read.rows] == [1, 1]
    assert read.notes == ("Left out: 1 last message of a customer that nobody answered.",)


def test_with_every_reply_a_question_nobody_answered_still_waits() -> None:
    assert exchanged(chat(*THANKS, turns=Turns.EVERY)) == [("Thanks!", "")]


def test_an_agent_may_speak_first() -> None:
    read = chat(("assistant", "Welcome"), *BAG)

    assert read.rows[0].conversation == (Turn("assistant", "Welcome"),)


@pytest.mark.parametrize("which", list(Turns))
def test_a_conversation_in_which_no_customer_speaks_is_listed(which: Turns) -> None:
    read = chat(("assistant", "Anybody there?"), turns=which)

    assert [(one.line, one.field) for one in read.rejected] == [(1, "messages")]
    assert "No message of the customer" in read.rejected[0].reason


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"messages": [{"role": "human", "content": "q"}, {"role": "bot", "content": "a"}]}, "openai-chat"),
        ({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}, "sharegpt"),
        (
            {"conversation": [{"speaker": "Customer", "text": "q"}, {"speaker": "AGENT", "text": "a"}]},
            "conversations",
        ),
        ({"original": [["customer", "q"], ["action", "search"], ["agent", "a"]]}, "conversations"),
        (
            {"dialogue": [{"author": {"type": "user"}, "body": "q"}, {"role": "agent", "body": "a"}]},
            "conversations",
        ),
        (
            {"prompt": "q", "chosen": [{"role": "assistant", "content": "a"}], "rejected": []},
            "preference-pairs",
        ),
        (
            {
                "input": {"messages": [{"role": "user", "content": "q"}]},
                "preferred_output": [{"role": "assistant", "content": "a"}],
                "non_preferred_output": [{"role": "assistant", "content": "b"}],
            },
            "preference-pairs",
        ),
    ],
)
def test_many_ways_to_write_a_conversation_are_read(record: dict[str, Any], kind: str) -> None:
    read = lines(record)

    assert (read.format, exchanged(read)) == (kind, [("q", "a")])


def test_what_is_said_to_neither_side_is_left_out_and_counted() -> None:
    record = {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": [{"type": "text", "text": "q"}]},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
            {"role": "tool", "content": "{}", "tool_call_id": "1"},
            {"role": "assistant", "content": " "},
            {"role": "assistant", "content": "a"},
        ]
    }

    read = lines(record)

    assert exchanged(read) == [("q", "a")]
    assert [note.split(":")[0] + note.split(":")[1][:3] for note in read.notes] == [
        "Left out 1 ",
        "Left out 2 ",
        "Left out 1 ",
    ]


@pytest.mark.parametrize(
    ("messages", "field", "reason"),
    [
        ("none", "messages", "must be a list of messages, and is a text"),
        ([], "messages", "is empty"),
        (["hi"], "messages[0]", "must be a JSON object"),
        ([{"content": "q"}], "messages[0].role", "role is missing"),
        ([{"role": "user"}], "messages[0].content", "content is missing"),
        ([{"role": "user", "content": 7}], "messages[0].content", "must be a text, and is a number"),
        ([{"role": "ghost", "content": "q"}], "messages[0].role", "Who speaks is unknown: 'ghost'"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "messages[0].content[0]", "a picture or"),
        ([{"role": "user", "content": "q"}, {"role": "assistant", "content": ""}], "messages[1]", "no text"),
        ([{"role": "user", "content": "q", "weight": 2}], "messages[0].weight", "0 or 1"),
    ],
)
def test_a_broken_message_is_listed_with_its_place(messages: Any, field: str, reason: str) -> None:
    read = lines({"messages": messages})

    [rejected] = read.rejected
    assert rejected.field == field
    assert reason in rejected.reason


def test_a_ticket_is_the_public_exchange_of_requester_and_agents() -> None:
    ticket = {
        "id": 7,
        "subject": "Bag",
        "requester_id": 1,
        "status": "solved",
        "tags": ["lost", "bag"],
        "created_at": "2024-01-11T09:00:00Z",
        "comments": [
            {"author_id": 1, "public": True, "plain_body": "Where is my bag?", "html_body": "<p>no</p>"},
            {"author_id": 5, "public": False, "plain_body": "She always asks."},
            {
                "author_id": 5,
                "public": True,
                "html_body": "<p>On <b>belt&nbsp;4</b>.<br>Bye</p><script>x</script>",
            },
        ],
    }

    read = lines(ticket, {**ticket, "id": 8, "comments": [], "description": "Only this"})

    assert read.format == "zendesk"
    named = [dict(zip(read.columns, row.cells, strict=True)) for row in read.rows]
    assert named[0] == {
        "question": "Where is my bag?",
        "reply": "On belt\xa04.\nBye",
        "id": "7",
        "subject": "Bag",
        "requester_id": "1",
        "status": "solved",
        "tags": "lost, bag",
        "created_at": "2024-01-11T09:00:00Z",
    }
    assert (named[1]["question"], named[1]["reply"]) == ("Only this", "")
    assert read.notes == ("Left out: 1 internal note.",)


def test_a_conversation_of_intercom_is_its_source_and_its_parts() -> None:
    def part(kind: str, author: str, body: str | None) -> dict[str, Any]:
        return {"part_type": kind, "author": {"type": author}, "body": body}

    conversation = {
        "type": "conversation",
        "id": "9",
        "created_at": 1_700_000_000,
        "title": "Bag",
        "source": {"body": "<p>Where is my bag?</p>", "author": {"type": "lead", "email": "a@b.example"}},
        "tags": {"tags": [{"name": "lost"}]},
        "conversation_parts": {
            "conversation_parts": [
                part("note", "admin", "<p>hm</p>"),
                part("assignment", "admin", None),
                part("comment", "bot", "<p>One moment</p>"),
                part("comment", "admin", "<p>Belt 4</p><img src='https://evil.example/x.png'>"),
            ]
        },
    }

    for text in (conversation, {"type": "conversation.list", "conversations": [conversation]}):
        read = found(json.dumps(text), "intercom.json")
        named = dict(zip(read.columns, read.rows[0].cells, strict=True))
        assert read.format == "intercom"
        assert (named["question"], named["reply"]) == ("Where is my bag?", "One moment\n\nBelt 4")
        assert (named["customer"], named["subject"], named["tags"]) == ("a@b.example", "Bag", "lost")
        assert named["created_at"] == "1700000000"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"requester_id": 1, "comments": [{"author_id": 1, "body": 7}]}, "comments[0].body"),
        ({"requester_id": 1, "comments": [{"author_id": 2, "body": "x"}]}, "comments"),
        ({"conversation_parts": 7}, "conversation_parts"),
        ({"conversation_parts": [7]}, "conversation_parts[0]"),
        ({"conversation_parts": [], "source": {"body": ["x"]}}, "source.body"),
    ],
)
def test_a_broken_ticket_is_listed_with_its_place(record: dict[str, Any], field: str) -> None:
    assert [one.field for one in lines(record).rejected] == [field]

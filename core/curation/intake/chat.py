"""Chat records (`messages`): the customer's last message is the question, those before its conversation."""

import json
from collections import defaultdict

from core.curation.intake.record import Record
from core.curation.intake.table import Rejected, Row, Table, counted
from core.curation.items import Turn
from core.formats.conversation import Example, Message
from core.formats.training_file import Problem, parse_chat_file

QUESTION, REPLY = "question", "reply"
BREAK = "\n\n"


def read_chat(name: str, encoding: str, records: list[Record], notes: list[str]) -> Table:
    """A row for each conversation; keys beside `messages` that hold plain values become columns."""
    parsed = parse_chat_file(b"".join(map(_line, records)))
    extra = _plain_keys(records)
    rows = [_row(records[found.line - 1], found.example, extra) for found in parsed.examples]
    instructed = sum(bool(found.example.instructions) for found in parsed.examples)
    if instructed:
        notes.append(
            f"{counted(instructed, 'system message')} left out: a project has instructions of its own."
        )
    cut = sum(not found.example.reply_is_learned for found in parsed.examples)
    if cut:
        notes.append(
            f"{counted(cut, 'conversation')} with a last reply of weight 0, which is not to be learned: "
            "the last one with weight was taken."
        )
    return Table(
        name,
        "openai-chat",
        encoding,
        (QUESTION, REPLY, *extra),
        tuple(rows),
        _rejected(records, parsed.problems),
        tuple(notes),
    )


def _line(record: Record) -> bytes:
    """The record as a line of its own, with `messages` alone: other keys are no fault here."""
    if record.text is not None and len(record.document) == 1:
        return record.text.encode("utf-8", "surrogateescape") + b"\n"
    document = {key: record.document[key] for key in ("messages",) if key in record.document}
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _rejected(records: list[Record], problems: tuple[Problem, ...]) -> tuple[Rejected, ...]:
    """One entry a record, however much is wrong with it."""
    by_record: dict[int, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_record[problem.line].append(problem)
    return tuple(
        Rejected(records[number - 1].line, found[0].field, " ".join(one.reason for one in found))
        for number, found in by_record.items()
    )


def _plain_keys(records: list[Record]) -> tuple[str, ...]:
    seen = dict.fromkeys(key for record in records for key in record.document)
    nested = {
        key for record in records for key, value in record.document.items() if isinstance(value, list | dict)
    }
    return tuple(key for key in seen if key not in nested | {QUESTION, REPLY, "messages"})


def _row(record: Record, example: Example, extra: tuple[str, ...]) -> Row:
    said = _until_learned(example.messages)
    asked = max(place for place, message in enumerate(said) if message.role == "user")
    reply = BREAK.join(message.content for message in said[asked + 1 :] if message.role == "assistant")
    before = tuple(
        Turn(message.role, message.content)
        for message in said[:asked]
        if message.role in {"user", "assistant"} and message.content.strip()
    )
    others = (_cell(record.document.get(key)) for key in extra)
    return Row(record.line, (said[asked].content, reply, *others), before)


def _until_learned(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The conversation up to its last reply that is to be learned, if a customer asked before it."""
    places = [at for at, said in enumerate(messages) if said.role == "assistant" and said.weight != 0]
    asked = any(said.role == "user" for said in messages[: places[-1]]) if places else False
    return messages[: places[-1] + 1] if asked else messages


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)

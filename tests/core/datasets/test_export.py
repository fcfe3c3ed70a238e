"""What is exported reads back as what was frozen, in every format, and runs in no spreadsheet."""

import csv
import io
import json
from typing import Any

import pandas as pd
import pytest

from core.curation.items import NewItem, Turn, add_item
from core.curation.review import approve
from core.curation.writing import submit
from core.datasets.export import Format, chat_file, export
from core.datasets.splitting import Shares, Split
from core.datasets.versions import FrozenRow, freeze, rows_of
from core.errors import Refused
from core.formats.training_file import parse_chat_file
from tests.core.curation.desk import Desk

NASTY = (
    ('=HYPERLINK("http://example.com")', "+44 is our code, and the desk is open."),
    ("@everyone, where is my bag?", "-5 degrees are too cold for it."),
    ("Line one\u2028line two\u2029three\x85four\r\nfive?", "Reply one\u2028reply two\n\nreply three"),
    ('He said "hello, \\n you", and then? 🧳 é 行李', '\tIndented, with a "quote" and, a comma.'),
    ("\x00 is no character a person types", "But it has to come back: \x00"),
)  # fmt: skip
TURNS = (Turn("user", "Hello, I lost a bag."), Turn("assistant", "Which flight was it?"))
INSTRUCTIONS = "You answer for the airport."


@pytest.fixture
def dataset_id(desk: Desk) -> str:
    for question, reply in NASTY:
        desk.approved(question, reply, topic="=1+1")
    with desk.store.transaction(desk.olga.email) as tx:
        item = add_item(tx, desk.project.id, NewItem("It was the one from Oslo", TURNS), desk.olga)
    submit(desk.store, item.id, "We found it: desk 4 keeps it for you.", desk.anna)
    approve(desk.store, item.id, desk.ben)
    return freeze(desk.store, desk.project, Shares(100, 0, 0), 1, desk.olga).id


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode().split("\n") if line]


def pairs(rows: list[FrozenRow]) -> set[tuple[str, str]]:
    return {(row.question, row.reply) for row in rows}


def test_the_frozen_rows_are_what_was_approved_to_the_letter(desk: Desk, dataset_id: str) -> None:
    stripped = {(question, reply.strip()) for question, reply in NASTY}

    assert stripped <= pairs(rows_of(desk.store, dataset_id))


def test_the_chat_file_reads_back_without_a_problem(desk: Desk, dataset_id: str) -> None:
    parsed = parse_chat_file(export(desk.store, dataset_id, Split.TRAIN, Format.OPENAI_CHAT))

    assert parsed.problems == ()
    messages = [one.example.messages for one in parsed.examples]
    assert {(said[-2].content, said[-1].content) for said in messages} == pairs(
        rows_of(desk.store, dataset_id)
    )
    assert {said[0].content for said in messages} == {INSTRUCTIONS}
    (longest,) = [said for said in messages if len(said) > 3]
    assert [message.role for message in longest] == ["system", "user", "assistant", "user", "assistant"]
    assert (longest[2].weight, longest[4].weight) == (0, None)


def test_the_same_dataset_exports_to_the_same_bytes(desk: Desk, dataset_id: str) -> None:
    assert chat_file(desk.store, dataset_id, Split.TRAIN) == export(
        desk.store, dataset_id, Split.TRAIN, Format.OPENAI_CHAT
    )
    assert chat_file(desk.store, dataset_id, Split.TEST) == b""


@pytest.mark.parametrize("form", [Format.PROMPT_COMPLETION, Format.SHAREGPT, Format.ALPACA, Format.TRL])
def test_other_formats_are_one_json_object_a_line_with_the_same_replies(
    desk: Desk, dataset_id: str, form: Format
) -> None:
    rows = rows_of(desk.store, dataset_id)
    written = lines(export(desk.store, dataset_id, Split.TRAIN, form))

    replies = {
        Format.PROMPT_COMPLETION: lambda line: line["completion"],
        Format.SHAREGPT: lambda line: line["conversations"][-1]["value"],
        Format.ALPACA: lambda line: line["output"],
        Format.TRL: lambda line: line["completion"][0]["content"],
    }
    assert [replies[form](line) for line in written] == [row.reply for row in rows]
    for line, row in zip(written, rows, strict=True):
        said = json.dumps(line, ensure_ascii=False)
        assert json.dumps(row.question, ensure_ascii=False)[1:-1] in said
        assert INSTRUCTIONS in said


def test_no_cell_of_a_csv_file_is_run_by_a_spreadsheet(desk: Desk, dataset_id: str) -> None:
    data = export(desk.store, dataset_id, Split.TRAIN, Format.CSV)
    written = list(csv.DictReader(io.StringIO(data.decode(), newline="")))

    cells = [cell for row in written for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    found = {row["reply"].removeprefix("'") for row in written}
    assert found == {row.reply for row in rows_of(desk.store, dataset_id)}


def test_a_parquet_file_holds_the_same_rows(desk: Desk, dataset_id: str) -> None:
    frame = pd.read_parquet(io.BytesIO(export(desk.store, dataset_id, Split.TRAIN, Format.PARQUET)))

    assert list(frame["reply"]) == [row.reply for row in rows_of(desk.store, dataset_id)]
    assert set(frame["split"]) == {"train"}


def test_preference_pairs_are_refused_with_the_reason(desk: Desk, dataset_id: str) -> None:
    with pytest.raises(Refused, match=r"a dataset holds ideal replies only.*another format"):
        export(desk.store, dataset_id, Split.TRAIN, Format.DPO)


def test_an_unknown_dataset_is_refused_in_every_format(desk: Desk) -> None:
    for form in Format:
        with pytest.raises(Refused):
            export(desk.store, "ds-nothing", Split.TRAIN, form)

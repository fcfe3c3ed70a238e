"""Export: a split of a dataset as the lines a trainer reads."""

import csv
import io
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pandas as pd

from core.datasets.splitting import Split
from core.datasets.versions import FrozenRow, dataset_by_id, rows_of
from core.errors import Refused
from core.formats.conversation import Example, Message
from core.formats.training_file import write_chat_file
from core.store.store import Store
from core.text.spreadsheet import without_formula


class Format(StrEnum):
    """A file format that trainers or people read."""

    OPENAI_CHAT = "openai-chat"
    PROMPT_COMPLETION = "prompt-completion"
    SHAREGPT = "sharegpt"
    ALPACA = "alpaca"
    TRL = "trl"
    DPO = "dpo"
    CSV = "csv"
    PARQUET = "parquet"


def export(store: Store, dataset_id: str, split: Split, form: Format) -> bytes:
    """One split of a dataset as a file.

    Raises:
        Refused: there is no such dataset, or the format needs what a dataset of ideal replies has not.
    """
    if form is Format.DPO:
        raise Refused(
            "Preference pairs need a chosen and a rejected answer, and a dataset holds ideal replies only. "
            "Choose another format."
        )
    if form is Format.OPENAI_CHAT:
        return chat_file(store, dataset_id, split)
    rows = rows_of(store, dataset_id, split)
    instructions = dataset_by_id(store, dataset_id).instructions
    if form is Format.CSV:
        return _csv(rows)
    if form is Format.PARQUET:
        return _frame(rows).to_parquet(index=False)
    line = LINES[form]
    return "".join(json.dumps(line(row, instructions), ensure_ascii=False) + "\n" for row in rows).encode()


def chat_file(store: Store, dataset_id: str, split: Split) -> bytes:
    """One split in OpenAI's chat format, one conversation a line.

    Raises:
        Refused: there is no such dataset.
    """
    instructions = dataset_by_id(store, dataset_id).instructions
    return write_chat_file([chat_example(row, instructions) for row in rows_of(store, dataset_id, split)])


def chat_example(row: FrozenRow, instructions: str) -> Example:
    """A golden pair as a conversation; earlier assistant turns are shown, not trained on."""
    system = [Message("system", instructions)] if instructions else []
    earlier = [
        Message(turn.role, turn.text, weight=0 if turn.role == "assistant" else None)
        for turn in row.conversation
    ]
    return Example((*system, *earlier, Message("user", row.question), Message("assistant", row.reply)))


def _prompt_completion(row: FrozenRow, instructions: str) -> dict[str, Any]:
    return {"prompt": "\n\n".join(filter(None, [instructions, _asked(row)])), "completion": row.reply}


def _sharegpt(row: FrozenRow, instructions: str) -> dict[str, Any]:
    names = {"user": "human", "assistant": "gpt"}
    system = [{"from": "system", "value": instructions}] if instructions else []
    earlier = [{"from": names[turn.role], "value": turn.text} for turn in row.conversation]
    last = [{"from": "human", "value": row.question}, {"from": "gpt", "value": row.reply}]
    return {"conversations": [*system, *earlier, *last]}


def _alpaca(row: FrozenRow, instructions: str) -> dict[str, Any]:
    return {"instruction": instructions, "input": _asked(row), "output": row.reply}


def _trl(row: FrozenRow, instructions: str) -> dict[str, Any]:
    said = chat_example(row, instructions).messages
    plain = [{"role": message.role, "content": message.content} for message in said]
    return {"prompt": plain[:-1], "completion": plain[-1:]}


LINES: dict[Format, Callable[[FrozenRow, str], dict[str, Any]]] = {
    Format.PROMPT_COMPLETION: _prompt_completion,
    Format.SHAREGPT: _sharegpt,
    Format.ALPACA: _alpaca,
    Format.TRL: _trl,
}


def _asked(row: FrozenRow) -> str:
    """The question with its conversation, as one text."""
    if not row.conversation:
        return row.question
    earlier = "\n".join(f"{turn.role}: {turn.text}" for turn in row.conversation)
    return f"{earlier}\nuser: {row.question}"


def _frame(rows: list[FrozenRow]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": [_asked(row) for row in rows],
            "reply": [row.reply for row in rows],
            "topic": [row.topic for row in rows],
            "split": [row.split.value for row in rows],
        }
    )


def _csv(rows: list[FrozenRow]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "reply", "topic", "split"])
    for row in rows:
        cells = [_asked(row), row.reply, row.topic or "", row.split.value]
        writer.writerow([without_formula(cell) for cell in cells])
    return out.getvalue().encode()

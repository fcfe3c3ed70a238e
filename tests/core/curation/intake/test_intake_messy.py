"""Real, messy files: each is imported, its rows counted another way, or refused with the right reason."""

import csv
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet
import pytest

from core.curation.intake.table import Turns
from core.curation.intake.upload import ImportReport
from core.curation.projects import Project
from core.errors import Refused
from tests.core.curation.intake.files import found

Import = Callable[..., ImportReport]


@dataclass(frozen=True)
class Csv:
    """How to read a delimited file by hand."""

    encoding: str = "utf-8"
    delimiter: str = ","
    preamble: int = 0

    def __call__(self, path: Path) -> int:
        with path.open(encoding=self.encoding, newline="") as file:
            rows = [row for row in csv.reader(file, delimiter=self.delimiter) if row]
        return len(rows) - 1 - self.preamble


def jsonl(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text("utf-8").split("\n"))


def json_list(path: Path) -> int:
    return len(json.loads(path.read_text("utf-8")))


def json_under(*keys: str) -> Callable[[Path], int]:
    def count(path: Path) -> int:
        document = json.loads(path.read_text("utf-8"))
        for key in keys:
            document = document[key]
        return len(document)

    return count


def one(_: Path) -> int:
    return 1


def rules(path: Path) -> int:
    return len(re.findall(r"(?m)^=== .* ===$", path.read_text("utf-8")))


def parquet(path: Path) -> int:
    rows: int = pyarrow.parquet.read_metadata(path).num_rows
    return rows


def sheet_rows(path: Path) -> int:
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ") - 1


@dataclass(frozen=True)
class Expected:
    """What a file is, how its rows are counted by hand, and how many of them cannot be taken."""

    count: Callable[[Path], int]
    format: str
    encoding: str = "utf-8"
    rejected: int = 0


FILES = {
    "messy/alpaca_array.json": Expected(json_list, "alpaca"),
    "messy/big5.csv": Expected(Csv("big5"), "csv", "big5"),
    "messy/cp1252_semicolon.csv": Expected(Csv("cp1252", ";"), "csv", "cp1252"),
    "messy/dolly.jsonl": Expected(jsonl, "dolly"),
    "messy/duplicate_headers_blank_cols.csv": Expected(Csv(), "csv"),
    "messy/duplicates_near.csv": Expected(Csv(), "csv"),
    "messy/formula_injection.csv": Expected(Csv(), "csv"),
    "messy/intercom_conversations.json": Expected(json_under("conversations"), "intercom"),
    "messy/legacy_prompt_completion.jsonl": Expected(jsonl, "prompt-completion"),
    "messy/openai_chat.jsonl": Expected(jsonl, "openai-chat"),
    "messy/openai_chat_broken_lines.jsonl": Expected(jsonl, "openai-chat", rejected=7),
    "messy/openai_chat_weights_multi.jsonl": Expected(jsonl, "openai-chat"),
    "messy/pii.csv": Expected(Csv(), "csv"),
    "messy/plain_transcript.txt": Expected(rules, "transcript"),
    "messy/qa.parquet": Expected(parquet, "parquet", "binary"),
    "messy/qa_two_sheets.xlsx": Expected(sheet_rows, "xlsx", "binary"),
    "messy/ragged_rows.csv": Expected(Csv(), "csv", rejected=6),
    "messy/sharegpt.json": Expected(json_list, "sharegpt"),
    "messy/shift_jis.csv": Expected(Csv("shift_jis"), "csv", "shift_jis"),
    "messy/unicode_edge.csv": Expected(Csv(), "csv"),
    "messy/unzip_log_preamble.csv": Expected(Csv(preamble=2), "csv", rejected=250),
    "messy/utf16le_bom_tab.csv": Expected(Csv("utf-16", "\t"), "tsv", "utf-16-le"),
    "messy/utf8_bom_crlf.csv": Expected(Csv("utf-8-sig"), "csv", "utf-8-sig"),
    "messy/zendesk_tickets.ndjson": Expected(jsonl, "zendesk"),
    "messy/zendesk_views_export.csv": Expected(Csv(), "csv"),
    "abcd_sample.json": Expected(json_list, "conversations"),
    "format_alpaca_instructions.json": Expected(json_list, "alpaca"),
    "format_axolotl_conversation.json": Expected(one, "sharegpt"),
    "format_preference_pairs.json": Expected(json_list, "preference-pairs"),
    "format_reference_plus_model_response.json": Expected(json_list, "alpaca"),
    "format_sharegpt_dummy.json": Expected(json_list, "sharegpt"),
    "format_sharegpt_toolcall.json": Expected(json_list, "sharegpt"),
    "multiturn_sgd.jsonl": Expected(jsonl, "openai-chat"),
    "zendesk_like_tickets.json": Expected(json_under("records"), "json"),
}

REFUSED = {
    "messy/empty.csv": "is empty",
    "messy/header_only.csv": "only its header (question, answer) and no rows",
    "messy/lfs_pointer.csv": "Git LFS pointer",
}


@pytest.mark.parametrize("name", FILES)
def test_every_row_of_a_file_is_taken_known_or_listed(
    shared: Path, desk: Project, bring: Import, name: str
) -> None:
    expected = FILES[name]
    path = shared / "data" / name

    read = found(path.read_bytes(), path.name).reading
    report = bring(desk, path.read_bytes(), path.name)

    assert (read.format, read.encoding) == (expected.format, expected.encoding)
    assert report.rows == expected.count(path)
    assert report.rows == report.taken + report.duplicates + len(report.rejected)
    assert len(report.rejected) == expected.rejected
    assert all(one.reason.endswith(".") for one in report.rejected)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_the_right_reason(
    shared: Path, desk: Project, bring: Import, name: str
) -> None:
    path = shared / "data" / name

    with pytest.raises(Refused) as refused:
        bring(desk, path.read_bytes(), path.name)

    assert path.name in str(refused.value)
    assert REFUSED[name] in str(refused.value)
    assert "othing was imported" in str(refused.value)


def test_no_file_is_left_out(shared: Path) -> None:
    folder = shared / "data"
    files = [*(folder / "messy").iterdir(), *folder.glob("format_*"), *folder.glob("zendesk*")]

    assert {path.relative_to(folder).as_posix() for path in files} <= FILES.keys() | REFUSED.keys()


@pytest.mark.parametrize(
    ("name", "replies"),
    [
        ("multiturn_sgd.jsonl", lambda line: [one["role"] for one in line["messages"]].count("assistant")),
        (
            "messy/zendesk_tickets.ndjson",
            lambda line: sum(
                one["public"] and one["author_id"] != line["requester_id"] for one in line["comments"]
            ),
        ),
    ],
)
def test_with_every_turn_each_reply_to_a_customer_is_a_row(
    shared: Path, desk: Project, bring: Import, name: str, replies: Callable[[object], int]
) -> None:
    path = shared / "data" / name
    expected = sum(replies(json.loads(line)) for line in path.read_text("utf-8").splitlines())

    report = bring(desk, path.read_bytes(), path.name, turns=Turns.EVERY)

    assert report.rows == expected
    assert report.with_reply == report.taken == report.rows - report.duplicates


def test_the_formulas_of_a_spreadsheet_arrive_as_the_text_they_are(
    shared: Path, desk: Project, bring: Import
) -> None:
    path = shared / "data/messy/formula_injection.csv"

    assert bring(desk, path.read_bytes(), path.name).taken == 4

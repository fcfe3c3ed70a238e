"""Real, messy files: each is imported, its rows counted another way, or refused with the right reason."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.curation.intake.intake import ImportReport
from core.curation.projects import Project
from core.errors import Refused

Import = Callable[..., ImportReport]


@dataclass(frozen=True)
class Csv:
    """How to read a delimited file by hand."""

    encoding: str = "utf-8"
    delimiter: str = ","
    preamble: int = 0

    def count(self, path: Path) -> int:
        with path.open(encoding=self.encoding, newline="") as file:
            rows = [row for row in csv.reader(file, delimiter=self.delimiter) if row]
        return len(rows) - 1 - self.preamble


def jsonl_rows(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text("utf-8").split("\n"))


def json_records(path: Path) -> int:
    return len(json.loads(path.read_text("utf-8")))


TABLES = {
    "cp1252_semicolon.csv": (Csv("cp1252", ";"), "cp1252", 0),
    "duplicate_headers_blank_cols.csv": (Csv(), "utf-8", 0),
    "duplicates_near.csv": (Csv(), "utf-8", 0),
    "formula_injection.csv": (Csv(), "utf-8", 0),
    "pii.csv": (Csv(), "utf-8", 0),
    "ragged_rows.csv": (Csv(), "utf-8", 6),
    "unicode_edge.csv": (Csv(), "utf-8", 0),
    "unzip_log_preamble.csv": (Csv(preamble=2), "utf-8", 250),
    "utf16le_bom_tab.csv": (Csv("utf-16", "\t"), "utf-16-le", 0),
    "utf8_bom_crlf.csv": (Csv("utf-8-sig"), "utf-8-sig", 0),
    "zendesk_views_export.csv": (Csv(), "utf-8", 0),
}

RECORDS = {
    "alpaca_array.json": ("alpaca", 0),
    "dolly.jsonl": ("jsonl", 0),
    "legacy_prompt_completion.jsonl": ("prompt-completion", 0),
    "openai_chat.jsonl": ("openai-chat", 0),
    "openai_chat_broken_lines.jsonl": ("openai-chat", 10),
    "openai_chat_weights_multi.jsonl": ("openai-chat", 0),
}

REFUSED = {
    "big5.csv": "encoding of big5.csv is unknown",
    "empty.csv": "is empty",
    "header_only.csv": "only its header",
    "intercom_conversations.json": "Intercom",
    "lfs_pointer.csv": "Git LFS pointer",
    "plain_transcript.txt": "plain transcript",
    "qa.parquet": "Parquet",
    "qa_two_sheets.xlsx": "Excel workbook",
    "sharegpt.json": "ShareGPT",
    "shift_jis.csv": "encoding of shift_jis.csv is unknown",
    "zendesk_tickets.ndjson": "Zendesk",
}

UNNAMED_FORMATS = ("encoding", "empty", "header", "pointer")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_is_taken_known_or_listed(
    shared: Path, desk: Project, bring: Import, name: str
) -> None:
    by_hand, encoding, rejected = TABLES[name]
    path = shared / "data/messy" / name

    report = bring(desk, path.read_bytes(), name)

    assert report.encoding == encoding
    assert report.rows == by_hand.count(path)
    assert report.rows == report.taken + report.duplicates + len(report.rejected)
    assert len(report.rejected) == rejected


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_of_a_file_is_taken_known_or_listed(
    shared: Path, desk: Project, bring: Import, name: str
) -> None:
    kind, rejected = RECORDS[name]
    path = shared / "data/messy" / name

    report = bring(desk, path.read_bytes(), name)

    assert report.format == kind
    assert report.rows == (json_records if path.suffix == ".json" else jsonl_rows)(path)
    assert report.rows == report.taken + report.duplicates + len(report.rejected)
    assert len(report.rejected) == rejected


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_the_right_reason_and_what_is_supported(
    shared: Path, desk: Project, bring: Import, name: str
) -> None:
    path = shared / "data/messy" / name

    with pytest.raises(Refused) as refused:
        bring(desk, path.read_bytes(), name)

    sentence = str(refused.value)
    assert name in sentence
    assert REFUSED[name] in sentence
    assert "othing was imported" in sentence
    assert "Supported are CSV" in sentence or any(word in sentence for word in UNNAMED_FORMATS)


def test_no_messy_file_is_left_out(shared: Path) -> None:
    files = {path.name for path in (shared / "data/messy").iterdir()}

    assert files == TABLES.keys() | RECORDS.keys() | REFUSED.keys()


def test_the_formulas_of_a_spreadsheet_arrive_as_the_text_they_are(
    shared: Path, desk: Project, bring: Import
) -> None:
    path = shared / "data/messy/formula_injection.csv"

    report = bring(desk, path.read_bytes(), path.name)

    assert report.taken == 4

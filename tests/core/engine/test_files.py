"""Files: kept byte for byte, for what they are meant for, as long as was asked."""

import io
import sqlite3
from pathlib import Path
from typing import Any

import openai
import pytest

from core.engine.database import Database
from core.engine.errors import ApiError
from core.engine.files import FileShelf
from core.engine.home import Home
from tests.core.engine.batching import input_file
from tests.core.engine.running import NGRAMS, RunningEngine, chat_file, upload
from tests.core.engine.shop import TAUGHT

HOUR, THIRTY_DAYS = 3600, 30 * 24 * 3600


def test_a_file_comes_back_byte_for_byte_under_its_own_name(client: openai.OpenAI) -> None:
    data = bytes(range(256)) * 5000
    kept = client.files.create(file=("Über uns.jsonl", data), purpose="fine-tune")
    answer = client.files.with_raw_response.content(kept.id)

    assert answer.content == data
    assert kept.bytes == len(data)
    assert kept.filename == "Über uns.jsonl"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%9Cber%20uns.jsonl"


@pytest.mark.parametrize("name", ["../../key", "/etc/passwd", "a\\b", ".", "x" * 300, "a\x00b"])
def test_the_name_of_a_file_never_becomes_a_path(
    client: openai.OpenAI, engine: RunningEngine, name: str
) -> None:
    kept = client.files.create(file=(name, b"{}"), purpose="fine-tune")

    folder = engine.home / "engine" / "files"
    assert (folder / kept.id).read_bytes() == b"{}"
    assert {path.name for path in folder.iterdir()} == {file.id for file in client.files.list()}


@pytest.mark.parametrize("way", ["retrieve", "content", "delete"])
@pytest.mark.parametrize("name", ["../key", "..%2Fkey", "%2e%2e%2fkey", "file-nowhere"])
def test_no_path_leads_out_of_the_shelf(client: openai.OpenAI, way: str, name: str) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        getattr(client.files, way)(name)

    assert missing.value.code in {"file_not_found", "unknown_url"}


@pytest.mark.parametrize("purpose", ["assistants", "vision", "user_data", "evals", "fine-tune-results", ""])
def test_a_purpose_that_nothing_here_serves_is_refused(client: openai.OpenAI, purpose: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="takes: fine-tune, batch") as refused:
        client.files.create(file=("a.jsonl", b"{}"), purpose=purpose)

    assert (refused.value.param, refused.value.code) == ("purpose", "unsupported_value")


def test_a_file_is_used_for_its_purpose_only(client: openai.OpenAI) -> None:
    batch = input_file(client, [{"custom_id": "1"}])

    with pytest.raises(openai.BadRequestError, match="has the purpose 'batch'") as refused:
        client.fine_tuning.jobs.create(model=NGRAMS, training_file=batch)

    assert (refused.value.param, refused.value.code) == ("training_file", "invalid_training_file")


def test_files_are_listed_by_purpose_in_either_order_and_paged(client: openai.OpenAI) -> None:
    made = [client.files.create(file=(f"{n}.jsonl", b"{}"), purpose="batch").id for n in range(3)]

    batches = [file.id for file in client.files.list(purpose="batch", order="asc")]
    first = client.files.list(purpose="batch", limit=2)

    assert batches[-3:] == made
    assert [file.id for file in first.data] == made[:0:-1]
    assert first.has_more
    assert client.files.list(purpose="batch", after=first.data[-1].id).data[0].id == made[0]
    assert client.files.list(purpose="fine-tune-results", limit=1).data == []


@pytest.mark.parametrize("seconds", [HOUR, THIRTY_DAYS])
def test_a_file_says_when_it_will_go(client: openai.OpenAI, seconds: int) -> None:
    kept = client.files.create(
        file=("a.jsonl", b"{}"), purpose="batch", expires_after={"anchor": "created_at", "seconds": seconds}
    )

    assert kept.expires_at == kept.created_at + seconds
    assert client.files.retrieve(kept.id).expires_at == kept.expires_at
    assert "expires_at" not in client.files.retrieve(upload(client, b"{}")).model_fields_set


@pytest.mark.parametrize(
    ("expiry", "param"),
    [
        ({"anchor": "created_at", "seconds": HOUR - 1}, "expires_after.seconds"),
        ({"anchor": "created_at", "seconds": THIRTY_DAYS + 1}, "expires_after.seconds"),
        ({"anchor": "created_at", "seconds": "soon"}, "expires_after.seconds"),
        ({"anchor": "created_at"}, "expires_after.seconds"),
        ({"anchor": "yesterday", "seconds": HOUR}, "expires_after.anchor"),
        ({"seconds": HOUR}, "expires_after.anchor"),
    ],
)
def test_a_time_out_of_bounds_is_refused(client: openai.OpenAI, expiry: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.files.create(file=("a.jsonl", b"{}"), purpose="batch", expires_after=expiry)

    assert refused.value.param == param


def test_a_file_whose_time_is_over_is_gone_with_its_bytes(tmp_path: Path) -> None:
    shelf = _shelf(tmp_path)
    kept = shelf.store(io.BytesIO(b"{}"), "kept.jsonl", "batch")
    over = shelf.store(io.BytesIO(b"{}"), "over.jsonl", "batch", kept_seconds=0)

    with pytest.raises(ApiError, match="There is no file"):
        shelf.get(over.id)

    assert shelf.get(kept.id) == kept
    assert [path.name for path in shelf.home.files.iterdir()] == [kept.id]
    shelf.database.close()


def test_a_file_that_is_worked_with_outlives_its_time(tmp_path: Path) -> None:
    shelf = _shelf(tmp_path)
    over = shelf.store(io.BytesIO(b"{}"), "over.jsonl", "batch", kept_seconds=0)
    _batch_over(shelf.database, over.id, "in_progress")

    assert shelf.get(over.id) == over
    with shelf.database.transaction() as tx:
        tx.execute("UPDATE batches SET status = 'completed'")

    with pytest.raises(ApiError, match="There is no file"):
        shelf.get(over.id)
    shelf.database.close()


def test_files_of_an_older_engine_are_still_there(tmp_path: Path) -> None:
    home = Home.inside(tmp_path)
    with sqlite3.connect(home.database) as older:
        older.execute(
            "CREATE TABLE files (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL,"
            " created_at INTEGER NOT NULL, bytes INTEGER NOT NULL, filename TEXT NOT NULL,"
            " purpose TEXT NOT NULL, sha256 TEXT NOT NULL)"
        )
        older.execute("INSERT INTO files VALUES (1, 'file-old', 7, 2, 'a.jsonl', 'fine-tune', 'x')")
    older.close()
    database = Database(home.database)

    assert FileShelf(home, database).get("file-old").expires_at is None
    database.close()


def test_a_name_that_holds_a_line_break_cannot_forge_a_header(client: openai.OpenAI) -> None:
    kept = client.files.create(file=("a\r\nset-cookie: b=c", chat_file(TAUGHT)), purpose="fine-tune")
    answer = client.files.with_raw_response.content(kept.id)

    assert "set-cookie" not in answer.headers


def _shelf(folder: Path) -> FileShelf:
    home = Home.inside(folder)
    return FileShelf(home, Database(home.database))


def _batch_over(database: Database, file_id: str, status: str) -> None:
    with database.transaction() as tx:
        tx.execute(
            "INSERT INTO batches"
            " (id, created_at, expires_at, status, endpoint, input_file, completion_window, metadata)"
            " VALUES ('batch_1', 0, 0, ?, '/v1/chat/completions', ?, '24h', '{}')",
            (status, file_id),
        )

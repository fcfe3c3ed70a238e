"""A batch on its way: other servers that are slow or away, engines that are killed, time that runs out."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.core.engine.batching import begun, ended, everything, many_chats, results, under_way
from tests.core.engine.foreign_server import Talk, answers, completes, listening, names_server
from tests.core.engine.running import NGRAMS, RunningEngine, chat_file, train
from tests.core.engine.shop import TAUGHT

MANY = 12_000


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningEngine]:
    """An engine that a test may kill."""
    running = RunningEngine(tmp_path).start()
    yield running
    if running.is_running:
        running.stop()


def test_another_server_is_asked_as_many_things_at_once_as_the_owner_allows(own: RunningEngine) -> None:
    together = threading.Barrier(4)

    def answers_when_four_are_there(talk: Talk) -> None:
        together.wait(timeout=20)
        completes()(talk)

    with listening(answers_when_four_are_there) as server:
        names_server(own.home, server.base_url)
        client = own.client()
        batch = ended(client, begun(client, many_chats("elsewhere", 12)))

    assert batch.request_counts is not None
    assert batch.request_counts.completed == 12
    assert len(server.seen) == 12


def test_a_server_that_is_out_of_breath_is_asked_again(own: RunningEngine) -> None:
    busy = answers(429, '{"error": {"message": "Slow down"}}', retry_after="0")
    with listening(busy, busy, completes()) as server:
        names_server(own.home, server.base_url)
        client = own.client()
        batch = ended(client, begun(client, many_chats("elsewhere", 2)))

    assert batch.request_counts is not None
    assert batch.request_counts.completed == 2
    assert len(server.seen) == 4


def test_what_a_server_will_not_answer_is_not_asked_again(own: RunningEngine) -> None:
    with listening(answers(400, '{"error": {"message": "9000 tokens are too many"}}')) as server:
        names_server(own.home, server.base_url)
        client = own.client()
        batch = ended(client, begun(client, many_chats("elsewhere", 1)))

    [refused] = results(client, batch.error_file_id).values()
    assert refused["response"]["status_code"] == 400
    assert "9000 tokens" in refused["response"]["body"]["error"]["message"]
    assert len(server.seen) == 1


def test_a_killed_engine_repeats_no_line_and_loses_none(own: RunningEngine) -> None:
    client = own.client()
    model = _tuned(client)
    batch_id = begun(client, many_chats(model, MANY))
    under_way(client, batch_id)
    own.kill()
    ledger = own.home / "engine" / "batches" / batch_id / "output.jsonl"
    done = ledger.read_text(encoding="utf-8").split("\n")[:-1]
    with ledger.open("a", encoding="utf-8") as torn:
        torn.write('{"id": "batch_req_cut short by a power')

    own.start()
    client = own.client()
    batch = ended(client, batch_id)

    assert batch.status == "completed"
    assert batch.output_file_id is not None
    written = client.files.content(batch.output_file_id).text.splitlines()
    assert 0 < len(done) < MANY
    assert written[: len(done)] == done
    assert {json.loads(line)["custom_id"] for line in written} == {f"chat-{at}" for at in range(MANY)}
    assert len(written) == MANY
    assert not ledger.parent.exists()


def test_an_engine_that_is_stopped_leaves_its_batch_to_the_next(own: RunningEngine) -> None:
    client = own.client()
    batch_id = begun(client, many_chats(NGRAMS, MANY))
    under_way(client, batch_id)
    assert own.stop() == 0

    own.start()
    client = own.client()
    batch = ended(client, batch_id)

    assert batch.status == "completed"
    assert len(everything(client, batch)) == MANY


def test_what_is_not_answered_in_time_is_given_up_and_said(own: RunningEngine) -> None:
    client = own.client()
    batch_id = begun(client, many_chats(_tuned(client), MANY))
    under_way(client, batch_id)
    own.kill()
    with sqlite3.connect(own.home / "engine" / "engine.sqlite") as database:
        database.execute("UPDATE batches SET expires_at = ?", (int(time.time()) - 1,))
    database.close()

    own.start()
    client = own.client()
    batch = ended(client, batch_id)

    assert batch.status == "expired"
    assert batch.expired_at is not None
    given_up = results(client, batch.error_file_id)
    assert {line["error"]["code"] for line in given_up.values()} == {"batch_expired"}
    assert results(client, batch.output_file_id)
    assert len(everything(client, batch)) == MANY


def test_an_engine_does_not_end_for_want_of_use_while_a_batch_runs(tmp_path: Path) -> None:
    engine = RunningEngine(tmp_path, options=("--idle-minutes", "0.02")).start()
    batch_id = begun(engine.client(), many_chats(NGRAMS, MANY))

    assert engine.process.wait(timeout=60) == 0

    engine.options = ()
    engine.start()
    batch = engine.client().batches.retrieve(batch_id)
    assert batch.status == "completed"
    assert batch.completed_at is not None
    engine.stop()


def _tuned(client: openai.OpenAI) -> str:
    name = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert name is not None
    return name

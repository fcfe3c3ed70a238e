"""Batches for the tests: their input files, and what came of them."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import openai
from openai.types import Batch

CHATS = "/v1/chat/completions"
EMBEDDINGS = "/v1/embeddings"
ENDED = {"completed", "failed", "expired", "cancelled"}


def chat_line(custom_id: str, model: str, question: str, **more: Any) -> dict[str, Any]:
    body = {"model": model, "messages": [{"role": "user", "content": question}], **more}
    return {"custom_id": custom_id, "method": "POST", "url": CHATS, "body": body}


def many_chats(model: str, number: int) -> Iterator[dict[str, Any]]:
    return (chat_line(f"chat-{at}", model, f"Where is parcel {at}?") for at in range(number))


def input_file(client: openai.OpenAI, lines: Iterable[dict[str, Any]]) -> str:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode("utf-8")
    return client.files.create(file=("requests.jsonl", data), purpose="batch").id


def begun(client: openai.OpenAI, lines: Iterable[dict[str, Any]], **options: Any) -> str:
    chosen: dict[str, Any] = {"endpoint": CHATS, "completion_window": "24h", **options}
    return client.batches.create(input_file_id=input_file(client, lines), **chosen).id


def ended(client: openai.OpenAI, batch_id: str, seconds: float = 60) -> Batch:
    deadline = time.monotonic() + seconds
    while (batch := client.batches.retrieve(batch_id)).status not in ENDED:
        assert time.monotonic() < deadline, f"the batch is still {batch.status}"
        time.sleep(0.03)
    return batch


def under_way(client: openai.OpenAI, batch_id: str, seconds: float = 60) -> Batch:
    """The batch when some of it is done and some is not."""
    deadline = time.monotonic() + seconds
    while True:
        batch = client.batches.retrieve(batch_id)
        if batch.request_counts is not None and batch.request_counts.completed:
            assert batch.status == "in_progress", "it was over too soon to tell anything"
            return batch
        assert time.monotonic() < deadline, f"the batch is still {batch.status}"
        time.sleep(0.03)


def results(client: openai.OpenAI, file_id: str | None) -> dict[str, dict[str, Any]]:
    """The lines of a result file by their custom ids; each stands there once."""
    if file_id is None:
        return {}
    lines = [json.loads(line) for line in client.files.content(file_id).text.splitlines()]
    found = {line["custom_id"]: line for line in lines}
    assert len(found) == len(lines)
    return found


def everything(client: openai.OpenAI, batch: Batch) -> dict[str, dict[str, Any]]:
    """Output and errors together; no request stands in both."""
    output, errors = results(client, batch.output_file_id), results(client, batch.error_file_id)
    assert not output.keys() & errors.keys()
    return output | errors

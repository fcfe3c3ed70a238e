"""Requests that nobody would write: each is answered as described, or refused in the described shape."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conformance.openai_spec import WHY_SKIPPED, SpecCheck
from tests.core.engine.batching import CHATS, begun, chat_line, ended
from tests.core.engine.running import NGRAMS, RunningEngine, chat_file, train, upload
from tests.core.engine.shop import TAUGHT

QUICK = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(["auto", "", "\x00", "🙂", "../../etc/passwd", "9" * 400, NGRAMS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
IDS = ["", "nowhere", "..", "%2e%2e", "%00", "a/b", "🙂", "x" * 3000, "ftjob-", "file-", "batch_", "null"]


@dataclass(frozen=True)
class Known:
    """A running engine, and what can be asked of it: a good body for each operation that takes one."""

    http: httpx2.Client
    check: SpecCheck
    bodies: dict[str, dict[str, Any]]
    ids: tuple[str, ...]

    def answers(self, method: str, path: str, **sent: Any) -> None:
        response = self.http.request(method, path, **sent)

        assert response.status_code < 500, response.text
        assert self.check.violations == []


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    check = SpecCheck.where_available()
    if check is None:
        pytest.skip(WHY_SKIPPED)
    engine = RunningEngine(tmp_path_factory.mktemp("fuzzed")).start()
    client = engine.client()
    model = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert model is not None
    unfit = upload(client, b"{}\n")
    failed = train(client, b"{}\n")
    batch = ended(client, begun(client, [chat_line("1", model, "my parcel?")]))
    bodies: dict[str, dict[str, Any]] = {
        "/chat/completions": {
            "model": model,
            "messages": [{"role": "user", "content": [{"type": "text", "text": "my parcel?"}]}],
            "stream": False,
            "temperature": 1,
            "n": 1,
        },
        "/embeddings": {"model": NGRAMS, "input": ["my parcel", "a refund"], "encoding_format": "float"},
        "/fine_tuning/jobs": {
            "model": NGRAMS,
            "training_file": unfit,
            "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 1, "n_epochs": 2}}},
            "suffix": "s",
            "seed": 1,
            "metadata": {"a": "b"},
        },
        "/batches": {
            "input_file_id": batch.input_file_id,
            "endpoint": CHATS,
            "completion_window": "24h",
            "metadata": {"a": "b"},
            "output_expires_after": {"anchor": "created_at", "seconds": 3600},
        },
    }
    headers = {"authorization": f"Bearer {engine.key}"}
    with httpx2.Client(base_url=engine.base_url, headers=headers, event_hooks={"response": [check]}) as http:
        yield Known(http, check, bodies, (model, unfit, failed.id, batch.id))
    assert engine.stop() == 0


@QUICK
@given(data=st.data())
def test_a_body_that_was_bent_is_answered_or_refused(known: Known, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(known.bodies)))
    body = _bent(data, known.bodies[path])

    known.answers("POST", path, content=json.dumps(body))


@QUICK
@given(
    path=st.sampled_from(["/chat/completions", "/embeddings", "/fine_tuning/jobs", "/batches"]),
    body=st.binary(),
)
def test_bytes_that_are_no_body_are_refused(known: Known, path: str, body: bytes) -> None:
    known.answers("POST", path, content=body)


@QUICK
@given(data=st.data())
def test_an_address_that_was_guessed_is_answered_or_refused(known: Known, data: st.DataObject) -> None:
    place = data.draw(
        st.sampled_from(["/files/{}", "/files/{}/content", "/models/{}", "/batches/{}", "/batches/{}/cancel"])
        | st.sampled_from(["", "/cancel", "/pause", "/resume", "/events", "/checkpoints"]).map(
            lambda end: "/fine_tuning/jobs/{}" + end
        )
    )
    method = data.draw(st.sampled_from(["GET", "POST", "PUT", "OPTIONS"]))
    name = data.draw(st.sampled_from([*IDS, *known.ids]))

    known.answers(method, place.format(name))


@QUICK
@given(
    path=st.sampled_from(["/files", "/fine_tuning/jobs", "/batches", "/models"]),
    query=st.dictionaries(
        st.sampled_from(["after", "limit", "order", "purpose", "metadata", "metadata[a]", "metadata[", "x"]),
        st.sampled_from(
            ["", "1", "0", "-1", "1e3", "asc", "null", "nowhere", "\x00", "🙂", "9" * 30, "fine-tune"]
        ),
        max_size=3,
    ),
)
def test_a_question_that_was_bent_is_answered_or_refused(
    known: Known, path: str, query: dict[str, str]
) -> None:
    known.answers("GET", path, params=query)


@QUICK
@given(
    fields=st.dictionaries(
        st.sampled_from(["purpose", "expires_after[anchor]", "expires_after[seconds]", "expires_after", "x"]),
        st.sampled_from(["batch", "fine-tune", "created_at", "3600", "-1", "1e5", "", "٣٦٠٠", "🙂"]),
    ),
    name=st.text(min_size=1, max_size=30).filter(lambda name: name.isprintable()),
    data=st.binary(max_size=100),
)
def test_an_upload_that_was_bent_is_kept_or_refused(
    known: Known, fields: dict[str, str], name: str, data: bytes
) -> None:
    known.answers("POST", "/files", data=fields, files={"file": (name, data)})


def _bent(data: st.DataObject, good: dict[str, Any]) -> dict[str, Any]:
    """A good body with one to three of its places replaced, left out, or put beside something unknown."""
    body = deepcopy(good)
    for _ in range(data.draw(st.integers(1, 3))):
        within: Any = body
        place = data.draw(st.sampled_from(sorted(within)))
        while isinstance(within[place], dict | list) and within[place] and data.draw(st.booleans()):
            within = within[place]
            places = range(len(within)) if isinstance(within, list) else sorted(within)
            place = data.draw(st.sampled_from(places))
        way = data.draw(st.sampled_from(["replace", "leave out", "add"]))
        if way == "replace":
            within[place] = data.draw(ANYTHING)
        elif way == "leave out":
            del within[place]
        elif isinstance(within, dict):
            within[data.draw(st.text(max_size=10))] = data.draw(ANYTHING)
        if not body:
            break
    return body

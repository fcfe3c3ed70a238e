"""A provider behind a real connection; its good answers are held against OpenAI's description."""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from jsonschema import Draft202012Validator

from tests.conformance.openai_spec import SpecCheck

KEY = "key-of-the-fake-provider"
WEB_PAGE = "<html><body>Welcome to our company</body></html>"


@dataclass(frozen=True)
class Answer:
    """What the fake says instead of a good answer; `after_all` does the work first and then says it."""

    status: int
    body: str
    after_all: bool = False
    kind: str = "application/json"


def refusal(
    status: int,
    message: str,
    code: str | None = None,
    *,
    param: str | None = None,
    after_all: bool = False,
) -> Answer:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Answer(status, json.dumps({"error": error}), after_all)


def web_page(*, after_all: bool = False) -> Answer:
    return Answer(200, WEB_PAGE, after_all, "text/html")


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class FakeProvider:
    """Files, jobs, events, checkpoints and chat in memory.

    `statuses` are told one after the other, the last one for ever. `instead` holds answers for the next
    requests to a route, like "POST /fine_tuning/jobs". `says` makes an answer of a question.
    `loops`: the list of events ignores `after`.
    """

    statuses: list[str] = field(default_factory=lambda: ["running", "succeeded"])
    model: str | None = "ft:base-1:acme::abc"
    events: list[dict[str, Any]] = field(default_factory=list)
    instead: dict[str, list[Answer]] = field(default_factory=dict)
    loops: bool = False
    forgets_metadata: bool = False
    takes_no_temperature: bool = False
    says: Callable[[str], str] = lambda asked: f"You asked: {asked}"
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    check: SpecCheck | None = field(default_factory=SpecCheck.where_available)
    _server: ThreadingHTTPServer | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> "FakeProvider":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                place = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                path = place.path.removeprefix("/v1")
                answer = fake.answer(Request(self.command, path, parse_qs(place.query), headers, body))
                data = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("content-type", answer.kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the server's own names

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def secrets(self) -> dict[str, str]:
        assert self._server is not None
        url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        return {"TOUCHSTONE_PROVIDER_BASE_URL": url, "TOUCHSTONE_PROVIDER_KEY": KEY}

    def asked(self, route: str) -> list[Request]:
        """The requests to a route so far, like "POST /fine_tuning/jobs"."""
        return [request for request in self.requests if f"{request.method} {request.path}" == route]

    def answer(self, request: Request) -> Answer:
        with self._guard:
            self.requests.append(request)
            if request.headers.get("authorization") != f"Bearer {KEY}":
                return refusal(401, "Incorrect API key provided.", "invalid_api_key")
            planned = self.instead.get(f"{request.method} {request.path}", [])
            if planned and not planned[0].after_all:
                return planned.pop(0)
            if self.takes_no_temperature and b"temperature" in request.body:
                return refusal(400, "Unsupported value.", "unsupported_value", param="temperature")
            document = self._document(request)
            if planned:
                return planned.pop(0)
            if document is None:
                return refusal(404, f"Unknown request {request.method} {request.path}")
            self._must_be_described(request, document)
            return Answer(200, json.dumps(document))

    def _must_be_described(self, request: Request, document: dict[str, Any]) -> None:
        if self.check is None or self.loops or self.forgets_metadata:
            return
        sent = httpx2.Request(request.method, f"http://fake/v1{request.path}")
        self.check(httpx2.Response(200, json=document, request=sent))

    def _document(self, request: Request) -> dict[str, Any] | None:
        routes: dict[str, Callable[..., dict[str, Any] | None]] = {
            r"POST /files": self._upload,
            r"GET /files": self._list_files,
            r"DELETE /files/([\w-]+)": self._delete_file,
            r"POST /fine_tuning/jobs": self._create,
            r"GET /fine_tuning/jobs": self._list_jobs,
            r"GET /fine_tuning/jobs/([\w-]+)": self._job,
            r"POST /fine_tuning/jobs/([\w-]+)/cancel": self._cancel,
            r"GET /fine_tuning/jobs/([\w-]+)/events": self._list_events,
            r"GET /fine_tuning/jobs/([\w-]+)/checkpoints": self._list_checkpoints,
            r"POST /chat/completions": self._chat,
        }
        for pattern, handle in routes.items():
            found = re.fullmatch(pattern, f"{request.method} {request.path}")
            if found:
                return handle(request, *found.groups())
        return None

    def _upload(self, request: Request) -> dict[str, Any]:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + request.body)
        file = next(part for part in parts.iter_parts() if part.get_filename())
        name = str(file.get_filename())
        file_id = f"file-{len(self.files) + 1}"
        payload = file.get_payload(decode=True)
        assert isinstance(payload, bytes)
        self.files[file_id] = (name, payload)
        return self._file(file_id)

    def _file(self, file_id: str) -> dict[str, Any]:
        name, data = self.files[file_id]
        kind = {"object": "file", "purpose": "fine-tune", "status": "processed", "created_at": 1}
        return {"id": file_id, "filename": name, "bytes": len(data), **kind}

    def _list_files(self, _request: Request) -> dict[str, Any]:
        return _list([self._file(file_id) for file_id in self.files])

    def _delete_file(self, _request: Request, file_id: str) -> dict[str, Any]:
        del self.files[file_id]
        return {"id": file_id, "object": "file", "deleted": True}

    def _create(self, request: Request) -> dict[str, Any]:
        body = request.json
        if self.check is not None:
            schema = {"$ref": "#/components/schemas/CreateFineTuningJobRequest"}
            Draft202012Validator({**schema, "components": self.check.spec["components"]}).validate(body)
        job: dict[str, Any] = {
            "id": f"ftjob-{len(self.jobs) + 1}",
            "object": "fine_tuning.job",
            "created_at": 1,
            "finished_at": None,
            "status": "validating_files",
            "model": body["model"],
            "fine_tuned_model": None,
            "organization_id": "org-acme",
            "training_file": body["training_file"],
            "validation_file": body.get("validation_file"),
            "result_files": [],
            "trained_tokens": None,
            "error": None,
            "seed": body["seed"],
            "hyperparameters": {"n_epochs": "auto"},
            "metadata": body["metadata"],
        }
        if self.forgets_metadata:
            del job["metadata"]
        self.jobs.insert(0, job)
        return job

    def _list_jobs(self, request: Request) -> dict[str, Any]:
        wanted = request.query.get("metadata[touchstone_run]")
        if wanted and not self.forgets_metadata:
            found = [job for job in self.jobs if job["metadata"].get("touchstone_run") == wanted[0]]
        else:
            found = self.jobs
        return {"object": "list", "data": found, "has_more": False}

    def _job(self, _request: Request, job_id: str) -> dict[str, Any] | None:
        job = next((job for job in self.jobs if job["id"] == job_id), None)
        if job is None or job["status"] == "cancelled":
            return job
        job["status"] = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if job["status"] == "succeeded":
            job |= {"fine_tuned_model": self.model, "trained_tokens": 1234, "finished_at": int(time.time())}
        if job["status"] == "failed":
            reason = "The training file holds an invalid token."
            job["error"] = {"code": "invalid_training_file", "message": reason, "param": "training_file"}
        return job

    def _cancel(self, _request: Request, job_id: str) -> dict[str, Any]:
        job = next(job for job in self.jobs if job["id"] == job_id)
        job["status"] = "cancelled"
        return job

    def _list_events(self, request: Request, _job_id: str) -> dict[str, Any]:
        limit = int(request.query.get("limit", ["20"])[0])
        if self.loops:
            return {"object": "list", "data": self.events[:limit], "has_more": True}
        start = 0
        if "after" in request.query:
            start = 1 + [event["id"] for event in self.events].index(request.query["after"][0])
        page = self.events[start : start + limit]
        return {"object": "list", "data": page, "has_more": start + limit < len(self.events)}

    def _list_checkpoints(self, _request: Request, _job_id: str) -> dict[str, Any]:
        return _list([])

    def _chat(self, request: Request) -> dict[str, Any]:
        text = self.says(request.json["messages"][-1]["content"])
        message = {"role": "assistant", "content": text, "refusal": None}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": request.json["model"],
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16},
        }


def metrics_event(step: int, total: int, train_loss: float) -> dict[str, Any]:
    data = {"step": step, "total_steps": total, "train_loss": train_loss, "train_mean_token_accuracy": 0.5}
    return event(f"ev-{step}", f"Step {step}/{total}: training loss={train_loss}", 100 + step) | {
        "type": "metrics",
        "data": data,
    }


def event(event_id: str, message: str, at: int = 100) -> dict[str, Any]:
    return {
        "object": "fine_tuning.job.event",
        "id": event_id,
        "created_at": at,
        "level": "info",
        "message": message,
        "type": "message",
        "data": {},
    }


def _list(data: list[dict[str, Any]]) -> dict[str, Any]:
    ends = [entry["id"] for entry in data] or [""]
    return {"object": "list", "data": data, "has_more": False, "first_id": ends[0], "last_id": ends[-1]}

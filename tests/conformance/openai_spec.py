"""Holds every response of an engine against OpenAI's published description of its API."""

import base64
import json
import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from jsonschema import Draft202012Validator

_ROOT = Path(__file__).resolve().parents[2]
_DATA = Path(os.environ.get("TOUCHSTONE_TEST_DATA", _ROOT.parent / "shared"))
SPEC = _DATA / "spec" / "openai-openapi.pruned.json"
WHY_SKIPPED = "OpenAI's API description is not here; $TOUCHSTONE_TEST_DATA names the folder that holds spec/."


@dataclass
class SpecCheck:
    """A response hook: what it finds wrong it writes down."""

    spec: dict[str, Any]
    violations: list[str] = field(default_factory=list)
    seen: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def where_available(cls) -> "SpecCheck | None":
        return cls(json.loads(SPEC.read_text(encoding="utf-8"))) if SPEC.is_file() else None

    def __call__(self, response: httpx2.Response) -> None:
        response.read()
        path = response.request.url.path.removeprefix("/v1")
        operation = self._operation(response.request.method.lower(), path)
        if response.status_code >= 400:
            self._error(response)
        elif operation is None:
            self.violations.append(f"{response.request.method} {path} is answered but not described")
        elif not path.endswith("/content"):
            self._described(operation, response)
        name = operation["operationId"] if operation else f"{response.request.method} {path}"
        self.seen.add((name, response.status_code))

    def line(self, operation: str, status: int, body: Any) -> None:
        """A response as it stands in a batch's result file."""
        place = f"{operation} {status} in a batch"
        if status >= 400:
            self._valid(place, body, {"$ref": "#/components/schemas/ErrorResponse"})
            return
        found = (known for path in self.spec["paths"].values() for known in path.values())
        described = next(known for known in found if known.get("operationId") == operation)
        self._valid(place, body, described["responses"][str(status)]["content"]["application/json"]["schema"])

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template in sorted(self.spec["paths"], key=lambda known: known.count("{")):
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method in self.spec["paths"][template]:
                found: dict[str, Any] = self.spec["paths"][template][method]
                return found
        return None

    def _error(self, response: httpx2.Response) -> None:
        document = response.json()
        place = f"{response.request.method} {response.request.url.path} {response.status_code}"
        if set(document) != {"error"}:
            self.violations.append(f"{place}: the keys are {sorted(document)}")
        else:
            self._valid(place, document["error"], {"$ref": "#/components/schemas/Error"})

    def _described(self, operation: dict[str, Any], response: httpx2.Response) -> None:
        place = f"{operation['operationId']} {response.status_code}"
        kinds = operation["responses"][str(response.status_code)]["content"]
        kind = response.headers["content-type"].partition(";")[0]
        if kind not in kinds:
            self.violations.append(f"{place}: content type {kind}")
        elif kind == "text/event-stream":
            chunks = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
            if chunks[-1] != "[DONE]":
                self.violations.append(f"{place}: the stream does not end with [DONE]")
            for chunk in chunks[:-1]:
                self._valid(place, json.loads(chunk), kinds[kind]["schema"])
        else:
            self._valid(place, _unpacked(response.json()), kinds[kind]["schema"])

    def _valid(self, place: str, document: Any, schema: dict[str, Any]) -> None:
        validator = Draft202012Validator({**schema, "components": self.spec["components"]})
        for error in validator.iter_errors(document):
            self.violations.append(f"{place}: {error.json_path} {error.message}")


def _unpacked(document: dict[str, Any]) -> dict[str, Any]:
    """The description knows embeddings as lists of numbers only; the SDK asks for base64 of float32."""
    for item in document["data"] if isinstance(document.get("data"), list) else []:
        if isinstance(item.get("embedding"), str):
            packed = base64.b64decode(item["embedding"])
            item["embedding"] = list(struct.unpack(f"<{len(packed) // 4}f", packed))
    return document

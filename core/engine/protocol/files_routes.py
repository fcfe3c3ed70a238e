"""`/v1/files`."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import IO, Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from starlette.datastructures import FormData, UploadFile

from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.bodies import checked
from core.engine.protocol.expiry import ExpiryBody
from core.engine.protocol.lists import knowing, page_with_ends

_PURPOSES = ("fine-tune", "batch")
_OTHER_PURPOSES = ("assistants", "vision", "user_data", "evals")
_EXPIRY = "expires_after"
_FIELDS = frozenset({"file", "purpose", f"{_EXPIRY}[anchor]", f"{_EXPIRY}[seconds]"})
_WHOLE = re.compile(r"[0-9]{1,9}")
_LONGEST_NAME = 255
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class _Upload:
    file: UploadFile
    purpose: str
    kept_seconds: int | None

    @property
    def filename(self) -> str:
        """The user's name for the file: shown, never used as a path."""
        name = (self.file.filename or "upload").encode("utf-8", "replace").decode("utf-8")
        return "".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME] or "upload"


def files_routes(engine: Engine) -> APIRouter:
    """Create, list, read and delete files."""
    router = APIRouter(prefix="/v1/files")

    @router.post("")
    def create(upload: Annotated[_Upload, Depends(_upload)]) -> dict[str, Any]:
        stored = engine.files.store(upload.file.file, upload.filename, upload.purpose, upload.kept_seconds)
        return stored.public()

    @router.get("", dependencies=[Depends(knowing("purpose", "after", "limit", "order"))])
    def listed(
        purpose: str | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
        order: Literal["asc", "desc"] = "desc",
    ) -> dict[str, Any]:
        found = engine.files.page(purpose, after, limit + 1, ascending=order == "asc")
        shown = page_with_ends([record.public() for record in found], limit)
        return {**shown, "first_id": shown["first_id"] or "", "last_id": shown["last_id"] or ""}

    @router.get("/{file_id}")
    def one(file_id: str) -> dict[str, Any]:
        return engine.files.get(file_id).public()

    @router.get("/{file_id}/content")
    def content(file_id: str) -> StreamingResponse:
        record = engine.files.get(file_id)
        pieces = _pieces(engine.files.opened(record.id))
        headers = {
            "content-length": str(record.bytes),
            "content-disposition": f"attachment; filename*=UTF-8''{quote(record.filename, safe='')}",
        }
        return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)

    @router.delete("/{file_id}")
    def delete(file_id: str) -> dict[str, Any]:
        engine.files.delete(file_id)
        return {"id": file_id, "object": "file", "deleted": True}

    return router


async def _upload(request: Request) -> AsyncIterator[_Upload]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(400, "Send the file as multipart/form-data.", code="invalid_content_type")
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise ApiError(400, "The file is missing.", code="missing_required_parameter", param="file")
        for other in form.keys() - _FIELDS:
            message = f"{other} is not supported."
            raise ApiError(400, message, code="unsupported_parameter", param=other)
        yield _Upload(file, _purpose(form), _kept_seconds(form))


def _purpose(form: FormData) -> str:
    purpose = form.get("purpose")
    if not isinstance(purpose, str):
        message = "The purpose is missing."
        raise ApiError(400, message, code="missing_required_parameter", param="purpose")
    if purpose in _PURPOSES:
        return purpose
    known = "is not supported here" if purpose in _OTHER_PURPOSES else "is not a purpose of a file"
    message = f"The purpose {purpose!r} {known}. This engine takes: {', '.join(_PURPOSES)}."
    raise ApiError(400, message, code="unsupported_value", param="purpose")


def _kept_seconds(form: FormData) -> int | None:
    given = {
        key.removeprefix(f"{_EXPIRY}[").removesuffix("]"): _number_or_text(str(value))
        for key, value in form.items()
        if key.startswith(_EXPIRY)
    }
    return checked(ExpiryBody, given, within=_EXPIRY).seconds if given else None


def _number_or_text(value: str) -> int | str:
    """A form knows only texts."""
    return int(value) if _WHOLE.fullmatch(value) else value


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        while piece := source.read(_PIECE):
            yield piece

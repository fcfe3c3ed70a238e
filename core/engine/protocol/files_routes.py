"""`/v1/files`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from starlette.datastructures import UploadFile

from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.lists import page

_PURPOSES = ("fine-tune",)
_LONGEST_NAME = 255


@dataclass(frozen=True)
class _Upload:
    file: UploadFile
    purpose: str

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
        return engine.files.store(upload.file.file, upload.filename, upload.purpose).public()

    @router.get("")
    def listed(
        purpose: str | None = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 10_000,
        order: Literal["asc", "desc"] = "desc",
    ) -> dict[str, Any]:
        found = engine.files.page(purpose, after, limit + 1, ascending=order == "asc")
        shown = page([record.public() for record in found], limit)
        ends = [record.id for record in found[:limit]] or [""]
        return {**shown, "first_id": ends[0], "last_id": ends[-1]}

    @router.get("/{file_id}")
    def one(file_id: str) -> dict[str, Any]:
        return engine.files.get(file_id).public()

    @router.get("/{file_id}/content")
    def content(file_id: str) -> FileResponse:
        path = engine.files.path(engine.files.get(file_id).id)
        return FileResponse(path, media_type="application/octet-stream")

    @router.delete("/{file_id}")
    def delete(file_id: str) -> dict[str, Any]:
        engine.files.delete(file_id)
        return {"id": file_id, "object": "file", "deleted": True}

    return router


async def _upload(request: Request) -> AsyncIterator[_Upload]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(400, "Send the file as multipart/form-data.", code="invalid_content_type")
    async with request.form(max_files=1, max_fields=8) as form:
        file, purpose = form.get("file"), form.get("purpose")
        if not isinstance(file, UploadFile):
            raise ApiError(400, "The file is missing.", code="missing_required_parameter", param="file")
        if not isinstance(purpose, str):
            message = "The purpose is missing."
            raise ApiError(400, message, code="missing_required_parameter", param="purpose")
        if purpose not in _PURPOSES:
            message = f"The purpose {purpose!r} is not supported. This engine takes: {', '.join(_PURPOSES)}."
            raise ApiError(400, message, code="unsupported_value", param="purpose")
        for other in form.keys() - {"file", "purpose"}:
            message = f"{other} is not supported."
            raise ApiError(400, message, code="unsupported_parameter", param=other)
        yield _Upload(file, purpose)

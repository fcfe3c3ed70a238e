"""`/v1/batches`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from core.engine.batches.records import BatchRequest
from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.bodies import Metadata, checked, json_object
from core.engine.protocol.expiry import ExpiryBody
from core.engine.protocol.lists import knowing, page_with_ends

_PURPOSE = "batch"
_Limit = Annotated[int, Query(ge=1, le=100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    input_file_id: StrictStr
    endpoint: StrictStr
    completion_window: Literal["24h"]
    metadata: Metadata = Field(default_factory=dict)
    output_expires_after: ExpiryBody | None = None


def batches_routes(engine: Engine) -> APIRouter:
    """Create, list, follow and cancel batches."""
    router = APIRouter(prefix="/v1/batches")

    @router.post("")
    def create(document: Annotated[dict[str, Any], Depends(json_object)]) -> dict[str, Any]:
        body = checked(_Body, document)
        if body.endpoint not in engine.batch_runner.endpoints:
            known = ", ".join(engine.batch_runner.endpoints)
            message = f"Batches over {body.endpoint!r} are not supported. These are: {known}."
            raise ApiError(400, message, code="unsupported_value", param="endpoint")
        _must_be_usable(engine, body.input_file_id)
        kept = body.output_expires_after.seconds if body.output_expires_after else None
        request = BatchRequest(body.input_file_id, body.endpoint, body.completion_window, body.metadata, kept)
        batch = engine.batches.create(request)
        engine.batch_runner.wake()
        return batch.public()

    @router.get("", dependencies=[Depends(knowing("after", "limit"))])
    def listed(after: str | None = None, limit: _Limit = 20) -> dict[str, Any]:
        found = engine.batches.page(after, limit + 1)
        shown = page_with_ends([batch.public() for batch in found], limit)
        return {name: value for name, value in shown.items() if value is not None}

    @router.get("/{batch_id}")
    def one(batch_id: str) -> dict[str, Any]:
        return engine.batches.get(batch_id).public()

    @router.post("/{batch_id}/cancel")
    def cancel(batch_id: str) -> dict[str, Any]:
        batch = engine.batches.cancel(batch_id)
        engine.batch_runner.wake()
        return batch.public()

    return router


def _must_be_usable(engine: Engine, file_id: str) -> None:
    try:
        record = engine.files.get(file_id)
    except ApiError:
        message = f"There is no file {file_id!r} here."
        raise ApiError(400, message, code="invalid_input_file", param="input_file_id") from None
    if record.purpose != _PURPOSE:
        message = f"{file_id} has the purpose {record.purpose!r}. Upload it with the purpose {_PURPOSE!r}."
        raise ApiError(400, message, code="invalid_input_file", param="input_file_id")

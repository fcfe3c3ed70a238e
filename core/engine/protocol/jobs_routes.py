"""`/v1/fine_tuning/jobs`."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.bodies import checked, json_object
from core.engine.protocol.job_body import JobBody
from core.engine.protocol.lists import knowing, page, page_with_ends

_Limit = Annotated[int, Query(ge=1, le=1000)]
_METADATA = re.compile(r"metadata\[(.{0,64})\]", re.DOTALL)
_PURPOSE = "fine-tune"


def jobs_routes(engine: Engine) -> APIRouter:
    """Create, list, follow and cancel fine-tuning jobs."""
    router = APIRouter(prefix="/v1/fine_tuning/jobs")

    @router.post("")
    def create(body: Annotated[dict[str, Any], Depends(json_object)]) -> dict[str, Any]:
        request = checked(JobBody, body).request()
        engine.models.must_be_base(request.model)
        _must_be_usable(engine, request.training_file, "training_file")
        if request.validation_file is not None:
            _must_be_usable(engine, request.validation_file, "validation_file")
        job = engine.jobs.create(request)
        engine.scheduler.wake()
        return job.public()

    @router.get("", dependencies=[Depends(knowing("after", "limit", "metadata"))])
    def listed(request: Request, after: str | None = None, limit: _Limit = 20) -> dict[str, Any]:
        found = engine.jobs.page(after, limit + 1, _wanted_metadata(request))
        return page([job.public() for job in found], limit)

    @router.get("/{job_id}")
    def one(job_id: str) -> dict[str, Any]:
        return engine.jobs.get(job_id).public()

    @router.post("/{job_id}/cancel")
    def cancel(job_id: str) -> dict[str, Any]:
        job = engine.jobs.cancel(job_id)
        engine.scheduler.wake()
        return job.public()

    @router.post("/{job_id}/pause")
    @router.post("/{job_id}/resume")
    def pause(job_id: str) -> dict[str, Any]:
        engine.jobs.get(job_id)
        raise ApiError(400, "Jobs cannot be paused here; cancel is possible.", code="unsupported_operation")

    @router.get("/{job_id}/events", dependencies=[Depends(knowing("after", "limit"))])
    def events(job_id: str, after: str | None = None, limit: _Limit = 20) -> dict[str, Any]:
        found = engine.jobs.events(job_id, after, limit + 1)
        return page([event.public() for event in found], limit)

    @router.get("/{job_id}/checkpoints", dependencies=[Depends(knowing("after", "limit"))])
    def checkpoints(job_id: str, after: str | None = None, limit: _Limit = 10) -> dict[str, Any]:
        found = engine.jobs.checkpoints(job_id, after, limit + 1)
        return page_with_ends([checkpoint.public() for checkpoint in found], limit)

    return router


def _must_be_usable(engine: Engine, file_id: str, param: str) -> None:
    try:
        record = engine.files.get(file_id)
    except ApiError:
        message = f"There is no file {file_id!r} here."
        raise ApiError(400, message, code=f"invalid_{param}", param=param) from None
    if record.purpose != _PURPOSE:
        message = f"{file_id} has the purpose {record.purpose!r}. Upload it with the purpose {_PURPOSE!r}."
        raise ApiError(400, message, code=f"invalid_{param}", param=param)


def _wanted_metadata(request: Request) -> dict[str, str] | None:
    """`metadata[k]=v` for every pair that is wanted, or None for `metadata=null`: the jobs without any."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        key = _METADATA.fullmatch(name)
        if key:
            found[key[1]] = value
        elif name == "metadata" and value == "null":
            return None
        elif name.startswith("metadata"):
            message = "Filter as metadata[key]=value, or metadata=null for jobs without metadata."
            raise ApiError(400, message, code="invalid_value", param="metadata")
    return found

"""The HTTP application: the routes, the door before them, and every error in the protocol's shape."""

import logging
import sqlite3

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.batches_routes import batches_routes
from core.engine.protocol.chat_routes import chat_routes
from core.engine.protocol.embeddings_routes import embeddings_routes
from core.engine.protocol.files_routes import files_routes
from core.engine.protocol.guard import REQUEST_ID, Clock, Guard
from core.engine.protocol.jobs_routes import jobs_routes
from core.engine.protocol.models_routes import models_routes
from core.engine.protocol.status_page import status_page

_METHOD_NOT_ALLOWED = 405
_log = logging.getLogger("touchstone.engine")


def http_app(engine: Engine, key: str, clock: Clock) -> Guard:
    """The application behind its guard."""
    rooms = (
        status_page,
        files_routes,
        jobs_routes,
        models_routes,
        chat_routes,
        embeddings_routes,
        batches_routes,
    )
    app = FastAPI(
        routes=[route for room in rooms for route in room(engine).routes],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    app.exception_handler(ApiError)(_api_error)
    app.exception_handler(RequestValidationError)(_bad_query)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(OSError)(_storage_failed)
    app.exception_handler(sqlite3.Error)(_storage_failed)
    app.exception_handler(Exception)(_unforeseen)

    return Guard(app, key, clock, engine.settings.limits)


def _api_error(_request: Request, error: ApiError) -> JSONResponse:
    return JSONResponse(error.body(), error.status, headers=dict(error.headers))


def _bad_query(_request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    refused = ApiError(400, f"Invalid {name}: {first['msg']}.", code="invalid_value", param=name)
    return JSONResponse(refused.body(), refused.status)


def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    known = {404: "unknown_url", _METHOD_NOT_ALLOWED: "method_not_allowed"}
    message = str(error.detail)
    if error.status_code in known:
        message = f"{request.method} {request.url.path} is not something this engine does."
    refused = ApiError(error.status_code, message, code=known.get(error.status_code, "bad_request"))
    headers = {"allow": ", ".join(_allowed(request))} if refused.status == _METHOD_NOT_ALLOWED else {}
    return JSONResponse(refused.body(), refused.status, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Every method of this address; the framework names those of one route."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in routes for method in route.methods})


def _storage_failed(request: Request, error: OSError | sqlite3.Error) -> JSONResponse:
    request_id = request.scope[REQUEST_ID]
    _log.error("%s %s failed (%s)", request.method, request.url.path, request_id, exc_info=error)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    message = f"The disk would not do its part: {reason}. Nothing of this request was kept; make room first."
    refused = ApiError(507, message, code="storage_failed", type="server_error")
    return JSONResponse(refused.body(), refused.status)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    request_id = request.scope[REQUEST_ID]
    _log.error("%s %s failed (%s)", request.method, request.url.path, request_id, exc_info=error)
    message = (
        f"The engine met an error it did not foresee; its log says more under {request_id}. "
        "Nothing was half-written."
    )
    refused = ApiError(500, message, code="internal_error", type="server_error")
    return JSONResponse(refused.body(), refused.status)

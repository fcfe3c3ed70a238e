"""The HTTP application: the routes, the door before them, and every error in the protocol's shape."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.engine.engine import Engine
from core.engine.errors import ApiError
from core.engine.protocol.chat_routes import chat_routes
from core.engine.protocol.embeddings_routes import embeddings_routes
from core.engine.protocol.files_routes import files_routes
from core.engine.protocol.guard import Clock, Guard
from core.engine.protocol.jobs_routes import jobs_routes
from core.engine.protocol.models_routes import models_routes

_log = logging.getLogger("touchstone.engine")


def http_app(engine: Engine, key: str, clock: Clock) -> Guard:
    """The application behind its guard."""
    app = FastAPI(title="Touchstone engine", docs_url=None, redoc_url=None, openapi_url=None)
    app.exception_handler(ApiError)(_api_error)
    app.exception_handler(RequestValidationError)(_bad_query)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(Exception)(_unforeseen)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    for routes in (files_routes, jobs_routes, models_routes, chat_routes, embeddings_routes):
        app.include_router(routes(engine))
    return Guard(app, key, clock)


def _api_error(_request: Request, error: ApiError) -> JSONResponse:
    return JSONResponse(error.body(), error.status)


def _bad_query(_request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    name = str(first["loc"][-1])
    refused = ApiError(400, f"Invalid {name}: {first['msg']}.", code="invalid_value", param=name)
    return JSONResponse(refused.body(), refused.status)


def _http_error(request: Request, error: HTTPException) -> JSONResponse:
    known = {404: "unknown_url", 405: "method_not_allowed"}
    message = str(error.detail)
    if error.status_code in known:
        message = f"{request.method} {request.url.path} is not something this engine does."
    refused = ApiError(error.status_code, message, code=known.get(error.status_code, "bad_request"))
    return JSONResponse(refused.body(), refused.status, headers=error.headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = "The engine met an error it did not foresee; its log says more. Nothing was half-written."
    refused = ApiError(500, message, code="internal_error", type="server_error")
    return JSONResponse(refused.body(), refused.status)

"""Lists in the protocol's shape."""

from collections.abc import Callable
from typing import Any

from fastapi import Request

from core.engine.errors import ApiError


def page(found: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A page of at most `limit`; the caller looked for one more, to know whether there is more."""
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}


def page_with_ends(found: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A page that also names its first and its last; an empty one names neither."""
    shown = page(found, limit)
    ids = [one["id"] for one in shown["data"]] or [None]
    return {**shown, "first_id": ids[0], "last_id": ids[-1]}


def knowing(*names: str) -> Callable[[Request], None]:
    """Refuses a query that holds anything else: a filter that is passed over would look like an answer."""

    def must_be_known(request: Request) -> None:
        for name in request.query_params:
            if name.partition("[")[0] not in names:
                message = f"Unknown query parameter: {name!r}. This list takes: {', '.join(names)}."
                raise ApiError(400, message, code="unknown_parameter", param=name)

    return must_be_known

"""Lists in the protocol's shape."""

from typing import Any


def page(found: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A page of at most `limit`; the caller looked for one more, to know whether there is more."""
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}

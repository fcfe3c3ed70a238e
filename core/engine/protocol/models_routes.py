"""`/v1/models`."""

from typing import Any

from fastapi import APIRouter

from core.engine.engine import Engine


def models_routes(engine: Engine) -> APIRouter:
    """List, read and delete models."""
    router = APIRouter(prefix="/v1/models")

    @router.get("")
    def listed() -> dict[str, Any]:
        trouble = engine.models.registry.trouble
        data = [record.public() for record in engine.models.all()]
        return {"object": "list", "data": data, **({"touchstone": {"trouble": trouble}} if trouble else {})}

    @router.get("/{model:path}")
    def one(model: str) -> dict[str, Any]:
        return engine.models.get(model).public(shown_as=model)

    @router.delete("/{model:path}")
    def delete(model: str) -> dict[str, Any]:
        engine.models.delete(model)
        return {"id": model, "object": "model", "deleted": True}

    return router

"""`/v1/embeddings`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from core.engine.engine import Engine
from core.engine.protocol.bodies import checked, json_object
from core.engine.protocol.embeddings_body import EmbeddingsBody, embedded, must_give_vectors


def embeddings_routes(engine: Engine) -> APIRouter:
    """Turn texts into vectors."""
    router = APIRouter(prefix="/v1/embeddings")

    @router.post("")
    def create(asked: Annotated[dict[str, Any], Depends(json_object)]) -> dict[str, Any]:
        body = checked(EmbeddingsBody, asked)
        if body.model not in engine.encoders.base_models:
            engine.models.get(body.model)
        must_give_vectors(engine.encoders, body)
        [document] = embedded(engine.encoders, [body], apart=False)
        return document

    return router

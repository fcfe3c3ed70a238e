"""`/v1/embeddings`: the base models' own vectors."""

import base64
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from core.engine.encoder.encoder import Vectors
from core.engine.engine import Engine
from core.engine.errors import ApiError, EngineRefused, not_found
from core.engine.protocol.bodies import checked, json_object


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    model: StrictStr
    input: StrictStr | Annotated[list[StrictStr], Field(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[int, Field(strict=True, ge=1)] | None = None
    user: StrictStr | None = None


def embeddings_routes(engine: Engine) -> APIRouter:
    """Turn texts into vectors."""
    router = APIRouter(prefix="/v1/embeddings")

    @router.post("")
    def create(document: Annotated[dict[str, Any], Depends(json_object)]) -> dict[str, Any]:
        body = checked(_Body, document)
        if body.model not in engine.encoders.base_models:
            raise not_found("model", body.model, "model")
        encoder = engine.encoders.embedder(body.model)
        if body.dimensions not in {None, encoder.dimension}:
            message = f"{body.model} has {encoder.dimension} dimensions and no others."
            raise ApiError(400, message, code="unsupported_value", param="dimensions")
        texts = [body.input] if isinstance(body.input, str) else body.input
        try:
            vectors = encoder.encode(texts)
            tokens = sum(map(encoder.count_tokens, texts))
        except EngineRefused as refused:
            raise ApiError(503, str(refused), code="model_unavailable", type="server_error") from refused
        data = [
            {"object": "embedding", "index": place, "embedding": _shown(vector, body.encoding_format)}
            for place, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "model": body.model, "data": data, "usage": usage}

    return router


def _shown(vector: Vectors, encoding: str) -> str | list[float]:
    """Base64 of little-endian float32, as the SDK asks for, or plain numbers."""
    if encoding == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
    return [float(value) for value in vector]

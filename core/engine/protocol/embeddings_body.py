"""A request for vectors, and its answer: the base models' own."""

import base64
from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

from core.engine.encoder.encoder import Encoder, Vectors
from core.engine.encoder.shelf import Encoders
from core.engine.errors import ApiError, EngineRefused

MOST_INPUTS = 2048


def _input(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, int | list) for text in texts):
        raise ValueError("tokens cannot be read here, send the text itself")
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("it must be a text or a list of texts")
    if not 1 <= len(texts) <= MOST_INPUTS:
        raise ValueError(f"it must hold 1 to {MOST_INPUTS:,} texts")
    if not all(texts):
        raise ValueError("a text must not be empty")
    return texts


class EmbeddingsBody(BaseModel):
    """A request for vectors."""

    model_config = ConfigDict(extra="forbid")
    model: StrictStr
    texts: Annotated[list[str], BeforeValidator(_input), Field(alias="input")]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[StrictInt, Field(ge=1)] | None = None
    user: StrictStr | None = None


def must_give_vectors(encoders: Encoders, body: EmbeddingsBody) -> None:
    """Refuse a model that gives no vectors, or none of that size.

    Raises:
        ApiError: that is so.
    """
    if body.model not in encoders.base_models:
        message = f"{body.model} gives no embeddings. These models do: {', '.join(encoders.base_models)}."
        raise ApiError(400, message, code="unsupported_model", param="model")
    dimension = encoders.embedder(body.model).dimension
    if body.dimensions not in {None, dimension}:
        message = f"{body.model} has {dimension} dimensions and no others."
        raise ApiError(400, message, code="unsupported_value", param="dimensions")


def embedded(encoders: Encoders, bodies: Sequence[EmbeddingsBody], *, apart: bool) -> list[dict[str, Any]]:
    """The vectors of the texts of requests to one model, as the protocol gives them.

    `apart` is for a batch: nobody who asks for a single vector waits for it.

    Raises:
        ApiError: the model is not on this machine any more.
    """
    encoder = encoders.embedder(bodies[0].model, apart=apart)
    try:
        vectors = iter(encoder.encode([text for body in bodies for text in body.texts]))
        return [_document(body, list(islice(vectors, len(body.texts))), encoder) for body in bodies]
    except EngineRefused as refused:
        raise ApiError(503, str(refused), code="model_unavailable", type="server_error") from refused


def _document(body: EmbeddingsBody, vectors: list[Vectors], encoder: Encoder) -> dict[str, Any]:
    tokens = sum(map(encoder.count_tokens, body.texts))
    data = [
        {"object": "embedding", "index": place, "embedding": _shown(vector, body.encoding_format)}
        for place, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": body.model, "data": data, "usage": usage}


def _shown(vector: Vectors, encoding: str) -> str | list[float]:
    """Base64 of little-endian float32, as the SDK asks for, or plain numbers."""
    if encoding == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
    return [float(value) for value in vector]

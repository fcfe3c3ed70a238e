"""How long a file is kept: `{"anchor": "created_at", "seconds": …}`, from an hour to thirty days."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

LEAST_SECONDS = 3600
MOST_SECONDS = 30 * 24 * 3600


class ExpiryBody(BaseModel):
    """When a file is to be removed, counted from its making."""

    model_config = ConfigDict(extra="forbid")
    anchor: Literal["created_at"]
    seconds: Annotated[StrictInt, Field(ge=LEAST_SECONDS, le=MOST_SECONDS)]

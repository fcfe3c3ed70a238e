"""The body of `POST /v1/fine_tuning/jobs`, with the protocol's bounds."""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

from core.engine.errors import ApiError
from core.engine.jobs.book import JobRequest
from core.engine.records import Hyperparameters

_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512


def _epochs(value: Any) -> int | str:
    return _whole_or_auto(value, 50)


def _batch_size(value: Any) -> int | str:
    return _whole_or_auto(value, 256)


def _multiplier(value: Any) -> float | str:
    if value == "auto":
        return "auto"
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not value > 0
        or not math.isfinite(value)
    ):
        raise ValueError('it must be "auto" or a number above 0')
    return float(value)


def _metadata(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(inner, str) for inner in value.values()):
        raise ValueError("it must be an object whose values are texts")
    if len(value) > _MOST_PAIRS:
        raise ValueError(f"it may hold at most {_MOST_PAIRS} pairs")
    if any(len(key) > _LONGEST_KEY or len(inner) > _LONGEST_VALUE for key, inner in value.items()):
        raise ValueError(f"keys may have {_LONGEST_KEY} characters, values {_LONGEST_VALUE}")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Hyperparameters(_Strict):
    n_epochs: Annotated[int | str, BeforeValidator(_epochs)] = "auto"
    batch_size: Annotated[int | str, BeforeValidator(_batch_size)] = "auto"
    learning_rate_multiplier: Annotated[float | str, BeforeValidator(_multiplier)] = "auto"


class _Supervised(_Strict):
    hyperparameters: _Hyperparameters | None = None


class _Method(_Strict):
    type: StrictStr
    supervised: _Supervised | None = None
    dpo: Any = None
    reinforcement: Any = None


class JobBody(_Strict):
    """A request for a fine-tuning job."""

    model: StrictStr
    training_file: StrictStr
    validation_file: StrictStr | None = None
    hyperparameters: _Hyperparameters | None = None
    method: _Method | None = None
    suffix: Annotated[StrictStr, Field(min_length=1, max_length=64)] | None = None
    seed: Annotated[StrictInt, Field(ge=0, le=2147483647)] | None = None
    metadata: Annotated[dict[str, str], BeforeValidator(_metadata)] = Field(default_factory=dict)
    integrations: list[Any] | None = None

    def request(self) -> JobRequest:
        """What the engine is asked to do.

        Raises:
            ApiError: a thing this engine does not do.
        """
        if self.integrations:
            raise ApiError(
                400, "Integrations are not supported.", code="unsupported_parameter", param="integrations"
            )
        return JobRequest(
            self.model,
            self.training_file,
            self.validation_file,
            self.suffix,
            self.seed,
            Hyperparameters(**self._chosen().model_dump()),
            self.metadata,
        )

    def _chosen(self) -> _Hyperparameters:
        if self.method is None:
            return self.hyperparameters or _Hyperparameters()
        if self.method.type != "supervised":
            message = f"The method {self.method.type!r} is not supported. This engine has: supervised."
            raise ApiError(400, message, code="unsupported_method", param="method.type")
        if self.hyperparameters is not None:
            message = "Give hyperparameters inside method or beside it, not both."
            raise ApiError(400, message, code="invalid_value", param="hyperparameters")
        inside = self.method.supervised.hyperparameters if self.method.supervised else None
        return inside or _Hyperparameters()


def _whole_or_auto(value: Any, most: int) -> int | str:
    if value == "auto":
        return "auto"
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f'it must be "auto" or a whole number from 1 to {most}')
    return value

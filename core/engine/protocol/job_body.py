"""The body of `POST /v1/fine_tuning/jobs`, with the protocol's bounds."""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

from core.engine.errors import ApiError
from core.engine.jobs.book import JobRequest
from core.engine.protocol.bodies import Metadata
from core.engine.records import Hyperparameters

_METHODS = ("supervised", "dpo")
_MOST_BETA = 2.0


def _epochs(value: Any) -> int | str:
    return _whole_or_auto(value, 50)


def _batch_size(value: Any) -> int | str:
    return _whole_or_auto(value, 256)


def _multiplier(value: Any) -> float | str:
    return _number_or_auto(value, math.inf, "a number above 0")


def _beta(value: Any) -> float | str:
    return _number_or_auto(value, _MOST_BETA, f"a number above 0 and at most {_MOST_BETA:g}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Hyperparameters(_Strict):
    n_epochs: Annotated[int | str, BeforeValidator(_epochs)] = "auto"
    batch_size: Annotated[int | str, BeforeValidator(_batch_size)] = "auto"
    learning_rate_multiplier: Annotated[float | str, BeforeValidator(_multiplier)] = "auto"


class _DpoHyperparameters(_Hyperparameters):
    beta: Annotated[float | str, BeforeValidator(_beta)] = "auto"


class _Supervised(_Strict):
    hyperparameters: _Hyperparameters | None = None


class _Dpo(_Strict):
    hyperparameters: _DpoHyperparameters | None = None


class _Method(_Strict):
    type: StrictStr
    supervised: _Supervised | None = None
    dpo: _Dpo | None = None
    reinforcement: Any = None

    def hyperparameters(self) -> _Hyperparameters:
        """Those of the method that is meant.

        Raises:
            ApiError: it is not a method of this engine, or another one's settings stand beside it.
        """
        if self.type not in _METHODS:
            message = f"The method {self.type!r} is not supported. This engine has: {', '.join(_METHODS)}."
            raise ApiError(400, message, code="unsupported_method", param="method.type")
        for other in ("supervised", "dpo", "reinforcement"):
            if other != self.type and getattr(self, other) is not None:
                message = f"The method is {self.type!r}; settings of {other!r} would change nothing."
                raise ApiError(400, message, code="invalid_value", param=f"method.{other}")
        if self.type == "dpo":
            return (self.dpo and self.dpo.hyperparameters) or _DpoHyperparameters()
        return (self.supervised and self.supervised.hyperparameters) or _Hyperparameters()


class JobBody(_Strict):
    """A request for a fine-tuning job."""

    model: StrictStr
    training_file: StrictStr
    validation_file: StrictStr | None = None
    hyperparameters: _Hyperparameters | None = None
    method: _Method | None = None
    suffix: Annotated[StrictStr, Field(min_length=1, max_length=64)] | None = None
    seed: Annotated[StrictInt, Field(ge=0, le=2147483647)] | None = None
    metadata: Metadata = Field(default_factory=dict)
    integrations: list[Any] | None = None

    def request(self) -> JobRequest:
        """What the engine is asked to do.

        Raises:
            ApiError: a thing this engine does not do.
        """
        if self.integrations:
            message = "Integrations are not supported."
            raise ApiError(400, message, code="unsupported_parameter", param="integrations")
        return JobRequest(
            self.model,
            self.training_file,
            self.validation_file,
            self.suffix,
            self.seed,
            Hyperparameters(**self._chosen().model_dump()),
            self.metadata,
            self.method.type if self.method else "supervised",
        )

    def _chosen(self) -> _Hyperparameters:
        if self.method is None:
            return self.hyperparameters or _Hyperparameters()
        chosen = self.method.hyperparameters()
        if self.hyperparameters is not None:
            message = "Give hyperparameters inside method or beside it, not both."
            raise ApiError(400, message, code="invalid_value", param="hyperparameters")
        return chosen


def _whole_or_auto(value: Any, most: int) -> int | str:
    if value == "auto":
        return "auto"
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f'it must be "auto" or a whole number from 1 to {most}')
    return value


def _number_or_auto(value: Any, most: float, told: str) -> float | str:
    if value == "auto":
        return "auto"
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        raise ValueError(f'it must be "auto" or {told}')
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f'it must be "auto" or {told}')
    return number

"""What can go wrong: an answer in OpenAI's error shape, a job that fails, an engine that will not start."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class EngineRefused(Exception):
    """The engine does not start; the message is one plain sentence."""


@dataclass
class ApiError(Exception):
    """A request that is refused; it becomes `{"error": {message, type, param, code}}`."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, dict[str, str | None]]:
        """The response body, all four keys present as the protocol wants."""
        return {
            "error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code},
        }


@dataclass
class JobFailed(Exception):
    """A job that ends as failed: `code` and `param` as OpenAI names them, a sentence for the person."""

    code: str
    message: str
    param: str | None = None


def not_found(what: str, name: str, param: str) -> ApiError:
    """The 404 of every kind of thing."""
    return ApiError(404, f"There is no {what} {name!r} here.", code=f"{what}_not_found", param=param)

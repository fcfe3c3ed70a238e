"""The body of `POST /v1/chat/completions`: what is used, what is ignored and said so, what is refused."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from core.engine.errors import ApiError

_USED = {"model", "messages", "stream", "stream_options"}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MOST_NAMED = 32

Number = StrictInt | StrictFloat
Penalty = Annotated[Number, Field(ge=-2, le=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: StrictStr
    text: StrictStr | None = None


class _Turn(BaseModel):
    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: StrictStr | list[_Part] | None = None


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")
    include_usage: StrictBool = False


class ChatBody(BaseModel):
    """A chat request. Fields that are not named here are ignored like the sampling parameters."""

    model_config = ConfigDict(extra="allow")
    model: StrictStr
    messages: Annotated[list[_Turn], Field(min_length=1)]
    stream: StrictBool | None = None
    stream_options: _StreamOptions | None = None
    n: Annotated[StrictInt, Field(ge=1, le=128)] | None = None
    logprobs: StrictBool | None = None
    top_logprobs: Annotated[StrictInt, Field(ge=0, le=20)] | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None
    modalities: list[StrictStr] | None = None
    audio: Any = None
    web_search_options: Any = None
    temperature: Annotated[Number, Field(ge=0, le=2)] | None = None
    top_p: Annotated[Number, Field(ge=0, le=1)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    max_tokens: StrictInt | None = None
    max_completion_tokens: StrictInt | None = None
    seed: StrictInt | None = None

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage

    def texts(self) -> list[str]:
        """The text of every message."""
        return [_text(turn, number) for number, turn in enumerate(self.messages)]

    def question(self) -> str:
        """The last user message: a reply picker looks at nothing else.

        Raises:
            ApiError: there is none, or it has no text.
        """
        for number in reversed(range(len(self.messages))):
            if self.messages[number].role == "user":
                text = _text(self.messages[number], number)
                if text.strip():
                    return text
                break
        message = "The messages hold no user message with text, so there is no question to answer."
        raise ApiError(400, message, code="invalid_value", param="messages")

    def ignored(self) -> list[str]:
        """The parameters that were given and change nothing."""
        given = [
            name for name in self.model_fields_set if getattr(self, name) is not None and name not in _USED
        ]
        return sorted(name for name in given if _NAME.fullmatch(name))[:_MOST_NAMED]

    def must_be_supported(self) -> None:
        """Refuse what a reply picker cannot do; silence would look like an answer.

        Raises:
            ApiError: names the first such parameter.
        """
        kind = (self.response_format or {}).get("type", "text")
        refused = {
            "n": self.n not in {None, 1},
            "logprobs": bool(self.logprobs),
            "top_logprobs": self.top_logprobs is not None,
            "tools": bool(self.tools),
            "functions": bool(self.functions),
            "response_format": kind != "text",
            "modalities": bool(self.modalities) and self.modalities != ["text"],
            "audio": self.audio is not None,
            "web_search_options": self.web_search_options is not None,
        }
        for name in (name for name, wrong in refused.items() if wrong):
            message = f"{name} is not supported: this model picks one approved reply and writes no text."
            raise ApiError(400, message, code="unsupported_parameter", param=name)
        if self.stream_options is not None and not self.stream:
            message = "stream_options is for streamed answers only (stream: true)."
            raise ApiError(400, message, code="invalid_value", param="stream_options")


def _text(turn: _Turn, number: int) -> str:
    if turn.role in {"tool", "function"}:
        message = f"Messages with role {turn.role} are not supported."
        raise ApiError(400, message, code="unsupported_value", param=f"messages[{number}].role")
    if turn.content is None or isinstance(turn.content, str):
        return turn.content or ""
    if any(part.type != "text" for part in turn.content):
        message = "Only text can be read: no images, audio or files."
        raise ApiError(400, message, code="unsupported_value", param=f"messages[{number}].content")
    return "".join(part.text or "" for part in turn.content)

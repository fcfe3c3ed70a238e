"""The body of `POST /v1/chat/completions`, with the protocol's bounds."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from core.engine.answering import Asked, Message
from core.engine.errors import ApiError

_USED = {"model", "messages", "stream", "stream_options"}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")

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
    """A chat request. A field that is not named here is one more parameter, to be known or ignored."""

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

    def asked(self) -> Asked:
        """The request as every runtime takes it.

        Raises:
            ApiError: a message that is no text, or options for a stream that was not asked for.
        """
        if self.stream_options is not None and not self.stream:
            message = "stream_options is for streamed answers only (stream: true)."
            raise ApiError(400, message, code="invalid_value", param="stream_options")
        return Asked(
            model=self.model,
            messages=tuple(_message(turn, number) for number, turn in enumerate(self.messages)),
            parameters=self._parameters(),
            demands=frozenset(name for name, wanted in self._demands().items() if wanted),
            stream=bool(self.stream),
            include_usage=self.stream_options is not None and self.stream_options.include_usage,
        )

    def _parameters(self) -> dict[str, Any]:
        given = {name: getattr(self, name) for name in self.model_fields_set if _NAME.fullmatch(name)}
        return {name: value for name, value in given.items() if value is not None and name not in _USED}

    def _demands(self) -> dict[str, bool]:
        return {
            "n": self.n not in {None, 1},
            "logprobs": bool(self.logprobs),
            "top_logprobs": self.top_logprobs is not None,
            "tools": bool(self.tools),
            "functions": bool(self.functions),
            "response_format": (self.response_format or {}).get("type", "text") != "text",
            "modalities": bool(self.modalities) and self.modalities != ["text"],
            "audio": self.audio is not None,
            "web_search_options": self.web_search_options is not None,
        }


def _message(turn: _Turn, number: int) -> Message:
    if turn.role in {"tool", "function"}:
        message = f"Messages with role {turn.role} are not supported."
        raise ApiError(400, message, code="unsupported_value", param=f"messages[{number}].role")
    if turn.content is None or isinstance(turn.content, str):
        return Message(turn.role, turn.content or "")
    if any(part.type != "text" for part in turn.content):
        message = "Only text can be read: no images, audio or files."
        raise ApiError(400, message, code="unsupported_value", param=f"messages[{number}].content")
    return Message(turn.role, "".join(part.text or "" for part in turn.content))

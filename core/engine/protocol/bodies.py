"""What a request body may say; everything else is refused with the field's name and a plain reason."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ValidationError

from core.engine.errors import ApiError
from core.formats.broken_json import Broken, explain, strict_object

Body = TypeVar("Body", bound=BaseModel)
_MOST_PAIRS, _LONGEST_KEY, _LONGEST_VALUE = 16, 64, 512


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        ApiError: it is not one.
    """
    return parsed_object(await request.body())


def parsed_object(data: bytes) -> dict[str, Any]:
    """A JSON object, read strictly.

    Raises:
        ApiError: it is not one.
    """
    try:
        text = data.decode("utf-8")
        document = strict_object(text)
    except Broken as broken:
        raise ApiError(400, broken.reason, code="invalid_json", param=broken.field or None) from None
    except UnicodeDecodeError:
        raise ApiError(400, "The body is not UTF-8.", code="invalid_json") from None
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"The body is not JSON. {explain(text, error)[1]}", code="invalid_json") from None
    if not isinstance(document, dict):
        raise ApiError(400, "The body must be a JSON object.", code="invalid_json")
    return document


def checked(kind: type[Body], document: Mapping[str, Any], within: str = "") -> Body:
    """The body, or the part of it that stands at `within`, as a record.

    Raises:
        ApiError: the first field that will not do.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(filter(None, (within, *map(str, first["loc"]))))
        if first["type"] == "extra_forbidden":
            message = f"Unrecognized request argument: {place}."
            raise ApiError(400, message, code="unknown_parameter", param=place) from None
        reason = first["msg"].removeprefix("Value error, ")
        code = "missing_required_parameter" if first["type"] == "missing" else "invalid_value"
        raise ApiError(400, f"Invalid {place}: {reason}.", code=code, param=place or None) from None


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


Metadata = Annotated[dict[str, str], BeforeValidator(_metadata)]

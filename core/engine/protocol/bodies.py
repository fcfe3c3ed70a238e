"""What a request body may say; everything else is refused with the field's name and a plain reason."""

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from core.engine.errors import ApiError
from core.formats.broken_json import Broken, explain, strict_object

Body = TypeVar("Body", bound=BaseModel)


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object.

    Raises:
        ApiError: it is not one.
    """
    try:
        text = (await request.body()).decode("utf-8")
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


def checked(kind: type[Body], document: dict[str, Any]) -> Body:
    """The body as a record.

    Raises:
        ApiError: the first field that will not do.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            message = f"Unrecognized request argument: {place}."
            raise ApiError(400, message, code="unknown_parameter", param=place) from None
        reason = first["msg"].removeprefix("Value error, ")
        code = "missing_required_parameter" if first["type"] == "missing" else "invalid_value"
        raise ApiError(400, f"Invalid {place}: {reason}.", code=code, param=place or None) from None

"""Helpdesks: tickets of Zendesk and conversations of Intercom as their exports and interfaces give them."""

from typing import Any

from core.curation.intake.records.html_text import text_of_html
from core.curation.intake.records.said import AGENT, CUSTOMER, KINDS, Said, Unusable
from core.curation.intake.records.talk import Talk
from core.curation.intake.table import Aside, Tally

INTERCOM_CUSTOMERS = frozenset({"user", "lead", "contact", "visitor"})
LONGEST_HTML = 1_000_000


def _is_ticket(record: dict[str, Any]) -> bool:
    comments = record.get("comments")
    if not isinstance(comments, list):
        return False
    told = bool(comments) or "requester_id" in record
    return told and all(isinstance(one, dict) and "author_id" in one for one in comments)


def _ticket_said(record: dict[str, Any], tally: Tally) -> list[Said]:
    """The public comments; who asked for the ticket is the customer, everybody else an agent.

    A ticket without comments has its description alone.
    """
    comments = record.get("comments") or []
    if not isinstance(comments, list):
        raise Unusable("comments", f"comments must be a list, and is {KINDS[type(comments)]}.")
    found: list[Said] = []
    for number, comment in enumerate(comments):
        if not isinstance(comment, dict):
            raise Unusable(
                f"comments[{number}]", f"A comment must be an object, and is {KINDS[type(comment)]}."
            )
        if comment.get("public") is False:
            tally.add(Aside.NOTE)
            continue
        is_customer = comment.get("author_id") == record.get("requester_id")
        place = f"comments[{number}]"
        text = _text(comment, ("plain_body", "body"), place) or text_of_html(
            _text(comment, ("html_body",), place)
        )
        _add(found, CUSTOMER if is_customer else AGENT, text, tally)
    if not comments and isinstance(record.get("description"), str):
        _add(found, CUSTOMER, record["description"], tally)
    return found


def _is_conversation(record: dict[str, Any]) -> bool:
    return "conversation_parts" in record or (
        isinstance(record.get("source"), dict) and str(record.get("type", "")).startswith("conversation")
    )


def _conversation_said(record: dict[str, Any], tally: Tally) -> list[Said]:
    """The first message and the parts after it that the customer could read."""
    found: list[Said] = []
    for number, part in enumerate(_parts(record)):
        place = "source" if number == 0 else f"conversation_parts[{number - 1}]"
        if not isinstance(part, dict):
            raise Unusable(place, f"A part of a conversation must be an object, and is {KINDS[type(part)]}.")
        if "note" in str(part.get("part_type", "")):
            tally.add(Aside.NOTE)
            continue
        author = part.get("author")
        kind = author.get("type") if isinstance(author, dict) else None
        body = _text(part, ("body",), place)
        if body:
            _add(found, CUSTOMER if kind in INTERCOM_CUSTOMERS else AGENT, text_of_html(body), tally)
    return found


def _parts(record: dict[str, Any]) -> list[Any]:
    parts = record.get("conversation_parts")
    if isinstance(parts, dict):
        parts = parts.get("conversation_parts")
    if parts is None:
        parts = []
    if not isinstance(parts, list):
        raise Unusable(
            "conversation_parts", f"conversation_parts must be a list, and is {KINDS[type(parts)]}."
        )
    return [record.get("source") or {}, *parts]


def _conversation_about(record: dict[str, Any]) -> dict[str, Any]:
    source = record["source"] if isinstance(record.get("source"), dict) else {}
    author = source["author"] if isinstance(source.get("author"), dict) else {}
    about = {key: value for key, value in record.items() if not isinstance(value, dict | list)}
    about["subject"] = record.get("title") or text_of_html(str(source.get("subject") or "")) or None
    about["customer"] = author.get("email") or author.get("name") or author.get("id")
    about["tags"] = _names_in(record.get("tags"), "tags")
    about["channel"] = source.get("delivered_as") or source.get("type")
    return about


def _names_in(holder: Any, key: str) -> list[str]:
    inside = holder.get(key) if isinstance(holder, dict) else None
    tags = inside if isinstance(inside, list) else []
    return [str(tag["name"]) for tag in tags if isinstance(tag, dict) and tag.get("name")]


def _text(holder: dict[str, Any], keys: tuple[str, ...], place: str) -> str:
    """What stands under the first of these keys that holds anything."""
    for key in keys:
        value = holder.get(key)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise Unusable(f"{place}.{key}", f"{key} must be a text, and is {KINDS[type(value)]}.")
        if len(value) > LONGEST_HTML:
            raise Unusable(f"{place}.{key}", f"The text has {len(value):,} characters, which is too many.")
        return value
    return ""


def _add(found: list[Said], speaker: str, text: str, tally: Tally) -> None:
    if text.strip():
        found.append(Said(speaker, text))
    else:
        tally.add(Aside.EMPTY_MESSAGE)


zendesk = Talk("zendesk", "comments", _is_ticket, _ticket_said, frozenset({"comments", "description"}))
intercom = Talk(
    "intercom",
    "conversation_parts",
    _is_conversation,
    _conversation_said,
    frozenset({"type"}),
    _conversation_about,
)

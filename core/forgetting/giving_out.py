"""Giving out: everything of a customer as one JSON document, for themselves."""

import json
from typing import Any

from core.curation.items import history_of
from core.curation.replies import replies_of
from core.errors import Refused
from core.forgetting.plan import Found, Plan, Request, plan_of
from core.people.persons import Person
from core.store.database import Reader
from core.store.store import Store


def give_out(store: Store, request: Request, person: Person) -> bytes:
    """Everything that the request finds, as JSON.

    Raises:
        Refused: nothing was found where this person may look.
    """
    with store.read() as reader:
        plan = plan_of(reader, request, person)
        if plan.empty:
            raise Refused("Nothing of this customer was found, so there is nothing to give out.")
        document = _document(reader, plan)
    return json.dumps(document, ensure_ascii=False, indent=2, default=str).encode("utf-8", "replace")


def _document(reader: Reader, plan: Plan) -> dict[str, Any]:
    return {
        "customer": plan.request.customer,
        "words": list(plan.request.words),
        "items": [_item(reader, found) for found in plan.items],
        "mentions": [
            {"where": one.place.name, "text": one.text}
            for one in (plan.mentions if plan.request.mentions else ())
        ],
    }


def _item(reader: Reader, found: Found) -> dict[str, Any]:
    item = found.item
    return {
        "number": item.id,
        "project": found.project,
        "question": item.question,
        "conversation": [{"role": turn.role, "text": turn.text} for turn in item.conversation],
        "topic": item.topic,
        "ticket": item.ticket,
        "customer": item.customer,
        "asked_at": item.about.asked_at,
        "language": item.about.language,
        "details": dict(item.about.details),
        "state": item.state.value,
        "replies": [
            {"text": reply.text, "by": reply.author, "written_at": reply.written_at, "comment": reply.comment}
            for reply in replies_of(reader, item.id)
        ],
        "drafts": [text for (text,) in reader.rows("select text from drafts where item_id = ?", item.id)],
        "suggestions": [
            {"by": model, "text": text}
            for model, text in reader.rows(
                "select model, text from suggestions where item_id = ? order by id", item.id
            )
        ],
        "comments": [
            text
            for (text,) in reader.rows(
                "select comment from second_opinions where item_id = ? and comment is not null "
                "union all select reason from accepted_findings where item_id = ?",
                item.id,
                item.id,
            )
        ],
        "history": [
            {"at": event.happened_at, "by": event.person, "what": event.action, "comment": event.comment}
            for event in history_of(reader, item.id)
        ],
        "answers": [
            {"dataset": dataset, "text": text}
            for dataset, text in reader.rows(
                "select dataset_id, text from answers where item_id = ? order by dataset_id, arm_id", item.id
            )
        ],
        "datasets": [
            {"dataset": dataset, "split": split}
            for dataset, split in reader.rows(
                "select dataset_id, split from dataset_rows where item_id = ? order by dataset_id", item.id
            )
        ],
    }

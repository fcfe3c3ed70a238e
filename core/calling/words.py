"""Words: what a message says. No question, no reply and no customer is in it, only where to look."""

from typing import Any

from core.calling.messages import Message
from core.people.notices import Occasion

PAGES = {
    Occasion.RETURNED: "/write?item={}",
    Occasion.WAITING: "/review?item={}",
    Occasion.OPENED: "/rate?study={}",
}


def headline(message: Message) -> str:
    """What happened, in one line."""
    project = " ".join(message.project.split())
    if message.is_test:
        return f"{project}: a test message of Touchstone"
    if message.occasion is Occasion.RETURNED:
        whose = "a reply of yours" if message.person else "a reply"
        return f"{project}: {whose} was sent back"
    if message.occasion is Occasion.WAITING:
        many = message.n_subjects > 1
        return f"{project}: {message.n_subjects} replies wait" if many else f"{project}: a reply waits"
    return f"{project}: a study is open to be rated"


def link(message: Message, base_url: str) -> str | None:
    """Where it leads; None where nobody said at which address the app is reached."""
    if not base_url:
        return None
    return base_url if message.is_test else base_url + PAGES[message.occasion].format(message.subject_id)


def content(message: Message, base_url: str) -> dict[str, Any]:
    """What a webhook gets; `text` is for programs that show a message as it is."""
    what = "study" if message.occasion is Occasion.OPENED else "item"
    place = link(message, base_url)
    return {
        "id": message.id,
        "event": "test" if message.is_test else message.occasion.value,
        "project": message.project,
        "project_id": message.project_id,
        what: message.subject_id,
        "count": message.n_subjects,
        "link": place,
        "time": message.happened_at.isoformat(),
        "text": " ".join(filter(None, (_sentence(message), place))),
    }


def letter(message: Message, base_url: str) -> str:
    """What a person gets by mail."""
    place = link(message, base_url) or "Open Touchstone to see it."
    return (
        f"{_sentence(message)}\n\n{place}\n\n"
        "Touchstone sent this because an owner of the project chose it. They can end it on the page "
        "Notifications.\n"
    )


def _sentence(message: Message) -> str:
    after = " for review" if message.occasion is Occasion.WAITING and not message.is_test else ""
    return f"{headline(message)}{after}."

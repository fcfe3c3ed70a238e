"""Settings: of which occasions a project tells people, by webhook, by e-mail, or not at all."""

from dataclasses import dataclass

from core.calling.webhook import checked
from core.people.notices import Occasion
from core.people.persons import Person
from core.people.roles import Action, require
from core.settings import Outside
from core.store.database import Reader
from core.store.store import Store


@dataclass(frozen=True)
class Wish:
    """How a project tells people of one occasion; an empty webhook and no mail: it does not."""

    webhook: str = ""
    by_mail: bool = False

    @property
    def silent(self) -> bool:
        """Whether nobody is told."""
        return not self.webhook and not self.by_mail


def wishes(reader: Reader, project_id: int) -> dict[Occasion, Wish]:
    """How a project tells people, every occasion named."""
    rows = reader.rows(
        "select occasion, coalesce(webhook, ''), by_mail from notification_settings where project_id = ?",
        project_id,
    )
    found = {Occasion(occasion): Wish(webhook, by_mail) for occasion, webhook, by_mail in rows}
    return {occasion: found.get(occasion, Wish()) for occasion in Occasion}


def tell(
    store: Store, project_id: int, occasion: Occasion, wish: Wish, outside: Outside, person: Person
) -> None:
    """Say how people are told of an occasion from now on; a silent wish ends it.

    Raises:
        NotAllowed: the person may not change the notifications.
        Refused: the webhook is no address that may be called.
    """
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.NOTIFY)
        address = checked(wish.webhook, outside.inside) if wish.webhook.strip() else None
        key = {"project_id": project_id, "occasion": occasion.value}
        tx.delete("notification_settings", key)
        if address or wish.by_mail:
            changed = {"webhook": address, "by_mail": wish.by_mail, "person_id": person.id}
            tx.insert("notification_settings", {**key, **changed, "changed_at": tx.now})

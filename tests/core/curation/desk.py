"""A desk: one project with its people, and items brought to any state by the people's own verbs."""

from dataclasses import dataclass

from core.curation import review, writing
from core.curation.items import Item, NewItem, State, add_item, item_by_id
from core.curation.projects import Project, create_project
from core.people.membership import grant
from core.people.persons import Person, ensure_person
from core.people.roles import Role
from core.store.store import Store


@dataclass(frozen=True)
class Desk:
    """A project in which Anna writes, Ben and Carl review (and write), and Olga owns."""

    store: Store
    project: Project
    anna: Person
    ben: Person
    carl: Person
    olga: Person

    def asked(self, question: str, *, topic: str = "", ticket: str = "", customer: str = "") -> Item:
        """A customer's question that waits for a reply."""
        new = NewItem(question, (), topic or None, ticket or None, customer or None)
        with self.store.transaction(self.olga.email) as tx:
            return add_item(tx, self.project.id, new, self.olga)

    def submitted(self, question: str, reply: str, *, by: Person | None = None) -> Item:
        """A question whose reply waits for review; Anna's unless told otherwise."""
        item = self.asked(question)
        writing.submit(self.store, item.id, reply, by or self.anna)
        return self.now(item)

    def returned(self, question: str, reply: str) -> Item:
        """A question whose reply Ben sent back to Anna."""
        item = self.submitted(question, reply)
        review.send_back(self.store, item.id, review.Reason.TONE, "Warmer, please.", self.ben)
        return self.now(item)

    def approved(
        self, question: str, reply: str, *, topic: str = "", ticket: str = "", customer: str = ""
    ) -> Item:
        """A question with a golden reply, written by Anna and approved by Ben."""
        item = self.asked(question, topic=topic, ticket=ticket, customer=customer)
        writing.submit(self.store, item.id, reply, self.anna)
        review.approve(self.store, item.id, self.ben)
        return self.now(item)

    def now(self, item: Item) -> Item:
        """The item as it is now."""
        return item_by_id(self.store, item.id)

    def state(self, item: Item) -> State:
        """Where the item stands now."""
        return self.now(item).state


def open_desk(store: Store) -> Desk:
    """Make the project and its people."""
    with store.transaction("olga@example.com") as tx:
        anna, ben, carl, olga = (
            ensure_person(tx, f"{name.lower()}@example.com", name) for name in ("Anna", "Ben", "Carl", "Olga")
        )
        project = create_project(tx, "Bay airport", olga, instructions="You answer for the airport.")
        for person, role in ((anna, Role.EXPERT), (ben, Role.REVIEWER), (carl, Role.REVIEWER)):
            grant(tx, project.id, person, role)
    return Desk(store, project, anna, ben, carl, olga)

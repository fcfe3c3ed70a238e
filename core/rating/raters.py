"""Raters: who may rate a study, and how far each one is. Nobody rates what they helped to write."""

from dataclasses import dataclass

from core.datasets.splitting import Split
from core.people.membership import members
from core.people.persons import Person
from core.people.roles import Role
from core.store.database import Reader


@dataclass(frozen=True)
class RaterProgress:
    """One rater's way through a study: `total` is 0 for somebody who has not begun."""

    person: Person
    done: int
    total: int


@dataclass(frozen=True)
class Invited:
    """The raters of a project: those who may rate answers on a dataset, and those who wrote some of it."""

    may_rate: tuple[Person, ...]
    wrote_some: tuple[Person, ...]


def invited(reader: Reader, project_id: int, dataset_id: str) -> Invited:
    """Who has the role to rate, divided by whether they wrote any of the test split's golden replies."""
    with_role = [one.person for one in members(reader, project_id) if Role.RATER in one.roles]
    authors = {person.id for person in with_role if is_author(reader, dataset_id, person)}
    return Invited(
        tuple(person for person in with_role if person.id not in authors),
        tuple(person for person in with_role if person.id in authors),
    )


def is_author(reader: Reader, dataset_id: str, person: Person) -> bool:
    """Whether a person wrote any version of the golden replies in the dataset's test split."""
    found = reader.value(
        "select 1 from dataset_rows d join replies r on r.item_id = d.item_id "
        "where d.dataset_id = ? and d.split = ? and r.author_id = ? limit 1",
        dataset_id,
        Split.TEST.value,
        person.id,
    )
    return found is not None


def progress_of(reader: Reader, study_id: int) -> list[RaterProgress]:
    """Everybody who began to rate a study, in the order of their names."""
    rows = reader.rows(
        "select p.id, p.email, p.name, count(v.duel_id), count(*) "
        "from duels d join people p on p.id = d.rater_id left join votes v on v.duel_id = d.id "
        "where d.study_id = ? group by p.id, p.email, p.name order by p.name, p.id",
        study_id,
    )
    return [
        RaterProgress(Person(number, email, name), done, total) for number, email, name, done, total in rows
    ]

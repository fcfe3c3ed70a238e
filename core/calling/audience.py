"""The audience: whom a notice is for, asked at the moment of telling, so that what is settled is not told."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.curation.items import State, item_by_id
from core.curation.replies import reply_by_id
from core.errors import Refused
from core.people.membership import members
from core.people.notices import Occasion
from core.people.persons import IMPORT_EMAIL, Person, find_person_by_id
from core.people.roles import Action, may, roles_of
from core.rating.raters import invited
from core.rating.studies import StudyState, study_by_id
from core.settings import LOCAL_EMAIL
from core.store.database import Reader

NO_ADDRESSES = frozenset({LOCAL_EMAIL, IMPORT_EMAIL})


@dataclass(frozen=True)
class Called:
    """Somebody to tell, or the project's webhook (None), and the items or the study to tell of."""

    person: Person | None
    subjects: tuple[int, ...]


def has_address(person: Person) -> bool:
    """Whether mail can reach this person."""
    return person.email not in NO_ADDRESSES


def audience(
    reader: Reader, project_id: int, occasion: Occasion, subjects: Sequence[int]
) -> tuple[Called, ...]:
    """The webhook and the people these notices are for; nobody, if all of it is settled meanwhile."""
    if occasion is Occasion.OPENED:
        return _raters(reader, project_id, subjects)
    if occasion is Occasion.RETURNED:
        return _author(reader, project_id, subjects)
    return _reviewers(reader, project_id, subjects)


def _raters(reader: Reader, project_id: int, subjects: Sequence[int]) -> tuple[Called, ...]:
    studies = [study_by_id(reader, number) for number in subjects]
    for study in studies:
        if study.state is StudyState.OPEN:
            people = invited(reader, project_id, study.dataset_id).may_rate
            return _called(people, (study.id,))
    return ()


def _author(reader: Reader, project_id: int, subjects: Sequence[int]) -> tuple[Called, ...]:
    """Who wrote the reply that came back; a reply that came with a file has no author who could be told."""
    authors = _authors_in(reader, subjects, State.RETURNED)
    for item_id, author_id in authors.items():
        author = find_person_by_id(reader, author_id)
        writes = may(roles_of(reader, project_id, author_id), Action.WRITE)
        return _called((author,) if author is not None and writes else (), (item_id,))
    return ()


def _reviewers(reader: Reader, project_id: int, subjects: Sequence[int]) -> tuple[Called, ...]:
    """Who may decide on these replies, each of what somebody else wrote."""
    authors = _authors_in(reader, subjects, State.SUBMITTED)
    called = [Called(None, tuple(authors))] if authors else []
    for member in members(reader, project_id):
        others = tuple(item for item, author in authors.items() if author != member.person.id)
        if others and may(member.roles, Action.REVIEW) and has_address(member.person):
            called.append(Called(member.person, others))
    return tuple(called)


def _called(people: Sequence[Person], subjects: tuple[int, ...]) -> tuple[Called, ...]:
    reached = [Called(person, subjects) for person in people if has_address(person)]
    return (Called(None, subjects), *reached)


def _authors_in(reader: Reader, item_ids: Sequence[int], state: State) -> dict[int, int]:
    """The authors of the replies of those items that are still in this state."""
    found: dict[int, int] = {}
    for item_id in dict.fromkeys(item_ids):
        try:
            item = item_by_id(reader, item_id)
        except Refused:  # the item was erased
            continue
        if item.state is state and item.reply_id is not None:
            reply = reply_by_id(reader, item.reply_id)
            if reply is not None:
                found[item_id] = reply.author_id
    return found

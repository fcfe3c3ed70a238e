"""What forgetting a customer takes: everything of theirs is found and counted before anything is erased."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.curation.items import Item, item_columns, item_of
from core.errors import Refused
from core.forgetting.places import PLACES, Place
from core.people.persons import Person
from core.people.roles import Action, may, roles_of
from core.store.database import Reader

SHORTEST_WORD = 4
"""A shorter one would be found everywhere."""

AROUND = 40
"""So many characters of an excerpt stand on either side of the word."""


@dataclass(frozen=True)
class Request:
    """Who is to be forgotten.

    Attributes:
        customer: what stands in the items' customer field; empty where only single items are meant.
        words: the person's name, address, ticket numbers: where else they may be found.
        items: items found by these words, or named one by one, that are theirs too.
        mentions: whether the words are also taken out of texts that belong to no item of theirs.
    """

    customer: str
    words: tuple[str, ...] = ()
    items: frozenset[int] = frozenset()
    mentions: bool = False


@dataclass(frozen=True)
class Found:
    """An item with the text in which the person was found."""

    item: Item
    project: str
    excerpt: str


@dataclass(frozen=True)
class Mention:
    """A text that belongs to no item of theirs and in which one of the words stands."""

    place: Place
    key: tuple[Any, ...]
    column: str
    text: str
    excerpt: str


@dataclass(frozen=True)
class Touched:
    """A dataset in which something of theirs is frozen, and how much of it."""

    dataset_id: str
    n_train: int
    n_validation: int
    n_test: int

    @property
    def trained_on(self) -> bool:
        """Whether a model that learned from this dataset saw any of it."""
        return bool(self.n_train or self.n_validation)


@dataclass(frozen=True)
class Plan:
    """All that is theirs: `items` go, `candidates` mention them and wait to be confirmed.

    `elsewhere` counts their items in projects whose customers this person may not forget.
    """

    request: Request
    items: tuple[Found, ...]
    candidates: tuple[Found, ...]
    mentions: tuple[Mention, ...]
    elsewhere: int
    n_replies: int
    n_answers: int
    datasets: tuple[Touched, ...]
    run_ids: tuple[int, ...]
    looked_for: tuple[str, ...]
    texts: tuple[str, ...] = field(repr=False)
    projects: tuple[int, ...]

    @property
    def item_ids(self) -> list[int]:
        """The numbers of the items that go."""
        return [found.item.id for found in self.items]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to erase."""
        return not self.items and not (self.request.mentions and self.mentions)


def plan_of(reader: Reader, request: Request, person: Person) -> Plan:
    """Find everything of a customer in the projects whose customers this person may forget.

    Raises:
        Refused: nothing is asked for, a word is too short, or an item is not there or not this person's.
    """
    request = _cleaned(request)
    projects = _projects(reader, person)
    certain = _of_the_customer(reader, request.customer, projects)
    words = _words(request, certain)
    mentioning = _mentioning(reader, words, certain, projects)
    named = [found for found in mentioning if found.item.id in request.items]
    named += _by_number(reader, request.items - {found.item.id for found in [*certain, *named]}, projects)
    items = (*certain, *named)
    ids = [found.item.id for found in items]
    touched = _touched(reader, ids)
    return Plan(
        request=request,
        items=items,
        candidates=tuple(found for found in mentioning if found.item.id not in request.items),
        mentions=tuple(_mentions(reader, words, ids, projects)),
        elsewhere=_elsewhere(reader, request.customer, projects),
        n_replies=_counted(reader, "select count(*) from replies where", ids),
        n_answers=_counted(reader, "select count(*) from answers where", ids),
        datasets=touched,
        run_ids=_runs(reader, [one.dataset_id for one in touched if one.trained_on]),
        looked_for=tuple(words),
        texts=_own_texts(reader, items),
        projects=tuple(projects),
    )


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """What finds any of these words, whole and in any case."""
    joined = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


def _cleaned(request: Request) -> Request:
    customer = request.customer.strip()
    words = tuple(dict.fromkeys(word.strip() for word in request.words if word.strip()))
    if not customer and not words and not request.items:
        raise Refused("Say which customer is to be forgotten. Nothing was looked for.")
    short = next((word for word in words if len(word) < SHORTEST_WORD), None)
    if short is not None:
        raise Refused(
            f"“{short}” is too short to look for: it would be found everywhere. Give at least "
            f"{SHORTEST_WORD} characters."
        )
    return Request(customer, words, request.items, request.mentions)


def _projects(reader: Reader, person: Person) -> dict[int, str]:
    """The projects whose customers this person may forget, by number."""
    rows = reader.rows(
        "select id, name from projects where id in (select project_id from roles where person_id = ?)",
        person.id,
    )
    return {number: name for number, name in rows if may(roles_of(reader, number, person.id), Action.FORGET)}


def _of_the_customer(reader: Reader, customer: str, projects: dict[int, str]) -> list[Found]:
    if not customer:
        return []
    rows = reader.rows(f"{ITEMS} where lower(trim(i.customer)) = lower(?) {OURS}", customer, list(projects))
    return [_found(item_of(row), projects, "the customer field") for row in rows]


def _by_number(reader: Reader, ids: frozenset[int], projects: dict[int, str]) -> list[Found]:
    rows = reader.rows(
        f"{ITEMS} where i.id in (select unnest(?::bigint[])) {OURS}", list(ids), list(projects)
    )
    missing = ids - {item_of(row).id for row in rows}
    if missing:
        raise Refused(
            f"There is no item with the number {min(missing)} in the projects whose customers you may "
            "forget. Nothing was erased."
        )
    return [_found(item_of(row), projects, "named by its number") for row in rows]


def _elsewhere(reader: Reader, customer: str, projects: dict[int, str]) -> int:
    if not customer:
        return 0
    count: int = reader.value(
        "select count(*) from items where lower(trim(customer)) = lower(?) "
        "and project_id not in (select unnest(?::bigint[]))",
        customer,
        list(projects),
    )
    return count


def _words(request: Request, certain: Sequence[Found]) -> list[str]:
    """What is looked for in texts: the words given, the customer field, and the tickets of their items."""
    own = [request.customer, *(found.item.ticket or "" for found in certain)]
    return list(dict.fromkeys([*request.words, *(one for one in own if len(one) >= SHORTEST_WORD)]))


def _mentioning(
    reader: Reader, words: Sequence[str], certain: Sequence[Found], projects: dict[int, str]
) -> list[Found]:
    """The other items in whose texts one of the words stands."""
    if not words:
        return []
    theirs = {found.item.id for found in certain}
    pattern, found = pattern_of(words), dict[int, str]()
    for item_id, text in reader.rows(ITEM_TEXTS, list(projects), [word.lower() for word in words]):
        excerpt = _excerpt(text, pattern)
        if item_id not in theirs and excerpt:
            found.setdefault(item_id, excerpt)
    rows = reader.rows(f"{ITEMS} where i.id in (select unnest(?::bigint[])) {OURS}", [*found], [*projects])
    return [_found(item, projects, found[item.id]) for item in map(item_of, rows)]


def _mentions(
    reader: Reader, words: Sequence[str], ids: Sequence[int], projects: dict[int, str]
) -> list[Mention]:
    if not words:
        return []
    pattern, lowered, found = pattern_of(words), [word.lower() for word in words], list[Mention]()
    for place in PLACES:
        own = " and not list_contains(?::bigint[], t.item_id)" if place.table in OF_ITEMS else ""
        for column in place.columns:
            sql = (
                f"select {', '.join(f't.{name}' for name in place.key)}, t.{column} from {place.table} t "
                f"{place.joined} where list_contains(?::bigint[], {place.project}) "
                f"and len(list_filter(?::varchar[], lambda w: contains(lower(t.{column}), w))) > 0{own}"
            )
            asked = [list(projects), lowered, *([list(ids)] if own else [])]
            for *key, text in reader.rows(sql, *asked):
                excerpt = _excerpt(text, pattern)
                if excerpt:
                    found.append(Mention(place, tuple(key), column, text, excerpt))
    return found


def _touched(reader: Reader, ids: Sequence[int]) -> tuple[Touched, ...]:
    rows = reader.rows(
        "select dataset_id, count(*) filter (split = 'train'), count(*) filter (split = 'validation'), "
        "count(*) filter (split = 'test') from dataset_rows where item_id in (select unnest(?::bigint[])) "
        "group by dataset_id order by dataset_id",
        list(ids),
    )
    return tuple(Touched(*row) for row in rows)


def _runs(reader: Reader, datasets: Sequence[str]) -> tuple[int, ...]:
    rows = reader.rows(
        "select id from runs where dataset_id in (select unnest(?::varchar[])) order by id", list(datasets)
    )
    return tuple(number for (number,) in rows)


def _own_texts(reader: Reader, items: Sequence[Found]) -> tuple[str, ...]:
    """Their questions and the replies to them, as far as no item that stays says the same."""
    ids = [found.item.id for found in items]
    rows = reader.rows(OWN_TEXTS, ids, ids, SHORTEST_TEXT, ids, ids)
    return tuple(text for (text,) in rows)


def _counted(reader: Reader, sql: str, ids: Sequence[int]) -> int:
    count: int = reader.value(f"{sql} item_id in (select unnest(?::bigint[]))", list(ids))
    return count


def _found(item: Item, projects: dict[int, str], excerpt: str) -> Found:
    return Found(item, projects[item.project_id], excerpt)


def _excerpt(text: str, pattern: re.Pattern[str]) -> str:
    """The first place where the pattern matches, with what stands around it; empty where it does not."""
    found = pattern.search(text)
    if found is None:
        return ""
    start, end = max(0, found.start() - AROUND), found.end() + AROUND
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"


SHORTEST_TEXT = 12
"""A shorter reply, such as a label, tells nothing of who asked."""

ITEMS = f"select {item_columns('i')} from items i"
OURS = "and i.project_id in (select unnest(?::bigint[])) order by i.id"
OF_ITEMS = frozenset({"answers", "study_prompts"})

ITEM_TEXTS = """
with ours as (select * from items where project_id in (select unnest(?::bigint[]))),
texts as (
  select id as item_id, concat_ws(' ', question, conversation, topic, ticket, customer, details) as said
  from ours
  union all select r.item_id, concat_ws(' ', r.text, r.comment) from replies r join ours o on o.id = r.item_id
  union all select d.item_id, d.text from drafts d join ours o on o.id = d.item_id
  union all select h.item_id, h.comment from history h join ours o on o.id = h.item_id
  union all select a.item_id, a.reason from accepted_findings a join ours o on o.id = a.item_id
  union all select s.item_id, s.text from suggestions s join ours o on o.id = s.item_id
  union all select n.item_id, n.comment from second_opinions n join ours o on o.id = n.item_id
  union all select b.item_id, b.before from bulk_items b join ours o on o.id = b.item_id
)
select item_id, said from texts where len(list_filter(?::varchar[], lambda w: contains(lower(said), w))) > 0
"""

OWN_TEXTS = """
with said as (
  select question as text from items where id in (select unnest(?::bigint[]))
  union select text from replies where item_id in (select unnest(?::bigint[]))
)
select text from said where length(text) >= ?
and text not in (select question from items where id not in (select unnest(?::bigint[])))
and text not in (select text from replies where item_id not in (select unnest(?::bigint[])))
"""

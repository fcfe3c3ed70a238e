"""What scripted people did and were told, and whether the workspace says the same."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.store.journal import Journal
from core.store.store import JOURNAL, Store

CASE = re.compile(r"Case \d+-\d+\.")


def case(person_id: int, number: int) -> str:
    """The words that make a scripted reply one of its own."""
    return f"Case {person_id}-{number}."


def case_in(*texts: str) -> str:
    """The first such words in these texts; empty where none are, as in replies that nobody scripted."""
    return next((found.group() for text in texts if (found := CASE.search(text))), "")


@dataclass(frozen=True)
class Rerun:
    """One thing asked of the server: when, and the seconds until the page stood there again."""

    what: str
    began: float
    seconds: float


@dataclass
class Note:
    """One save: what must be there once, and whether the page said that it is kept."""

    person_id: int
    what: str
    words: str
    told: bool = False


@dataclass
class Books:
    """Everything that scripted people asked for, in order."""

    reruns: list[Rerun] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    dropped: int = 0

    def note(self, person_id: int, what: str, words: str) -> Note:
        """Write down what somebody is about to save."""
        self.notes.append(Note(person_id, what, words))
        return self.notes[-1]

    def told(self, what: str) -> int:
        """How many saves of a kind were acknowledged."""
        return sum(note.told for note in self.notes if note.what == what)

    def untold(self) -> int:
        """How many saves the server was killed over, or refused."""
        return sum(not note.told for note in self.notes)

    def differences(self, home: Path) -> list[str]:
        """What the closed workspace says otherwise: an acknowledged save lost, or any save there twice."""
        journal = Journal(home / JOURNAL)
        changes = [change for entry in journal.entries() for change in entry.changes]
        journal.close()
        kept = Counter(
            ("draft", change.row["person_id"], change.row["text"])
            for change in changes
            if change.table == "drafts" and change.op in {"insert", "update"}
        )
        store = Store(home)
        kept.update(
            ("reply", author, text) for author, text in store.rows("select author_id, text from replies")
        )
        kept.update(
            ("decision", person, f"{action} {case_in(text)}")
            for person, action, text in store.rows(
                "select h.person_id, h.action, r.text from history h join replies r on r.id = h.reply_id "
                "where h.action in ('approved', 'returned')"
            )
        )
        found = [*self._wrong(kept), *self._drafts_gone(store), *_told_twice(store)]
        store.close()
        return found

    def _wrong(self, kept: Counter[tuple[str, int, str]]) -> Iterable[str]:
        for note in self.notes:
            there = kept[note.what, note.person_id, note.words]
            if there > 1 or (note.told and there == 0):
                yield f"{note.what} of person {note.person_id} is there {there} times: {note.words}"

    def _drafts_gone(self, store: Store) -> Iterable[str]:
        """Of everybody whose last save was a draft: it must be what the editor would show them now."""
        last = {note.person_id: note for note in self.notes if note.what != "decision"}
        for note in last.values():
            mine = "select count(*) from drafts where person_id = ? and text = ?"
            if note.what == "draft" and note.told and store.value(mine, note.person_id, note.words) != 1:
                yield f"the last draft of person {note.person_id} is not in the drafts: {note.words}"


def _told_twice(store: Store) -> Iterable[str]:
    """A reply that its item's history says was submitted, or decided on, more than once."""
    rows = store.rows(
        "select reply_id, count(*) filter (action = 'submitted'), "
        "count(*) filter (action in ('approved', 'returned')) from history "
        "where reply_id in (select id from replies where origin = 'written') group by reply_id"
    )
    for reply_id, submitted, decided in rows:
        if submitted > 1 or decided > 1:
            yield f"reply {reply_id} was submitted {submitted} times and decided on {decided} times"

"""The sieve: goes through a file once and tells new rows from those known already and those listed."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from core.curation.intake.arrival import Arrival, Checker
from core.curation.intake.mapping import Mapping, check_mapping
from core.curation.intake.table import Reading, Rejected, Tally
from core.curation.projects import Project
from core.store.database import Reader
from core.store.store import Store
from core.text.figures import counted

PART = 50_000
"""Rows that are held in memory at a time."""

EVERY = 1_000
"""After how many rows progress is told."""

Tell = Callable[[int, float | None], None]
"""Told how many rows are done, and what share of the file that is where it is known; may raise to stop."""


class Part(NamedTuple):
    """Some of the new rows of a file, in its order."""

    new: list[Arrival]
    is_last: bool


class Sieve:
    """One pass over a file; `rows` = `taken` + `duplicates` + the rejected ones, always."""

    def __init__(
        self,
        reader: Reader | Store,
        project: Project,
        reading: Reading,
        mapping: Mapping,
        tell: Tell | None = None,
    ) -> None:
        """Nothing is read yet.

        Raises:
            Refused: the mapping names a column that the file lacks.
        """
        check_mapping(reading, mapping)
        self.rows = self.taken = self.with_reply = self.duplicates = 0
        self.rejected: list[Rejected] = []
        self._reader = reader
        self._project = project
        self._reading = reading
        self._tell = tell
        self._tally = Tally()
        self._checker = Checker(project, reading, mapping, self._tally)
        self._seen: dict[bytes, int | None] = {}
        self._other_replies = self._cleaned = 0

    def parts(self) -> Iterator[Part]:
        """The new rows, a part of the file at a time, in its order."""
        found = self._checked()
        ahead = next(found, None)
        while ahead is not None:
            rows = [ahead, *islice(found, PART - 1)]
            ahead = next(found, None)
            yield Part(self._new(rows), is_last=ahead is None)

    def _new(self, rows: list[Arrival]) -> list[Arrival]:
        there = replies_there(self._reader, self._project, [one.fingerprint for one in rows])
        new = [one for one in rows if self._is_new(one, there)]
        self.taken += len(new)
        self.with_reply += sum(one.reply is not None for one in new)
        return new

    def without_known(self, part: list[Arrival], there: dict[str, str | None]) -> list[Arrival]:
        """The rows of a part that are still new; what became known since is counted so."""
        known = [one for one in part if one.fingerprint in there]
        self.taken -= len(known)
        self.with_reply -= sum(one.reply is not None for one in known)
        for one in known:
            self._count_known(one, _gist(there[one.fingerprint]))
        return [one for one in part if one.fingerprint not in there]

    def notes(self) -> tuple[str, ...]:
        """What was left out or set right, in sentences; complete after the last part."""
        found = [*self._reading.notes, *self._tally.sentences()]
        if self._cleaned:
            found.append(f"Control characters were removed from {counted(self._cleaned, 'row')}.")
        if self._other_replies:
            found.append(
                f"{counted(self._other_replies, 'duplicate')} with a reply other than the one that is there: "
                "the first stays, the others are in the kept file only."
            )
        return tuple(found)

    def _checked(self) -> Iterator[Arrival]:
        """The rows that can be taken; the others are listed."""
        check, reject = self._checker.check, self.rejected.append
        for done, row in enumerate(self._reading.read(self._checker.columns, self._tally)):
            if self._tell is not None and done % EVERY == 0:
                self._tell(done, self._tally.share())
            self.rows += 1
            found = row if isinstance(row, Rejected) else check(row)
            if isinstance(found, Rejected):
                reject(found)
                continue
            if found.cleaned:
                self._cleaned += 1
            yield found

    def _is_new(self, one: Arrival, there: dict[str, str | None]) -> bool:
        """Whether the question is new to project and file; another reply to a known one is counted."""
        key = bytes.fromhex(one.fingerprint)
        if one.fingerprint in there:
            known = _gist(there[one.fingerprint])
        elif key in self._seen:
            known = self._seen[key]
        else:
            self._seen[key] = _gist(one.reply)
            return True
        self._count_known(one, known)
        return False

    def _count_known(self, one: Arrival, known: int | None) -> None:
        self.duplicates += 1
        self._other_replies += one.reply is not None and _gist(one.reply) != known


def replies_there(
    reader: Reader | Store, project: Project, fingerprints: list[str], since: int = 0
) -> dict[str, str | None]:
    """Which fingerprints the project has among its items from number `since` on, with their replies."""
    if not reader.rows("select 1 from items where project_id = ? and id >= ? limit 1", project.id, since):
        return {}
    rows = reader.rows(
        "select i.fingerprint, any_value(r.text) from items i left join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.id >= ? and i.fingerprint in (select unnest(?::varchar[])) "
        "group by i.fingerprint",
        project.id,
        since,
        fingerprints,
    )
    return dict(rows)


def _gist(reply: str | None) -> int | None:
    """A number that two replies share that differ in case at most."""
    return None if reply is None else hash(reply.casefold())

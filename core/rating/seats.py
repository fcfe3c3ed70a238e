"""Seats: a rater's places in the open studies, with everything they see there, and how far they are."""

from dataclasses import dataclass

from core.answers.arms import ArmKind
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.prompts import practice_of
from core.rating.seating import drawn
from core.rating.studies import study_by_id
from core.rating.study_plan import Plan, plan_of
from core.store.database import Reader
from core.store.memory import part

MOST_GUESSES = 15
FEWEST_GUESSES = 10
"""On fewer prompts guesses say nothing about whether a study was blind."""


@dataclass(frozen=True)
class SeatedDuel:
    """A duel as it was made: its prompt's place in the study, and whether the first arm stands left.

    Duels to practise on are in no table and have negative numbers.
    """

    id: int
    position: int
    a_left: bool
    again: bool = False


@dataclass(frozen=True)
class Seat:
    """A rater's place in an open study: what they practise on, their duels in turn, and what they guess."""

    study_id: int
    project_id: int
    rater_id: int
    plan: Plan
    practice: tuple[SeatedDuel, ...]
    duels: tuple[SeatedDuel, ...]
    to_guess: tuple[SeatedDuel, ...]

    def turn_of(self, duel_id: int) -> int | None:
        """The turn of a duel; None where it is not one of these."""
        return next((turn for turn, duel in enumerate(self.duels) if duel.id == duel_id), None)


def seats_of(reader: Reader, rater: Person) -> tuple[Seat, ...]:
    """A rater's places in open studies, oldest first."""
    return reader.recall(OF_SEATS, ("seats", rater.id), lambda: _seats(reader, rater))


def seat_at(reader: Reader, duel_id: int, rater: Person) -> tuple[Seat, int]:
    """The rater's seat and the turn of a duel.

    Raises:
        NotAllowed: it is somebody else's duel, or the person may not rate here any more.
        Refused: there is no such duel, or its study is closed.
    """
    for seat in seats_of(reader, rater):
        turn = seat.turn_of(duel_id)
        if turn is not None:
            _may_rate(reader, seat.project_id, rater)
            return seat, turn
    row = reader.row(
        "select d.rater_id, s.project_id from duels d join studies s on s.id = d.study_id where d.id = ?",
        duel_id,
    )
    if row is None:
        raise Refused("There is no such duel. Nothing was recorded.")
    owner_id, project_id = row
    if owner_id != rater.id:
        raise NotAllowed("This duel belongs to another rater. Nothing was recorded.")
    require(reader, project_id, rater, Action.RATE)
    raise Refused("The study was closed in the meantime, so nothing was recorded. Thank you.")


def seat_in(reader: Reader, study_id: int, rater: Person) -> Seat:
    """A rater's seat in an open study.

    Raises:
        NotAllowed: the person may not rate here any more.
        Refused: they have none.
    """
    _may_rate(reader, study_by_id(reader, study_id).project_id, rater)
    found = next((seat for seat in seats_of(reader, rater) if seat.study_id == study_id), None)
    if found is None:
        raise Refused("There is no open study of this number that you rate in. Nothing was changed.")
    return found


def votes_in(reader: Reader, seat: Seat) -> int:
    """How many duels of a seat have their vote: they are voted on in turn, so this is the next one's turn."""
    return _counted(reader, "votes", seat)


def practised_in(reader: Reader, seat: Seat) -> int:
    """How many duels of a seat's practice are done."""
    return _counted(reader, "practice_votes", seat)


def guessed_in(reader: Reader, seat: Seat) -> int:
    """How many guesses of a seat are given."""
    return _counted(reader, "guesses", seat)


def _may_rate(reader: Reader, project_id: int, rater: Person) -> None:
    """Let somebody rate, or not; it is asked at every vote."""
    asked = ("may rate", project_id, rater)
    reader.recall(("roles",), asked, lambda: require(reader, project_id, rater, Action.RATE))


def _counted(reader: Reader, table: str, seat: Seat) -> int:
    def ask() -> int:
        sql = f"select count(*) from {table} where study_id = ? and rater_id = ?"
        count: int = reader.value(sql, seat.study_id, seat.rater_id)
        return count

    own = part(table, "rater_id", seat.rater_id)
    return reader.recall((own,), (table, seat.study_id, seat.rater_id), ask)


OF_SEATS = ("duels", "studies", "study_prompts", "study_plans")
SEATS = (
    "select d.study_id, d.id, d.position, d.left_arm = s.arm_a, d.again from duels d "
    "join studies s on s.id = d.study_id where d.rater_id = ? and s.state = 'open' "
    "order by d.study_id, d.turn"
)
STUDIES = (
    "select s.id, s.project_id, s.secret, (a.kind = ?) <> (b.kind = ?) from studies s "
    "join arms a on a.id = s.arm_a join arms b on b.id = s.arm_b where s.id in (select unnest(?::bigint[]))"
)


def _seats(reader: Reader, rater: Person) -> tuple[Seat, ...]:
    by_study: dict[int, list[SeatedDuel]] = {}
    for study_id, *one in reader.rows(SEATS, rater.id):
        by_study.setdefault(study_id, []).append(SeatedDuel(*one))
    tuned = ArmKind.TUNED.value
    studies = {row[0]: row[1:] for row in reader.rows(STUDIES, tuned, tuned, list(by_study))}
    return tuple(
        Seat(
            study_id=study_id,
            project_id=studies[study_id][0],
            rater_id=rater.id,
            plan=plan_of(reader, study_id),
            practice=_practice(reader, studies[study_id][1], study_id, rater),
            duels=tuple(duels),
            to_guess=_to_guess(studies[study_id][1], study_id, rater, duels) if studies[study_id][2] else (),
        )
        for study_id, duels in by_study.items()
    )


def _practice(reader: Reader, secret: str, study_id: int, rater: Person) -> tuple[SeatedDuel, ...]:
    """The duels to practise on; each arm stands left by chance."""
    return tuple(
        SeatedDuel(
            -1 - number, prompt.position, drawn(secret, study_id, rater.id, f"practice {number}") % 2 == 0
        )
        for number, prompt in enumerate(practice_of(reader, study_id))
    )


def _to_guess(secret: str, study_id: int, rater: Person, duels: list[SeatedDuel]) -> tuple[SeatedDuel, ...]:
    """Some of the duels, in another order; as they stood when they were rated first."""
    first = [duel for duel in duels if not duel.again]
    if len(first) < FEWEST_GUESSES:
        return ()
    order = sorted(first, key=lambda duel: drawn(secret, study_id, rater.id, f"guess {duel.id}"))
    return tuple(order[:MOST_GUESSES])

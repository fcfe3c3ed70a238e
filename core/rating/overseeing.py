"""Overseeing: what an owner may know of studies under way, in which neither side leads."""

from dataclasses import dataclass

from core.rating.studies import Study, studies_of
from core.store.database import Reader


@dataclass(frozen=True)
class StudyLine:
    """One study in a list: how many prompts count, how many people began, how many votes there are."""

    study: Study
    n_prompts: int
    n_raters: int
    n_votes: int


@dataclass(frozen=True)
class Sides:
    """On how many duels that have a vote the first arm stood left, of how many; second looks left out."""

    first_left: int
    n_votes: int

    @property
    def sentence(self) -> str:
        """How even the sides are."""
        return (
            f"Each side in turn: the first model stood left in {self.first_left} of {self.n_votes} votes, "
            f"the second in {self.n_votes - self.first_left}."
        )


def study_lines(reader: Reader, project_id: int) -> list[StudyLine]:
    """The studies of a project, newest first."""
    counts = {number: rest for number, *rest in reader.rows(COUNTS, project_id)}
    return [StudyLine(study, *counts[study.id]) for study in studies_of(reader, project_id)]


def sides_of(reader: Reader, study: Study) -> Sides:
    """How the sides fell in the votes so far."""
    first_left, n_votes = reader.rows(
        "select count(*) filter (d.left_arm = ?), count(*) from votes v join duels d on d.id = v.duel_id "
        "where v.study_id = ? and not d.again",
        study.arm_a,
        study.id,
    )[0]
    return Sides(first_left, n_votes)


COUNTS = (
    "select s.id, "
    "(select count(*) from study_prompts p where p.study_id = s.id and not coalesce(p.practice, false)), "
    "(select count(distinct d.rater_id) from duels d where d.study_id = s.id), "
    "(select count(*) from votes v join duels d on d.id = v.duel_id where v.study_id = s.id and not d.again) "
    "from studies s where s.project_id = ?"
)

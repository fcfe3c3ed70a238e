"""Loss marks: the topics on which a model lost its last study; their open questions are written sooner."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store


@dataclass(frozen=True)
class LossMark:
    """On what share of a topic's prompts a model lost, and how often two raters of one prompt differed.

    `disagreement` is a share of pairs of votes; None where no prompt had two votes.
    """

    topic: str
    n_prompts: int
    loss_rate: float
    disagreement: float | None


@dataclass(frozen=True)
class LostTopic:
    """A marked topic, and what of it is open: so many questions, asked so many times."""

    mark: LossMark
    study_id: int
    questions: int
    open_asked: int
    weight: float


def mark_losses(
    store: Store, project_id: int, study_id: int, marks: Sequence[LossMark], person: Person
) -> None:
    """Keep what the last study of a project showed, in the place of what the one before did.

    Raises:
        NotAllowed: the person may not close studies here.
    """
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.STUDY)
        for (number,) in tx.rows("select id from loss_marks where project_id = ?", project_id):
            tx.delete("loss_marks", {"id": number})
        for mark in marks:
            tx.insert(
                "loss_marks",
                {
                    "id": tx.new_id("loss_marks"),
                    "project_id": project_id,
                    "study_id": study_id,
                    "topic": mark.topic,
                    "n_prompts": mark.n_prompts,
                    "loss_rate": mark.loss_rate,
                    "disagreement": mark.disagreement,
                    "person_id": person.id,
                    "marked_at": tx.now,
                },
            )


def lost_topics(store: Store, project_id: int) -> tuple[LostTopic, ...]:
    """The topics on which a model lost, those first where a reply is worth most.

    The weight of a topic is loss rate × times asked × (1 + disagreement): where raters differ too, an
    approved reply settles something; where that is unknown, it adds nothing.
    """

    def ask() -> tuple[LostTopic, ...]:
        return tuple(LostTopic(LossMark(*row[:4]), *row[4:]) for row in store.rows(LOST_TOPICS, project_id))

    return store.recall(("items", "loss_marks"), ("lost topics", project_id), ask)


WEIGHT = "m.loss_rate * (1 + coalesce(m.disagreement, 0))"
LOST_TOPICS = (
    "select m.topic, m.n_prompts, m.loss_rate, m.disagreement, m.study_id, count(i.id), "
    f"coalesce(sum(coalesce(i.volume, 1)), 0)::bigint as asked, any_value({WEIGHT}) * asked as weight "
    "from loss_marks m left join items i "
    "on i.project_id = m.project_id and i.topic = m.topic and i.state <> 'approved' "
    "where m.project_id = ? and m.loss_rate > 0 group by all order by weight desc, m.topic"
)
MARKED = "left join loss_marks m on m.project_id = i.project_id and m.topic = i.topic"
RAISED = f"w.worth * (1 + coalesce({WEIGHT}, 0))"
"""What a question is worth to a survey, raised where a model lost on its topic."""

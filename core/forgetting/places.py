"""Where a customer's words may stand: every text column of the schema is one of these three."""

from dataclasses import dataclass

WITH_THE_ITEM = frozenset(
    {
        "items",
        "replies",
        "history",
        "drafts",
        "item_locks",
        "item_worth",
        "writing_clock",
        "suggestions",
        "second_opinions",
        "accepted_findings",
        "near_pairs",
        "bulk_items",
        "dataset_rows",
        "wishes",
    }
)
"""Tables whose rows go when their item is erased."""

WITHOUT_WORDS = frozenset(
    {"migrations", "journal_position", "counters", "people", "roles", "scans", "metric_points"}
    | {
        "duels",
        "votes",
        "undone_votes",
        "practice_votes",
        "guesses",
        "review_desks",
        "erasures",
        "erased_datasets",
        "erased_runs",
        "surveys",
        "sweeps",
        "reply_times",
        "notification_settings",
        "notices",
        "messages",
        "looks",
        "judges",
        "judgements",
        "labour_rates",
    }
)
"""Tables in which no customer's words stand: numbers, our own sentences, the people who work here."""

CODES = frozenset(
    {
        "kind",
        "labels",
        "format",
        "encoding",
        "mapping",
        "target_state",
        "file_blob",
        "sha256",
        "split",
        "provider",
        "base_model",
        "token",
        "state",
        "marks",
        "secret",
        "training_file",
        "validation_file",
        "job_id",
        "model",
        "untuned_model",
        "event_id",
        "level",
        "action",
        "id",
        "dataset_id",
        "subject",
        "claim",
        "form",
        "left_out",
        "sealed",
        "side",
    }
)
"""Columns of the tables below that hold words of ours or of a provider."""


@dataclass(frozen=True)
class Place:
    """A table of texts that belong to no item, or to one that stays: which columns, and whose project."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    name: str
    project: str = "t.project_id"
    joined: str = ""


PLACES = (
    Place("projects", ("id",), ("name", "instructions"), "the project's instructions", "t.id"),
    Place("guidelines", ("id",), ("text",), "a version of the guideline"),
    Place("check_rules", ("id",), ("rules",), "a version of the checks"),
    Place("imports", ("id",), ("file_name", "rejected", "choices", "notes"), "the report of an import"),
    Place("views", ("id",), ("name", "filter"), "a saved view"),
    Place("bulk_changes", ("id",), ("value", "filter"), "a change of many items"),
    Place("datasets", ("id",), ("instructions",), "the instructions of a dataset"),
    Place("arms", ("id",), ("name", "instructions"), "the instructions of a model"),
    Place("choices", ("id",), ("reason",), "why a model was chosen"),
    Place("loss_marks", ("id",), ("topic",), "a topic on which a model lost"),
    Place("jobs", ("id",), ("outcome",), "how background work ended"),
    Place("runs", ("id",), ("error",), "why a fine-tuning failed"),
    Place(
        "sweep_points",
        ("sweep_id", "size", "draw"),
        ("error",),
        "why a training of a learning curve failed",
        "o.project_id",
        "join sweeps o on o.id = t.sweep_id",
    ),
    Place(
        "run_events",
        ("run_id", "event_id"),
        ("message",),
        "what a provider said of a fine-tuning",
        "o.project_id",
        "join runs o on o.id = t.run_id",
    ),
    Place(
        "answers",
        ("dataset_id", "arm_id", "item_id"),
        ("text", "matched_question", "error"),
        "a model's answer",
        "o.project_id",
        "join arms o on o.id = t.arm_id",
    ),
    Place(
        "study_plans",
        ("study_id",),
        ("quality", "rubric"),
        "the plan of a study",
        "o.project_id",
        "join studies o on o.id = t.study_id",
    ),
    Place(
        "study_prompts",
        ("study_id", "position"),
        ("question", "conversation", "text_a", "text_b"),
        "a prompt of a study",
        "o.project_id",
        "join studies o on o.id = t.study_id",
    ),
    Place(
        "duel_notes",
        ("duel_id",),
        ("note", "passage"),
        "a rater's note",
        "o.project_id",
        "join studies o on o.id = t.study_id",
    ),
)

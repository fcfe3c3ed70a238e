"""Taking a closed study out: its votes as a file, and its decisive duels as examples of preference."""

import csv
import io
import json
from collections import defaultdict

from core.answers.arms import arm_by_id
from core.people.persons import Person
from core.people.roles import Action, may, require, roles_of
from core.rating.results import must_be_closed, votes_frame
from core.rating.shown import NO_ANSWER
from core.rating.studies import Study
from core.store.store import Store
from core.text.spreadsheet import without_formula

AGREEING = 2 / 3
"""So large a share of the raters with a preference must agree before a duel teaches one."""


def votes_csv(store: Store, study: Study, person: Person) -> bytes:
    """Every vote, as `python -m core verdict` reads it; raters are numbers.

    What raters wrote stands in it only for those who may open studies.

    Raises:
        NotAllowed: the person may not see verdicts here.
        Refused: the study is not closed.
    """
    require(store, study.project_id, person, Action.JUDGE)
    frame = votes_frame(store, study)
    beside = BESIDE if may(roles_of(store, study.project_id, person.id), Action.STUDY) else BESIDE[:3]
    said = {tuple(map(str, row[:3])): row[3:] for row in store.rows(SAID, study.id)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*frame.columns, *beside])
    for row in frame.itertuples(index=False):
        words = said.get((str(row.prompt_id), str(row.rater_id), str(row.voted_at)), NOTHING)
        cells = [*row, *words[: len(beside)]]
        writer.writerow(["" if value is None else without_formula(str(value)) for value in cells])
    return out.getvalue().encode("utf-8-sig")


def preferences_jsonl(store: Store, study: Study, person: Person) -> bytes:
    """The duels on which raters agreed, as OpenAI's preference format has them (method `dpo`).

    They are held-out questions: what learns from them can no longer be tested on them.

    Raises:
        NotAllowed: the person may not take datasets out here.
        Refused: the study is not closed.
    """
    require(store, study.project_id, person, Action.FREEZE)
    must_be_closed(study)
    a = arm_by_id(store, study.arm_a)
    asked = "select item_id, question, conversation, text_a, text_b from study_prompts where study_id = ?"
    texts = {str(row[0]): row[1:] for row in store.rows(f"{asked} order by position", study.id)}
    for_a = _for_first(store, study)
    lines = []
    for item, (question, conversation, text_a, text_b) in texts.items():
        wins, losses = for_a[item]
        if max(wins, losses) < AGREEING * (wins + losses) or wins == losses or NO_ANSWER in {text_a, text_b}:
            continue
        better, worse = (text_a, text_b) if wins > losses else (text_b, text_a)
        before = [{"role": "system", "content": a.instructions}] if a.instructions else []
        before += json.loads(conversation or "[]")
        example = {
            "input": {"messages": [*before, {"role": "user", "content": question}]},
            "preferred_output": [{"role": "assistant", "content": better}],
            "non_preferred_output": [{"role": "assistant", "content": worse}],
        }
        lines.append(json.dumps(example, ensure_ascii=False) + "\n")
    return "".join(lines).encode()


BESIDE = ("reason", "left_score", "right_score", "note", "passage")
NOTHING = (None,) * len(BESIDE)
SAID = (
    "select d.item_id, d.rater_id, v.voted_at, v.reason, v.left_score, v.right_score, n.note, n.passage "
    "from votes v join duels d on d.id = v.duel_id left join duel_notes n on n.duel_id = d.id "
    "where v.study_id = ? and (v.reason is not null or v.left_score is not null or n.duel_id is not null)"
)


def _for_first(store: Store, study: Study) -> dict[str, tuple[int, int]]:
    """By prompt, how many preferred the first arm and how many the second."""
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    sql = (
        "select d.item_id, (v.outcome = 'left') = (d.left_arm = s.arm_a) from votes v "
        "join duels d on d.id = v.duel_id join studies s on s.id = v.study_id "
        "where v.study_id = ? and not d.again and v.outcome in ('left', 'right')"
    )
    for item, first in store.rows(sql, study.id):
        wins, losses = counts[str(item)]
        counts[str(item)] = (wins + first, losses + (not first))
    return counts

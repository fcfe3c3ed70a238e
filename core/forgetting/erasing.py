"""Erasing: in one transaction what a plan names leaves the tables; then all files are written anew.

A kill before the transaction is as if nothing had been begun; after it the rest is done at the next start.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.datasets.versions import dataset_by_id
from core.errors import Refused
from core.forgetting.kept_files import files_to_remove
from core.forgetting.plan import Mention, Plan, Request, Touched, pattern_of, plan_of
from core.people.persons import Person
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction
from core.training.runs import run_by_id
from core.training.withdraw import nothing_was_sent

ERASED = "[erased]"
ERASED_QUESTION = "[This question was erased because a customer asked to be forgotten. Please skip it.]"
LONGEST_REASON = 300

WRITING = "files still to be written anew"
DONE = "erased"

TO_WITHDRAW = "to withdraw"
WITHDRAWN = "withdrawn"
FAILED = "failed"


@dataclass(frozen=True)
class Erasure:
    """A tombstone: that something was erased, by whom and why; nothing of what it was."""

    id: int
    reason: str
    n_items: int
    n_replies: int
    n_answers: int
    n_files: int
    n_mentions: int
    state: str
    person: str
    erased_at: datetime

    @property
    def done(self) -> bool:
        """Whether no file of the workspace holds it any more."""
        return self.state == DONE


def erase(store: Store, request: Request, reason: str, person: Person) -> Erasure:
    """Erase everything that the request finds, and write all files of the workspace anew.

    Raises:
        Refused: nothing was found where this person may forget customers, the reason is missing or names the
            customer, or background work goes on.
        StorageFailed: the disk is full; what was erased stays erased, and the files are written anew later.
    """
    with store.transaction(person.email) as tx:
        plan = plan_of(tx, request, person)
        said = _must_hold(tx, plan, reason)
        erasure_id = _erase(tx, store, plan, said, person)
    finish(store)
    return erasure_by_id(store, erasure_id)


def finish(store: Store) -> None:
    """Write the files anew after an erasure that did not come so far; otherwise do nothing."""
    if store.value("select 1 from erasures where state = ? limit 1", WRITING) is None:
        return
    store.write_anew()
    with store.transaction("system") as tx:
        for (erasure_id,) in tx.rows("select id from erasures where state = ?", WRITING):
            tx.update("erasures", {"id": erasure_id}, {"state": DONE})


def erasure_by_id(reader: Reader, erasure_id: int) -> Erasure:
    """The erasure with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where e.id = ?", erasure_id)
    if row is None:
        raise Refused(f"There is no erasure with the number {erasure_id}.")
    return Erasure(*row)


def erasures(reader: Reader) -> list[Erasure]:
    """All tombstones, newest first."""
    return [Erasure(*row) for row in reader.rows(f"{SELECT} order by e.id desc")]


SELECT = (
    "select e.id, e.reason, e.n_items, e.n_replies, e.n_answers, e.n_files, e.n_mentions, e.state, p.name, "
    "e.erased_at from erasures e join people p on p.id = e.person_id"
)


def _must_hold(reader: Reader, plan: Plan, reason: str) -> str:
    """The reason as it is kept, once nothing stands against erasing."""
    said = " ".join(reason.split())
    if not said:
        raise Refused("Say why the customer is forgotten. Nothing was erased.")
    if len(said) > LONGEST_REASON:
        raise Refused(f"A reason has at most {LONGEST_REASON} characters. Nothing was erased.")
    if plan.empty:
        elsewhere = " Ask an owner of the other projects." if plan.elsewhere else ""
        raise Refused(f"Nothing of this customer was found where you may erase it.{elsewhere}")
    own = [plan.request.customer, *plan.request.words, *(f.item.ticket or "" for f in plan.items)]
    if pattern_of([one for one in own if one] or [ERASED]).search(said):
        raise Refused(
            "The reason stays for good, so it must not name the customer. Write it without. Nothing was "
            "erased."
        )
    busy = reader.value("select count(*) from jobs where state in ('queued', 'running')")
    if busy:
        raise Refused(
            "Background work is under way, which may still hold what is to be erased. Wait until it has "
            "ended, or stop it, and try again. Nothing was erased."
        )
    return said


def _erase(tx: Transaction, store: Store, plan: Plan, reason: str, person: Person) -> int:
    ids = plan.item_ids
    files = files_to_remove(tx, store.blobs, plan)
    mentions = plan.mentions if plan.request.mentions else ()
    for import_id in files:
        tx.update("imports", {"id": import_id}, {"file_blob": "", "file_name": ERASED})
    _rewrite_datasets(tx, store, plan, mentions)
    _empty_prompts(tx, ids)
    repeated = _empty_repetitions(tx, plan.texts)
    _take_out(tx, plan, mentions)
    for table, key in DELETED:
        _delete(tx, table, key, ids)
    erasure_id = tx.new_id("erasures")
    tx.insert(
        "erasures",
        {
            "id": erasure_id,
            "reason": reason,
            "n_items": len(ids),
            "n_replies": plan.n_replies,
            "n_answers": plan.n_answers + repeated,
            "n_files": len(files),
            "n_mentions": len(mentions),
            "state": WRITING,
            "person_id": person.id,
            "erased_at": tx.now,
            "version": 1,
        },
    )
    _mark(tx, erasure_id, plan)
    return erasure_id


DELETED = (
    ("near_pairs", ("project_id", "item_a", "item_b")),
    ("item_locks", ("item_id",)),
    ("item_worth", ("item_id",)),
    ("wishes", ("item_id",)),
    ("writing_clock", ("item_id", "person_id")),
    ("suggestions", ("id",)),
    ("second_opinions", ("reply_id",)),
    ("answers", ("dataset_id", "arm_id", "item_id")),
    ("dataset_rows", ("dataset_id", "position")),
    ("bulk_items", ("bulk_id", "item_id")),
    ("accepted_findings", ("id",)),
    ("drafts", ("item_id", "person_id")),
    ("history", ("id",)),
    ("replies", ("id",)),
    ("items", ("id",)),
)
"""Tables whose rows of an item are deleted, with their keys."""

ITEM_COLUMNS = {"items": ("id",), "near_pairs": ("item_a", "item_b")}
"""Where an item's number stands, if not under `item_id`."""


def _delete(tx: Transaction, table: str, key: Sequence[str], ids: Sequence[int]) -> None:
    for column in ITEM_COLUMNS.get(table, ("item_id",)):
        asked = f"select {', '.join(key)} from {table} where {column} in (select unnest(?::bigint[]))"
        for row in tx.rows(asked, list(ids)):
            tx.delete(table, dict(zip(key, row, strict=True)))


def _rewrite_datasets(tx: Transaction, store: Store, plan: Plan, mentions: Sequence[Mention]) -> None:
    """Frozen bytes without the rows of these items; the id stays, and stands on the tombstone."""
    gone, words = set(plan.item_ids), plan.looked_for
    named = {one.key[0] for one in mentions if one.place.table == "datasets"}
    touched = {one.dataset_id: one for one in plan.datasets}
    for dataset_id in sorted(named | touched.keys()):
        dataset = dataset_by_id(tx, dataset_id)
        head, *lines = (
            store.blobs.get(dataset.sha256).decode("utf-8", "surrogatepass").rstrip("\n").split("\n")
        )
        asked = "select item_id from dataset_rows where dataset_id = ? order by position"
        kept = [
            line
            for line, (item_id,) in zip(lines, tx.rows(asked, dataset_id), strict=True)
            if item_id not in gone
        ]
        if dataset_id in named:
            head = json.dumps(_without(json.loads(head), words), ensure_ascii=False)
        content = "".join(f"{line}\n" for line in (head, *kept)).encode("utf-8", "surrogatepass")
        less = touched.get(dataset_id, Touched(dataset_id, 0, 0, 0))
        tx.update(
            "datasets",
            {"id": dataset_id},
            {
                "sha256": store.blobs.put(content),
                "n_train": dataset.n_train - less.n_train,
                "n_validation": dataset.n_validation - less.n_validation,
                "n_test": dataset.n_test - less.n_test,
            },
        )


def _empty_prompts(tx: Transaction, ids: Sequence[int]) -> None:
    """Prompts of studies keep their place and their votes; what was asked, answered and noted goes."""
    noted = (
        "select n.duel_id from duel_notes n join duels d on d.id = n.duel_id "
        "where d.item_id in (select unnest(?::bigint[]))"
    )
    for (duel_id,) in tx.rows(noted, list(ids)):
        tx.delete("duel_notes", {"duel_id": duel_id})
    asked = "select study_id, position from study_prompts where item_id in (select unnest(?::bigint[]))"
    for study_id, position in tx.rows(asked, list(ids)):
        tx.update(
            "study_prompts",
            {"study_id": study_id, "position": position},
            {"question": ERASED_QUESTION, "conversation": None, "text_a": ERASED, "text_b": ERASED},
        )


def _empty_repetitions(tx: Transaction, texts: Sequence[str]) -> int:
    """Other answers that repeat an erased text word for word; returns how many there were."""
    count = 0
    for table, key, columns in REPEATING:
        for column in columns:
            asked = (
                f"select {', '.join(key)} from {table} "
                f"where len(list_filter(?::varchar[], lambda said: contains({column}, said))) > 0"
            )
            for row in tx.rows(asked, list(texts)):
                tx.update(table, dict(zip(key, row, strict=True)), {column: ERASED})
                count += table == "answers" and column == "text"
    return count


REPEATING = (
    ("answers", ("dataset_id", "arm_id", "item_id"), ("text", "matched_question")),
    ("study_prompts", ("study_id", "position"), ("text_a", "text_b")),
    ("suggestions", ("id",), ("text",)),
)


def _take_out(tx: Transaction, plan: Plan, mentions: Sequence[Mention]) -> None:
    """Put `[erased]` in the place of each of the words."""
    for one in mentions:
        key = dict(zip(one.place.key, one.key, strict=True))
        conditions = " and ".join(f"{column} = ?" for column in key)
        now = tx.value(f"select {one.column} from {one.place.table} where {conditions}", *one.key)
        if now is not None:
            changed = pattern_of(plan.looked_for).sub(ERASED, now)
            tx.update(one.place.table, key, {one.column: changed})


def _without(head: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    pattern = pattern_of(words)
    return {name: pattern.sub(ERASED, one) if isinstance(one, str) else one for name, one in head.items()}


def _mark(tx: Transaction, erasure_id: int, plan: Plan) -> None:
    """Note which datasets and runs held something of it."""
    for one in plan.datasets:
        tx.insert(
            "erased_datasets",
            {
                "erasure_id": erasure_id,
                "dataset_id": one.dataset_id,
                "n_train": one.n_train,
                "n_validation": one.n_validation,
                "n_test": one.n_test,
            },
        )
    for run_id in plan.run_ids:
        unsent = nothing_was_sent(run_by_id(tx, run_id))
        state, note = (WITHDRAWN, "Nothing was sent for this run.") if unsent else (TO_WITHDRAW, "")
        tx.insert("erased_runs", {"erasure_id": erasure_id, "run_id": run_id, "state": state, "note": note})

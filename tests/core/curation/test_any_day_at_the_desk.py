"""Whatever people do in whatever order: nobody approves their own, and every step is in the history."""

import itertools
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.curation import queue, review, writing
from core.curation.items import State, history_of
from core.curation.replies import replies_of
from core.errors import Refused
from core.people.membership import grant
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.desk import open_desk

ITEMS = st.integers(0, 1)
PEOPLE = st.integers(0, 2)
TEXTS = st.sampled_from(["", "Your bag is at desk 4.", "Desk 4, arrivals.", "Please ask at the desk."])

AFTER = {
    "added": State.WAITING,
    "began": State.DRAFT,
    "submitted": State.SUBMITTED,
    "edited": State.SUBMITTED,
    "decision undone": State.SUBMITTED,
    "taken back": State.DRAFT,
    "approved": State.APPROVED,
    "returned": State.RETURNED,
}


class Day(RuleBasedStateMachine):
    """Three people who may all write and review, and two questions."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "home")

    @initialize()
    def open_the_desk(self) -> None:
        self.desk = open_desk(self.store)
        self.people = [self.desk.anna, self.desk.ben, self.desk.carl]
        with self.store.transaction("olga@example.com") as tx:
            grant(tx, self.desk.project.id, self.desk.anna, Role.REVIEWER)
        self.items = [self.desk.asked("Where is my bag?"), self.desk.asked("May I bring a drill?")]

    @rule(item=ITEMS, person=PEOPLE, text=TEXTS)
    def type_a_draft(self, item: int, person: int, text: str) -> None:
        try:
            writing.save_draft(self.store, self.items[item].id, text, self.people[person])
        except Refused:
            return
        draft = writing.draft_of(self.store, self.items[item].id, self.people[person])
        assert (draft.text if draft else "") == text

    @rule(item=ITEMS, person=PEOPLE, text=TEXTS)
    def submit(self, item: int, person: int, text: str) -> None:
        try:
            writing.submit(self.store, self.items[item].id, text, self.people[person])
        except Refused:
            return

    @rule(item=ITEMS, person=PEOPLE, verb=st.sampled_from(["skip", "take back", "reopen"]))
    def change_ones_mind(self, item: int, person: int, verb: str) -> None:
        number, who = self.items[item].id, self.people[person]
        try:
            if verb == "skip":
                queue.skip(self.store, number, "later", who)
            elif verb == "take back":
                writing.take_back(self.store, number, who)
            else:
                review.reopen(self.store, number, who)
        except Refused:
            return

    @rule(item=ITEMS, person=PEOPLE, verb=st.sampled_from(["approve", "return", "edit"]), text=TEXTS)
    def decide(self, item: int, person: int, verb: str, text: str) -> None:
        number, who = self.items[item].id, self.people[person]
        try:
            if verb == "approve":
                review.approve(self.store, number, who)
            elif verb == "return":
                review.send_back(self.store, number, review.Reason.TONE, "", who)
            else:
                review.edit(self.store, number, text, who)
        except Refused:
            return

    @rule(person=PEOPLE)
    def ask_for_the_next(self, person: int) -> None:
        handed = queue.next_item(self.store, self.desk.project, self.people[person])
        if handed is None:
            return
        holders = self.store.rows("select person_id from item_locks where item_id = ?", handed.id)
        assert holders == [(self.people[person].id,)]

    @invariant()
    def nobody_ever_decided_on_their_own(self) -> None:
        count = "select count(*) from replies where reviewer_id = author_id"
        assert self.store.value(count) == 0

    @invariant()
    def the_history_tells_the_state_and_has_no_gaps(self) -> None:
        for item in getattr(self, "items", []):
            told = history_of(self.store, item.id)
            assert told[-1].state_to is self.desk.state(item)
            for before, after in itertools.pairwise(told):
                assert after.state_from is before.state_to
                assert after.state_to is AFTER.get(after.action, before.state_to)

    @invariant()
    def what_is_approved_was_approved_by_somebody_else(self) -> None:
        for item in getattr(self, "items", []):
            now = self.desk.now(item)
            if now.state is State.APPROVED:
                golden = next(reply for reply in replies_of(self.store, item.id) if reply.id == now.reply_id)
                assert golden.decision == "approved"
                assert golden.reviewer is not None
                assert golden.reviewer != golden.author

    def teardown(self) -> None:
        digest = self.store.digest()
        self.store.close()
        (self.store.home / "touchstone.duckdb").unlink()
        again = Store(self.store.home)
        assert again.digest() == digest
        again.close()
        self.folder.cleanup()


TestAnyDay = Day.TestCase
TestAnyDay.settings = settings(
    max_examples=5,
    stateful_step_count=18,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

"""Three scripted raters of known taste on the airport demo: the verdict tells their taste, and how surely."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zlib import crc32

import numpy as np
import pytest

from core.answers.arms import Arm, add_model_arm
from core.datasets.splitting import Split, parse_shares
from core.datasets.versions import Dataset, freeze, rows_of
from core.demo.seed import SPLIT, seed_demo
from core.people.membership import grant
from core.people.persons import Person, add_person, find_person
from core.people.roles import Role
from core.providers.profiles import PROFILES
from core.rating.duels import DuelView, begin, desk
from core.rating.results import arm_names, counted_votes
from core.rating.studies import Study, close_study, fix_prompts, open_study
from core.rating.study_plan import suggested_plan
from core.rating.votes import Outcome, vote
from core.settings import LOCAL_EMAIL
from core.store.store import Store
from core.verdict.preference import PairVerdict, pair_verdict
from core.verdict.votes import PairVotes
from tests.core.rating.study_hall import LONG_AGO

PROMPTS = 20
STUDIES = 24
TIES = 0.2
WEAKEST, STRONGEST = 0.45, 0.95
"""On a prompt a rater with a preference takes the better answer so often; it differs between prompts."""
TASTE = TIES / 2 + (1 - TIES) * (WEAKEST + STRONGEST) / 2
"""The mean score of the better arm over prompts like these."""
FEWEST_COVERED = 20
"""Of so many intervals that hold the truth 19 times in 20, fewer hold it in 1 of 90 cases."""


@dataclass(frozen=True)
class Airport:
    """The demo's airport, frozen, with two arms: the second gives the approved replies."""

    store: Store
    dataset: Dataset
    arms: tuple[Arm, Arm]
    owner: Person
    raters: tuple[Person, ...]
    better: frozenset[str]

    def study(self, seed: int) -> PairVotes:
        """A whole study by the public verbs, by raters whose dice this seed throws."""
        study = self._opened()
        for rater in self.raters:
            begin(self.store, study.id, rater)
            while (duel := desk(self.store, study.project_id, rater).duel) is not None:
                said = self.taste(duel, rater, seed)
                vote(self.store, duel.duel_id, rater, said, datetime.now(UTC) - LONG_AGO)
        closed = close_study(self.store, study, self.owner)
        first, second = arm_names(self.store, closed)
        votes = counted_votes(self.store, closed)
        assert votes is not None
        return votes.between(second, first)

    def taste(self, duel: DuelView, rater: Person, seed: int) -> Outcome:
        """What a rater says: the prompt's lean is the same for all three, the dice are their own."""
        prompt = crc32(duel.question.encode())
        lean = np.random.default_rng([seed, prompt]).uniform(WEAKEST, STRONGEST)
        dice = np.random.default_rng([seed, prompt, rater.id])
        if dice.random() < TIES:
            return Outcome.TIE
        takes_better = dice.random() < lean
        return Outcome.LEFT if takes_better == (duel.left_text in self.better) else Outcome.RIGHT

    def _opened(self) -> Study:
        project_id = self.dataset.project_id
        plan = suggested_plan(self.store, self.dataset)
        plan = replace(plan, raters=len(self.raters), prompts=PROMPTS, practice=0, repeats=0.0, left_out=())
        project = next(one for one in seed_demo(self.store) if one.id == project_id)
        opened = open_study(self.store, project, self.dataset, *self.arms, self.owner, plan)
        return fix_prompts(self.store, opened.id)


@pytest.fixture
def airport(store: Store) -> Airport:
    project = seed_demo(store)[0]
    owner = find_person(store, LOCAL_EMAIL)
    assert owner is not None
    dataset = freeze(store, project, parse_shares(SPLIT), 1, owner)
    first, second = (
        add_model_arm(store, project.id, PROFILES["compatible"], f"model-{name}", "Answer.", owner)
        for name in ("a", "b")
    )
    rows = rows_of(store, dataset.id, Split.TEST)
    others = [row.reply for row in rows_of(store, dataset.id, Split.TRAIN)]
    with store.transaction("test") as tx:
        for row, other in zip(rows, others, strict=False):
            for arm, text in ((first, f"{other} ({row.position})"), (second, row.reply)):
                key = {"dataset_id": dataset.id, "arm_id": arm.id, "item_id": row.item_id}
                tx.insert("answers", {**key, "text": text, "answered_at": tx.now})
    people = tuple(add_person(store, f"{name}@example.com", name) for name in ("One", "Two", "Three"))
    with store.transaction("test") as tx:
        for person in people:
            grant(tx, project.id, person, Role.RATER)
    better = frozenset(row.reply.strip() for row in rows)
    return Airport(store, dataset, (first, second), owner, people, better)


def verdicts(airport: Airport) -> Iterator[PairVerdict]:
    for seed in range(STUDIES):
        yield pair_verdict(airport.study(seed))


def test_the_verdict_tells_the_taste_and_its_interval_holds_it_as_often_as_it_says(airport: Airport) -> None:
    found = list(verdicts(airport))

    assert {(one.n_prompts, one.n_votes) for one in found} == {(PROMPTS, 3 * PROMPTS)}
    means = [one.mean for one in found if one.mean is not None]
    assert sum(means) / STUDIES == pytest.approx(TASTE, abs=0.03)
    shown = [one.shown95 for one in found if one.shown95 is not None]
    assert len(shown) == STUDIES
    assert FEWEST_COVERED <= sum(low <= TASTE <= high for low, high in shown) <= STUDIES
    at_any_time = [one.anytime_ci95 for one in found if one.anytime_ci95 is not None]
    assert sum(low <= TASTE <= high for low, high in at_any_time) >= FEWEST_COVERED
    assert not any(one.leads_with() and (one.mean or 0) < 0.5 for one in found)

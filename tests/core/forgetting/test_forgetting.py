"""A customer who asks to be forgotten is found, given out, and erased from every file of the workspace."""

import json

import pytest

from core.answers.arms import arm_by_id
from core.curation import review
from core.curation.items import State, count_by_state, item_by_id
from core.curation.projects import guideline
from core.curation.second_opinion import give
from core.curation.suggestions import keep_suggestion
from core.datasets.splitting import Split
from core.datasets.versions import dataset_by_id, rows_of
from core.errors import Refused
from core.forgetting.erasing import ERASED, ERASED_QUESTION, erase, erasures
from core.forgetting.giving_out import give_out
from core.forgetting.kept_files import files_to_remove
from core.forgetting.marks import dataset_mark, study_mark
from core.forgetting.places import CODES, PLACES, WITH_THE_ITEM, WITHOUT_WORDS
from core.forgetting.plan import Request, plan_of
from core.people.membership import grant
from core.people.persons import add_person
from core.people.roles import Role
from core.rating.duels import begin
from core.rating.notes import write_note
from core.rating.prompts import prompts_of
from core.rating.studies import close_study, fix_prompts, open_study
from core.store.store import Store
from tests.core.forgetting.counter import CUSTOMER, NAME, ROWS, THEIRS, Counter, everything, opened, traces

REASON = "They asked for it on 3 May."


@pytest.fixture
def counter(store: Store) -> Counter:
    return opened(store)


def neighbour(counter: Counter) -> int:
    """The item of somebody else that mentions the customer."""
    plan = plan_of(counter.store, Request(CUSTOMER, (NAME, "Quuxly")), counter.owner)
    (candidate,) = plan.candidates
    return candidate.item.id


def whole(counter: Counter) -> Request:
    """Everything that can be found of the customer."""
    return Request(CUSTOMER, (NAME, "Quuxly"), frozenset({neighbour(counter)}), mentions=True)


def test_everything_of_a_customer_is_found_before_anything_is_erased(counter: Counter) -> None:
    plan = plan_of(counter.store, Request(CUSTOMER, (NAME, "Quuxly")), counter.owner)

    assert len(plan.items) == 4
    assert [found.excerpt for found in plan.candidates] == ["My neighbour Zebedee Quuxly says you found it?"]
    assert plan.n_replies == 3
    assert [one.dataset_id for one in plan.datasets] == [counter.dataset.id]
    assert {one.place.table for one in plan.mentions} == {
        "guidelines",
        "views",
        "answers",
        "study_prompts",
        "imports",
    }
    assert len(files_to_remove(counter.store, counter.store.blobs, plan)) == 1
    assert erasures(counter.store) == []


def test_before_erasing_the_words_stand_in_journal_database_and_files(counter: Counter) -> None:
    home = counter.store.home
    counter.store.close()

    there = {line.split(":")[0] for line in traces(home)}

    assert {"journal.jsonl", "touchstone.duckdb unpacked"} <= there
    assert any(name.startswith("blobs/") for name in there)


def test_after_erasing_no_file_of_the_workspace_holds_a_word_of_theirs(counter: Counter) -> None:
    home = counter.store.home
    counter.store.rebuild()

    erase(counter.store, whole(counter), REASON, counter.owner)
    digest = counter.store.digest()
    counter.store.close()

    assert traces(home) == []
    again = Store(home)
    assert again.notices == ()
    assert again.digest() == digest
    again.rebuild()
    assert again.digest() == digest
    again.close()
    assert traces(home) == []
    assert "Parcel 7 waits at gate 7." in "".join(everything(home).values())


def test_what_belongs_to_others_stays(counter: Counter) -> None:
    store = counter.store
    before = {row.item_id: row for row in rows_of(store, counter.dataset.id)}
    gone = set(plan_of(store, whole(counter), counter.owner).item_ids)

    erase(store, whole(counter), REASON, counter.owner)

    after = rows_of(store, counter.dataset.id)
    now = dataset_by_id(store, counter.dataset.id)
    assert {row.item_id for row in after} == before.keys() - gone
    assert all(row.reply == before[row.item_id].reply for row in after)
    assert sum(count_by_state(store, counter.project.id).values()) == 20
    assert now.n_test == len([row for row in after if row.split is Split.TEST])
    assert now.sha256 != counter.dataset.sha256
    written = guideline(store, counter.project.id)
    assert written is not None
    assert written.text == f"Be kind, even to {ERASED}."


def test_only_the_words_of_a_candidate_that_was_confirmed_go(counter: Counter) -> None:
    other = neighbour(counter)

    erase(counter.store, Request(CUSTOMER, ("Quuxly",)), REASON, counter.owner)

    assert "Quuxly" in item_by_id(counter.store, other).question
    written = guideline(counter.store, counter.project.id)
    assert written is not None
    assert NAME in written.text


def test_a_single_item_can_be_forgotten_by_its_number(counter: Counter) -> None:
    (first,) = counter.store.row("select min(id) from items where customer = ?", CUSTOMER) or (0,)

    done = erase(counter.store, Request("", (), frozenset({first})), REASON, counter.owner)

    assert done.n_items == 1
    with pytest.raises(Refused, match="no item"):
        item_by_id(counter.store, first)


def test_prompts_keep_their_place_and_their_votes_but_not_their_words(counter: Counter) -> None:
    erase(counter.store, whole(counter), REASON, counter.owner)

    prompts = counter.store.rows(
        "select question, text_a from study_prompts where study_id = ?", counter.study.id
    )
    erased = [row for row in prompts if row[0] == ERASED_QUESTION]
    assert len(prompts) == len(prompts_of(counter.store, counter.study.id)) == counter.dataset.n_test
    assert len(erased) == counter.dataset.n_test - dataset_by_id(counter.store, counter.dataset.id).n_test
    assert {text for _, text in prompts} == {ERASED}


def test_what_raters_noted_of_their_prompts_goes(counter: Counter) -> None:
    store, ben = counter.store, counter.desk.ben
    begin(store, counter.study.id, ben)
    for (duel_id,) in store.rows("select id from duels where rater_id = ?", ben.id):
        write_note(store, duel_id, ben, "She again.", "")

    erase(store, whole(counter), REASON, counter.owner)

    kept = store.rows(
        "select p.question from duel_notes n join duels d on d.id = n.duel_id "
        "join study_prompts p on p.study_id = d.study_id and p.position = d.position"
    )
    assert len(kept) == dataset_by_id(store, counter.dataset.id).n_test
    assert (ERASED_QUESTION,) not in kept


def test_the_tombstone_says_why_and_how_much_and_the_marks_say_where(counter: Counter) -> None:
    erase(counter.store, whole(counter), REASON, counter.owner)

    (stone,) = erasures(counter.store)
    assert (stone.reason, stone.n_items, stone.person, stone.done) == (REASON, 5, "Olga", True)
    assert stone.n_files == 1
    assert "examples were erased" in dataset_mark(counter.store, counter.dataset.id)
    assert "The texts of 3 of its prompts were erased" in study_mark(counter.store, counter.study)


def test_a_study_opened_after_the_erasure_has_lost_nothing(counter: Counter) -> None:
    store, study = counter.store, counter.study
    erase(store, whole(counter), REASON, counter.owner)
    close_study(store, study, counter.owner)
    arms = (arm_by_id(store, study.arm_a), arm_by_id(store, study.arm_b))
    dataset = dataset_by_id(store, counter.dataset.id)

    later = fix_prompts(store, open_study(store, counter.project, dataset, *arms, counter.owner).id)

    assert study_mark(store, later) == ""


def test_what_only_stands_in_further_columns_suggestions_and_second_opinions_is_found(
    counter: Counter,
) -> None:
    store, desk = counter.store, counter.desk
    told, helped, judged = (desk.approved(f"Question {n}?", f"Parcel {n} is not here.") for n in range(3))
    with store.transaction("test") as tx:
        tx.update("items", {"id": told.id}, {"details": json.dumps({"Requester": NAME})})
    keep_suggestion(store, helped.id, "model-1", f"Dear {NAME}, it is here.", desk.anna)
    assert judged.reply_id is not None
    opinion = (State.RETURNED, desk.carl, review.Reason.TONE, f"{NAME} would not like it.")
    give(store, judged.reply_id, *opinion)

    plan = plan_of(store, Request(CUSTOMER, (NAME,)), counter.owner)
    named = Request("", (), frozenset({told.id, helped.id, judged.id}))
    given = json.loads(give_out(store, named, counter.owner))["items"]

    assert {one.item.id for one in plan.candidates} >= {told.id, helped.id, judged.id}
    assert given[0]["details"] == {"Requester": NAME}
    assert given[1]["suggestions"] == [{"by": "model-1", "text": f"Dear {NAME}, it is here."}]
    assert given[2]["comments"] == [f"{NAME} would not like it."]


def test_a_suggestion_that_repeats_a_reply_of_theirs_is_erased_too(counter: Counter) -> None:
    item = counter.desk.asked("Who may help me?")
    keep_suggestion(counter.store, item.id, "model-1", ROWS[0][1], counter.desk.anna)

    erase(counter.store, Request(CUSTOMER), REASON, counter.owner)

    (left,) = counter.store.rows("select text from suggestions where item_id = ?", item.id)
    assert left == (ERASED,)


def test_everything_is_given_out_as_one_document(counter: Counter) -> None:
    document = json.loads(give_out(counter.store, whole(counter), counter.owner))

    assert {item["question"] for item in document["items"]} >= {row[0] for row in ROWS}
    assert [item["drafts"] for item in document["items"] if item["drafts"]] == [
        ["Dear Mr Quuxly, about your trombone"]
    ]
    assert any(item["datasets"] for item in document["items"])


@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "Say why"), (f"{CUSTOMER.lower()} asked", "must not name"), ("Mr QUUXLY asked", "must not name")],
)
def test_a_reason_is_needed_and_names_nobody(counter: Counter, reason: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        erase(counter.store, whole(counter), reason, counter.owner)

    assert erasures(counter.store) == []


def test_only_an_owner_forgets_and_only_in_their_own_projects(counter: Counter) -> None:
    rita = add_person(counter.store, "rita@example.com", "Rita")
    with counter.store.transaction("test") as tx:
        for role in set(Role) - {Role.OWNER}:
            grant(tx, counter.project.id, rita, role)

    plan = plan_of(counter.store, Request(CUSTOMER, ("Quuxly",)), rita)
    with pytest.raises(Refused, match="Ask an owner"):
        erase(counter.store, Request(CUSTOMER), REASON, rita)
    with pytest.raises(Refused, match="no item with the number"):
        plan_of(counter.store, Request("", (), frozenset({1})), rita)

    assert (plan.items, plan.candidates, plan.mentions, plan.elsewhere) == ((), (), (), 4)


def test_nothing_is_erased_while_background_work_may_hold_it(counter: Counter) -> None:
    with counter.store.transaction("test") as tx:
        row = {"id": tx.new_id("jobs"), "kind": "answer", "subject": "x", "state": "running", "attempts": 1}
        tx.insert("jobs", {**row, "person_id": counter.owner.id, "created_at": tx.now, "version": 1})

    with pytest.raises(Refused, match="Background work is under way"):
        erase(counter.store, whole(counter), REASON, counter.owner)


def test_the_word_of_somebody_else_is_not_theirs(counter: Counter) -> None:
    """C-1 is another customer than C-10, and Ann is not Annabel."""
    plan = plan_of(counter.store, Request("C-1", ("Zebe",)), counter.owner)

    assert (plan.items, plan.candidates, plan.mentions) == ((), (), ())


def test_a_customer_who_was_forgotten_is_not_found_any_more(counter: Counter) -> None:
    erase(counter.store, whole(counter), REASON, counter.owner)

    plan = plan_of(counter.store, Request(CUSTOMER, THEIRS), counter.owner)

    assert plan.empty
    assert plan.candidates == ()
    assert plan.mentions == ()


def test_all_text_columns_are_known_to_forgetting(store: Store) -> None:
    columns = store.rows(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    )
    searched = {(place.table, column) for place in PLACES for column in place.columns}
    unknown = {
        (table, column)
        for table, column in columns
        if table not in WITH_THE_ITEM | WITHOUT_WORDS and column not in CODES
    } - searched

    assert unknown == set()

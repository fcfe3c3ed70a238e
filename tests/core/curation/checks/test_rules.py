"""Rules: a project's own lists, version by version; sound before they are kept, tried before they hold."""

import pytest

from core.curation.checks.finding import Check
from core.curation.checks.preview import preview
from core.curation.checks.rulebook import change_rules, rules_now, rules_versions
from core.curation.checks.rules import Rules, Tone, lines_of, tone_of
from core.curation.guidelines import change_guideline, guideline_versions
from core.curation.review import inbox
from core.errors import Conflict, NotAllowed, Refused
from tests.core.curation.desk import Desk

RULES = Rules(
    forbidden=("please be advised",),
    required=("your Bay team",),
    tone=(Tone("kindly", "please"), Tone("policy")),
    links=("bay.example",),
    contacts=("@bay.example",),
    fewest_words=3,
    most_words=90,
    customer_names=True,
    any_language=True,
)


def test_lists_are_read_one_entry_a_line() -> None:
    assert lines_of(" one \n\n two  words\none\n") == ("one", "two words")
    assert tone_of("kindly → please\nASAP -> soon\nNB => note\npolicy\n→ x") == (
        Tone("kindly", "please"),
        Tone("ASAP", "soon"),
        Tone("NB", "note"),
        Tone("policy"),
        Tone("→ x"),
    )
    assert [str(one) for one in tone_of("kindly -> please\npolicy")] == ["kindly → please", "policy"]


def test_a_change_is_a_new_version_with_who_and_when(desk: Desk) -> None:
    assert rules_now(desk.store, desk.project.id).rules == Rules()

    change_rules(desk.store, desk.project.id, RULES, desk.olga, 0)
    change_rules(desk.store, desk.project.id, Rules(), desk.olga, 1)

    newest, before = rules_versions(desk.store, desk.project.id)
    assert (newest.number, newest.rules, newest.person) == (2, Rules(), "Olga")
    assert (before.number, before.rules) == (1, RULES)
    assert before.written_at is not None
    assert newest.written_at is not None
    assert before.written_at < newest.written_at
    assert rules_now(desk.store, desk.project.id).number == 2


def test_the_journal_knows_the_rules(desk: Desk) -> None:
    change_rules(desk.store, desk.project.id, RULES, desk.olga, 0)

    desk.store.rebuild()

    assert rules_now(desk.store, desk.project.id).rules == RULES


def test_who_saw_an_older_version_overwrites_nothing(desk: Desk) -> None:
    change_rules(desk.store, desk.project.id, RULES, desk.olga, 0)

    with pytest.raises(Conflict, match=r"Olga changed the rules meanwhile .version 1.*still on the page"):
        change_rules(desk.store, desk.project.id, Rules(forbidden=("x",)), desk.olga, 0)
    with pytest.raises(Refused, match="hold already"):
        change_rules(desk.store, desk.project.id, RULES, desk.olga, 1)
    assert rules_now(desk.store, desk.project.id).number == 1


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (Rules(fewest_words=10, most_words=5), "at least 10 and at most 5 words"),
        (Rules(most_words=1_000_000), "limits go up to"),
        (Rules(forbidden=("x",) * 501), "501 lines"),
        (Rules(links=("x" * 301,)), "301 characters"),
        (Rules(forbidden=("Bay team",), required=("bay TEAM",)), "both required and forbidden"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(desk: Desk, rules: Rules, why: str) -> None:
    with pytest.raises(Refused, match=f"{why}.*Nothing was saved"):
        change_rules(desk.store, desk.project.id, rules, desk.olga, 0)


def test_only_an_owner_changes_the_rules_and_the_guideline(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="Ben may not change the checks and the guideline"):
        change_rules(desk.store, desk.project.id, RULES, desk.ben, 0)
    with pytest.raises(NotAllowed, match="Ben may not change"):
        change_guideline(desk.store, desk.project.id, "Be kind.", desk.ben, 0)


def test_new_rules_hold_at_once_for_what_waits(desk: Desk) -> None:
    desk.submitted("Where is my bag?", "Please be advised: it is at desk 4 in the arrivals hall.")
    assert inbox(desk.store, desk.project, desk.ben)[0].findings == ()

    change_rules(desk.store, desk.project.id, RULES, desk.olga, 0)

    checks = [finding.check for finding in inbox(desk.store, desk.project, desk.ben)[0].findings]
    assert checks == [Check.FORBIDDEN, Check.REQUIRED]


def test_a_preview_counts_the_approved_replies_that_rules_would_notice(desk: Desk) -> None:
    for number in range(3):
        desk.approved(f"Where is bag {number}?", "Kindly come to desk 4. Your Bay team")
    desk.approved("When?", "Come to desk 4 before midnight.")

    found = preview(desk.store, desk.project, RULES)

    assert (found.n_approved, found.n_read, found.n_flagged) == (4, 4, 4)
    assert dict(found.by_check) == {Check.TONE: 3, Check.REQUIRED: 1}
    assert {(one.n_items, one.findings[0].check) for one in found.examples} == {
        (3, Check.TONE),
        (1, Check.REQUIRED),
    }
    assert preview(desk.store, desk.project, Rules()).n_flagged == 0
    assert rules_now(desk.store, desk.project.id).number == 0


def test_a_guideline_is_changed_as_a_new_version(desk: Desk) -> None:
    assert change_guideline(desk.store, desk.project.id, " Be kind. ", desk.olga, 0) == 1
    assert change_guideline(desk.store, desk.project.id, "Be kind and brief.", desk.olga, 1) == 2

    versions = guideline_versions(desk.store, desk.project.id)

    assert [(one.number, one.text, one.person) for one in versions] == [
        (2, "Be kind and brief.", "Olga"),
        (1, "Be kind.", "Olga"),
    ]
    with pytest.raises(Conflict, match=r"version 2.*still on the page"):
        change_guideline(desk.store, desk.project.id, "Be brief.", desk.olga, 1)
    for text, why in (
        (" ", "cannot be empty"),
        ("Be kind and brief.", "holds already"),
        ("x" * 50_001, "50,000"),
    ):
        with pytest.raises(Refused, match=why):
            change_guideline(desk.store, desk.project.id, text, desk.olga, 2)

"""The checks of a reply: findings have a severity, their words and a place; ordinary replies have none."""

from dataclasses import replace

import pytest

from core.curation.checks.check import check_question, check_reply
from core.curation.checks.finding import Check, Place, Severity
from core.curation.checks.rules import Rules, Tone
from core.curation.checks.standard import Standard, Usual, standard_of
from core.curation.items import Item, State, Turn
from core.curation.projects import Kind, find_project
from core.demo.seed import seed_demo
from core.store.store import Store
from tests.core.curation.desk import Desk

GOOD = "Please come to desk 4 in the arrivals hall; it is open until midnight, and your bag is there."
GERMAN = (
    "Ich habe gestern meinen Koffer am Band vergessen und möchte wissen, wo er ist und wie ich ihn bekomme."
)


@pytest.fixture
def standard(desk: Desk) -> Standard:
    """A project that asks for nothing of its own."""
    return Standard(desk.project)


def found(standard: Standard, text: str, item: Item | None = None) -> list[tuple[Check, Severity, str]]:
    return [(one.check, one.severity, one.quote) for one in check_reply(standard, text, item)]


def by(standard: Standard, rules: Rules) -> Standard:
    return replace(standard, rules=rules)


def test_an_ordinary_reply_has_no_findings(standard: Standard) -> None:
    assert check_reply(standard, GOOD) == []
    assert check_reply(standard, "Ask at desk 4, from 6:00 to 22:30, it costs 12.50; P1, level 1, €38.") == []


@pytest.mark.parametrize(
    ("words", "check", "severity"),
    [
        ("[NAME]", Check.PLACEHOLDER, Severity.WARN),
        ("{{first_name}}", Check.PLACEHOLDER, Severity.WARN),
        ("help@firma.example.com", Check.PERSONAL_DATA, Severity.WARN),
        ("+44 20 7946 0958", Check.PERSONAL_DATA, Severity.WARN),
        ("GB33BUKB20201555555555", Check.PERSONAL_DATA, Severity.WARN),
        ("4111 1111 1111 1111", Check.PERSONAL_DATA, Severity.BLOCK),
        ("078-05-1120", Check.PERSONAL_DATA, Severity.BLOCK),
        ("ghp_" + "a1B2" * 9, Check.SECRET, Severity.BLOCK),
        ("http://bit.ly/3xYz", Check.LINK, Severity.WARN),
    ],
)
def test_a_finding_names_its_words_and_where_they_stand(
    standard: Standard, words: str, check: Check, severity: Severity
) -> None:
    text = f"{GOOD} See {words} please, or {words}."

    (finding,) = check_reply(standard, text)

    assert (finding.check, finding.severity, finding.quote) == (check, severity, words)
    assert [text[span.start : span.end] for span in finding.spans] == [words, words]


def test_what_stops_a_reply_comes_first(standard: Standard) -> None:
    text = f"{GOOD} [NAME], card 4111 1111 1111 1111."

    assert [one.severity for one in check_reply(standard, text)] == [Severity.BLOCK, Severity.WARN]


def test_a_reply_that_names_its_customer_is_noticed_unless_the_project_allows_it(
    desk: Desk, standard: Standard
) -> None:
    item = desk.asked("Where is my bag?", customer="Marta L.")
    text = f"Dear Marta, {GOOD}"

    assert found(standard, text, item) == [(Check.PERSONAL_DATA, Severity.WARN, "Marta")]
    assert found(by(standard, Rules(customer_names=True)), text, item) == []
    assert found(standard, text) == []


def test_the_projects_own_contacts_are_no_personal_data(standard: Standard) -> None:
    text = f"{GOOD} Write to desk@bay.example or call +44 20 7946 0958, account GB33 BUKB 2020 1555 5555 55."
    contacts = ("@bay.example", "020 7946 0958", "GB33BUKB20201555555555")

    assert len(found(standard, text)) == 3
    assert found(by(standard, Rules(contacts=contacts)), text) == []
    assert len(found(by(standard, Rules(contacts=("other@bay.example", "555 0142"))), text)) == 3


def test_forbidden_phrases_stop_and_required_ones_are_missed(standard: Standard) -> None:
    rules = Rules(forbidden=("please be advised",), required=("your Bay team",))

    assert found(by(standard, rules), f"Please  be advised: {GOOD}") == [
        (Check.FORBIDDEN, Severity.BLOCK, "Please  be advised"),
        (Check.REQUIRED, Severity.WARN, ""),
    ]
    assert found(by(standard, rules), f"{GOOD} Your bay team") == []


def test_words_to_avoid_come_with_what_to_write_instead(standard: Standard) -> None:
    rules = Rules(tone=(Tone("unfortunately", "the answer itself"), Tone("policy")))

    first, second = check_reply(by(standard, rules), f"Unfortunately our policy is this. {GOOD}")

    assert (first.severity, first.quote) == (Severity.NOTE, "Unfortunately")
    assert first.sentence == "Rather write “the answer itself”."
    assert second.quote == "policy"


def test_with_a_list_of_links_every_other_link_is_noticed(standard: Standard) -> None:
    text = f"{GOOD} See https://bay.example/help and https://shop.example.com/x."

    assert found(standard, text) == []
    assert found(by(standard, Rules(links=("bay.example",))), text) == [
        (Check.LINK, Severity.WARN, "https://shop.example.com/x")
    ]


def test_the_projects_own_limits_are_told_in_words(standard: Standard) -> None:
    short, long = by(standard, Rules(fewest_words=30)), by(standard, Rules(most_words=5))

    (few,), (many,) = check_reply(short, GOOD), check_reply(long, GOOD)

    assert few.sentence == "The reply has 19 words; this project asks for at least 30."
    assert many.sentence == "The reply has 19 words; this project asks for at most 5."


def test_length_is_measured_by_the_projects_own_approved_replies(standard: Standard) -> None:
    usual = replace(standard, usual=Usual(40, 200, 400))

    (short,) = check_reply(usual, GOOD[:90])
    (long,) = check_reply(usual, GOOD * 8)

    assert short.sentence == (
        "The reply is very short: 90 characters; nine in ten approved replies here have 200 to 400."
    )
    assert "very long" in long.sentence
    assert check_reply(usual, GOOD * 2) == []


def test_few_approved_replies_are_no_measure(desk: Desk) -> None:
    for number in range(29):
        desk.approved(f"Where is bag {number}?", f"Bag {number} waits at desk 4 in the arrivals hall.")
    assert standard_of(desk.store, desk.project).usual is None

    desk.approved("Where is bag 29?", "Bag 29 waits at desk 4 in the arrivals hall.")

    usual = standard_of(desk.store, desk.project).usual
    assert usual is not None
    assert (usual.n, usual.low, usual.high) == (30, 43, 44)


def test_a_reply_in_another_language_than_the_question_is_noticed(desk: Desk, standard: Standard) -> None:
    item = desk.asked(GERMAN)
    english = f"{GOOD} We keep it for you, and you can come for it when it is open."

    (finding,) = check_reply(standard, english, item)

    assert finding.sentence == "The question is in German, the reply in English."
    assert check_reply(by(standard, Rules(any_language=True)), english, item) == []
    assert check_reply(standard, GERMAN, item) == []


def test_languages_are_not_compared_where_one_is_uncertain(desk: Desk, standard: Standard) -> None:
    english = f"{GOOD} We keep it for you, and you can come for it when it is open."

    assert check_reply(standard, english, desk.asked("Koffer?")) == []
    assert check_reply(standard, "Terminal A, Ebene 0, Schalter 4.", desk.asked(english)) == []


def test_what_the_customer_wrote_is_told_but_stops_nothing(desk: Desk, standard: Standard) -> None:
    asked = desk.asked("My card 4111 1111 1111 1111 was charged twice")
    item = replace(asked, conversation=(Turn("user", "I am ana.ruiz@example.com"),))

    findings = check_question(standard, item)

    assert [(one.place, one.severity, one.quote) for one in findings] == [
        (Place.QUESTION, Severity.NOTE, "4111 1111 1111 1111"),
        (Place.CONVERSATION, Severity.NOTE, "ana.ruiz@example.com"),
    ]


def test_the_same_words_found_twice_are_one_finding(desk: Desk, standard: Standard) -> None:
    item = desk.asked("Where is my bag?", customer="ana@example.com")

    assert len(check_reply(standard, f"{GOOD} We wrote to ana@example.com.", item)) == 1


def test_in_a_label_project_only_the_label_counts(standard: Standard) -> None:
    labels = replace(
        standard, project=replace(standard.project, kind=Kind.LABEL, labels=("Mortgage", "Loan"))
    )

    assert check_reply(labels, " Loan ") == []
    (finding,) = check_reply(labels, "loans")
    assert (finding.severity, finding.acceptable) == (Severity.BLOCK, False)


def test_the_demo_projects_approved_replies_are_quiet_and_the_planted_flaws_are_not(store: Store) -> None:
    projects = seed_demo(store)
    flawed = {}
    for project in projects:
        standard = standard_of(store, project)
        rows = store.rows(
            "select i.state, r.text from items i join replies r on r.id = i.reply_id where i.project_id = ?",
            project.id,
        )
        assert [text for state, text in rows if state == State.APPROVED and check_reply(standard, text)] == []
        flawed[project.name] = sum(bool(check_reply(standard, text)) for _, text in rows)

    airport, complaints = projects
    assert find_project(store, airport.name) is not None
    assert flawed == {airport.name: 6, complaints.name: 0}

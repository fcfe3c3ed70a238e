"""The page Checks and guideline: owners change them as new versions, and see first what they would do."""

import time

from streamlit.testing.v1 import AppTest

from core.curation.checks.rulebook import change_rules, rules_now
from core.curation.checks.rules import Rules, Tone
from core.curation.guidelines import change_guideline, guideline_versions
from core.curation.items import State, count_by_state
from core.curation.library import bulk
from core.curation.library.bulk import Change
from core.curation.library.filter import Filter
from core.curation.projects import change_instructions, project_by_id
from tests import homes
from tests.pages.visiting import App, obeyed, press, said, words

RULES = "pages/curate/rules.py"


def part(page: AppTest, name: str) -> AppTest:
    """Another part of the page."""
    page.radio(key="rules_part").set_value(name).run()
    return page


def lists(app: App) -> AppTest:
    """The lists of the demo project, as its owner sees them."""
    return part(app.visit(RULES, homes.OWNER), "Checks")


def type_in(page: AppTest, label: str, text: str) -> AppTest:
    """Type into the text area of this name."""
    next(area for area in page.text_area if area.label == label).input(text).run()
    return page


def test_a_guideline_is_saved_as_the_next_version(app: App) -> None:
    page = app.visit(RULES, homes.OWNER)
    project = app.project_id(homes.DEMO)
    assert not page.exception
    assert "Version 1" in words(page)

    type_in(page, "Guideline (Markdown)", "# Be kind\n\nAnd brief.")
    press(page, "Save as version 2")

    assert guideline_versions(app.store, project)[0].text == "# Be kind\n\nAnd brief."
    assert "Version 2" in words(page)
    assert "Save as version 3" in words(page)


def test_a_guideline_somebody_else_changed_is_not_overwritten_and_the_text_stays(app: App) -> None:
    page = type_in(app.visit(RULES, homes.OWNER), "Guideline (Markdown)", "Typed for an hour.")
    project = app.project_id(homes.DEMO)
    change_guideline(app.store, project, "Quicker.", app.person(homes.OWNER), 1)

    press(page, "Save as version 2")

    assert "changed the guideline meanwhile" in said(page, "error")
    assert guideline_versions(app.store, project)[0].text == "Quicker."
    assert page.text_area[0].value == "Typed for an hour."
    press(page, "Show it, and let go of what I typed")
    assert page.text_area[0].value == "Quicker."


def test_instructions_are_saved(app: App) -> None:
    page = part(app.visit(RULES, homes.OWNER), "Instructions")

    press(type_in(page, "Instructions", "Answer in one sentence."), "Save the instructions")

    project = project_by_id(app.store, app.project_id(homes.DEMO))
    assert project.instructions == "Answer in one sentence."
    assert page.text_area[0].value == "Answer in one sentence."


def test_instructions_somebody_else_changed_are_not_overwritten(app: App) -> None:
    page = part(app.visit(RULES, homes.OWNER), "Instructions")
    type_in(page, "Instructions", "Mine.")
    project = project_by_id(app.store, app.project_id(homes.DEMO))
    change_instructions(app.store, project, "Theirs.", app.person(homes.OWNER))

    press(page, "Save the instructions")

    assert "Somebody else changed this" in said(page, "error")
    assert project_by_id(app.store, project.id).instructions == "Theirs."
    assert page.text_area[0].value == "Mine."
    press(page, "Show it, and let go of what I typed")
    assert page.text_area[0].value == "Theirs."


def test_rules_are_tried_on_the_approved_replies_before_they_are_saved(app: App) -> None:
    page = lists(app)
    assert "These rules would notice 0 of 308 approved replies." in words(page)

    type_in(page, "Words to avoid", "officer → colleague")

    assert "These rules would notice 14 of 308 approved replies." in words(page)
    assert "Tone: 14" in words(page)
    assert "Rather write “colleague”" in words(page)
    assert rules_now(app.store, app.project_id(homes.DEMO)).number == 0


def test_rules_are_saved_as_a_version_with_its_writer(app: App) -> None:
    page = type_in(lists(app), "Forbidden phrases", "please be advised\nno problem at all")
    type_in(page, "Words to avoid", "kindly → please")

    press(page, "Save as version 1")

    assert not page.exception
    assert rules_now(app.store, app.project_id(homes.DEMO)).rules == Rules(
        forbidden=("please be advised", "no problem at all"), tone=(Tone("kindly", "please"),)
    )
    assert "Version 1 · You, on this machine" in words(page)


def test_rules_that_cannot_be_kept_are_refused_and_what_was_typed_stays(app: App) -> None:
    page = type_in(lists(app), "Forbidden phrases", "Bay team")

    press(type_in(page, "Required phrases", "bay team"), "Save as version 1")

    assert "both required and forbidden" in said(page, "error")
    assert next(area for area in page.text_area if area.label == "Required phrases").value == "bay team"


def test_what_was_typed_stays_while_another_part_is_looked_at(app: App) -> None:
    page = type_in(lists(app), "Forbidden phrases", "please be advised")

    part(part(page, "Guideline"), "Checks")

    assert page.text_area[0].value == "please be advised"


def test_rules_somebody_else_changed_are_not_overwritten(app: App) -> None:
    page = type_in(lists(app), "Forbidden phrases", "mine")
    project = app.project_id(homes.DEMO)
    change_rules(app.store, project, Rules(forbidden=("theirs",)), app.person(homes.OWNER), 0)

    press(page, "Save as version 1")

    assert "changed the rules meanwhile" in said(page, "error")
    assert rules_now(app.store, project).rules.forbidden == ("theirs",)
    press(page, "Show it, and let go of what I typed")
    assert page.text_area[0].value == "theirs"


def test_a_label_project_has_no_wording_to_check(app: App) -> None:
    page = part(app.visit(RULES, homes.OWNER, homes.LABELS), "Checks")

    assert "Replies are labels here" in words(page)


def test_a_project_without_replies_has_nothing_to_try_on(app: App) -> None:
    page = part(app.visit(RULES, homes.OWNER, homes.EMPTY), "Checks")

    assert "No reply is approved yet" in words(page)


def test_replies_of_a_preview_stay_text(app: App) -> None:
    page = part(app.visit(RULES, homes.VERA, homes.SUSPECT), "Checks")

    type_in(page, "Words to avoid", "picture\npress")

    assert not page.exception
    assert "These rules would notice 24 of 24 approved replies." in words(page)
    assert obeyed(page) == []


def test_replies_a_changed_rule_touches_go_back_to_review_after_being_counted(app: App) -> None:
    page = app.visit(RULES, homes.OWNER)
    project = app.project_id(homes.DEMO)
    before = count_by_state(app.store, project)
    touched = bulk.reach(app.store, project, Filter(text="airport"), Change.REVIEW_AGAIN)
    assert touched > 1

    page.text_input(key="sent_back_words").input("airport").run()
    page.text_input(key="sent_back_why").input("Guideline version 1: the ferry is gone").run()
    press(page, f"Send {touched} replies to review again")
    while app.working():
        time.sleep(0.05)

    after = count_by_state(app.store, project)
    assert after[State.APPROVED] == before[State.APPROVED] - touched
    assert after[State.SUBMITTED] == before[State.SUBMITTED] + touched

"""Checks and guideline: how replies are to be written, and what the checks of this project look for."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from core.curation.checks.preview import preview
from core.curation.checks.rulebook import Version, change_rules, rules_now, rules_versions
from core.curation.checks.rules import Rules
from core.curation.guidelines import change_guideline, guideline_versions
from core.curation.projects import Kind, change_instructions
from core.errors import TouchstoneError
from core.people.roles import Action
from ui import session, widgets
from ui.rules_form import rules_form, would_notice
from ui.sent_back import send_back_what_a_rule_touches

PROBLEM = "rules_problem"
DONE = "rules_done"
OPENED = "rules_opened"
"""For each thing that is edited here, the version its editor began with."""

here = session.require(Action.RULES)


def opened(what: str, newest: int) -> int:
    """The version of this that the person sees; it stays until they save, or look at what holds now."""
    held: dict[tuple[int, str], int] = st.session_state.setdefault(OPENED, {})
    return held.setdefault((here.project.id, what), newest)


def look_again(what: str) -> None:
    """Show what holds now; what was typed is let go."""
    st.session_state[OPENED].pop((here.project.id, what), None)


def save(what: str, verb: Callable[[], object], done: str) -> None:
    """Do it, and say what happened; what was typed stays when it is refused."""
    try:
        verb()
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
        return
    look_again(what)
    st.session_state[DONE] = done


def changed_meanwhile(what: str, seen: int, newest: int) -> None:
    """Say that there is a newer version, and offer to see it."""
    if seen != newest:
        widgets.caution(f"Somebody saved version {newest} since you opened this.")
        st.button(
            "Show it, and let go of what I typed", key=f"again-{what}", on_click=look_again, args=(what,)
        )


def guideline_part() -> None:
    """The guideline as text, how it will look, and the versions before."""
    versions = guideline_versions(here.store, here.project.id)
    newest = versions[0].number if versions else 0
    seen = opened("guideline", newest)
    changed_meanwhile("guideline", seen, newest)
    base = next((one.text for one in versions if one.number == seen), "")
    edited, shown = st.columns(2, gap="large")
    with edited:
        key = f"guideline-{here.project.id}-{seen}"
        text = st.text_area("Guideline (Markdown)", base, height=520, key=key, persist_state="session")
        st.button(
            f"Save as version {newest + 1}",
            on_click=lambda: save(
                "guideline",
                lambda: change_guideline(here.store, here.project.id, text, here.person, seen),
                f"The guideline is now version {newest + 1}.",
            ),
            type="primary",
            disabled=text.strip() == base.strip(),
        )
    with shown, st.container(border=True, height=560):
        widgets.guideline(text or "*Nothing yet.*")
    for one in versions:
        with st.expander(
            f"Version {one.number} · {widgets.escaped(one.person)} · {widgets.ago(one.written_at)}"
        ):
            widgets.text_block(one.text)
    if newest:
        send_back_what_a_rule_touches(here, newest)


def instructions_part() -> None:
    """The system prompt of every example and every answer."""
    st.caption(
        "What every model of this project is told before the customer's question. Datasets keep the "
        "instructions they were frozen with."
    )
    seen = replace(here.project, version=opened("instructions", here.project.version))
    changed_meanwhile("instructions", seen.version, here.project.version)
    key = f"instructions-{here.project.id}-{seen.version}"
    text = st.text_area(
        "Instructions", here.project.instructions, height=220, key=key, persist_state="session"
    )
    st.button(
        "Save the instructions",
        on_click=lambda: save(
            "instructions",
            lambda: change_instructions(here.store, seen, text, here.person),
            "The instructions are saved.",
        ),
        type="primary",
        disabled=text.strip() == here.project.instructions,
    )


def checks_part() -> None:
    """The project's own lists, and what they would notice among the approved replies."""
    if here.project.kind is Kind.LABEL:
        st.write("Replies are labels here, so there is no wording to check.")
        return
    newest = rules_now(here.store, here.project.id)
    seen = opened("checks", newest.number)
    changed_meanwhile("checks", seen, newest.number)
    versions = rules_versions(here.store, here.project.id)
    now = next((one for one in versions if one.number == seen), Version(0, Rules()))
    form, tried = st.columns(2, gap="large")
    with form:
        rules = rules_form(now, f"rules-{here.project.id}-{seen}")
        st.button(
            f"Save as version {newest.number + 1}",
            on_click=lambda: save(
                "checks",
                lambda: change_rules(here.store, here.project.id, rules, here.person, seen),
                f"The checks are now version {newest.number + 1}.",
            ),
            type="primary",
            disabled=rules == now.rules,
        )
        for one in versions:
            if one.written_at is not None:
                st.caption(
                    f"Version {one.number} · {widgets.escaped(one.person)} · {widgets.ago(one.written_at)}"
                )
    with tried:
        would_notice(preview(here.store, here.project, rules))


st.title("Checks and guideline")
st.caption(
    f"What a reply in {widgets.escaped(here.project.name)} should be like, and what is looked for in it."
)
widgets.problem(PROBLEM)
if done := st.session_state.pop(DONE, None):
    st.toast(done, icon=":material/check:")
part = st.radio(
    "What to change",
    ("Guideline", "Instructions", "Checks"),
    key="rules_part",
    horizontal=True,
    label_visibility="collapsed",
)
{"Instructions": instructions_part, "Checks": checks_part}.get(part or "", guideline_part)()

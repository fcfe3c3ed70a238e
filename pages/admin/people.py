"""People: who is in this project, in which roles, and who joins it."""

import streamlit as st

from core.errors import TouchstoneError
from core.people.membership import Member, add_member, members, remove_role, rename
from core.people.persons import Person
from core.people.roles import Action, Role
from core.settings import LOCAL_NAME
from ui import session, widgets

MAY = {
    Role.EXPERT: "Writes ideal replies and asks the models.",
    Role.REVIEWER: "Approves replies or sends them back, writes, asks the models and sees verdicts.",
    Role.OWNER: "Does everything but rate: imports, freezes, fine-tunes, opens studies, manages people.",
    Role.RATER: "Rates answers without knowing whose they are. The role alone shows nothing else.",
    Role.VIEWER: "Sees the project and its verdicts and asks the models; changes nothing.",
}
EMAIL = "people_email"
NAME = "people_name"
ROLE = "people_role"
PROBLEM = "people_problem"
DONE = "people_done"
KEPT = "people_kept"
"""Whose role could not be taken and why; said in their card."""

here = session.require(Action.MANAGE)


def add() -> None:
    """Add whoever the form names; what was typed stays when it is refused."""
    state = st.session_state
    try:
        person = add_member(here.store, here.project.id, state[EMAIL], state[NAME], state[ROLE], here.person)
    except TouchstoneError as error:
        state[PROBLEM] = str(error)
        return
    state[DONE] = f"{person.name} has the role {state[ROLE]} in {here.project.name}."
    state[EMAIL] = state[NAME] = ""


def remove(person: Person, role: Role) -> None:
    """Take one role from somebody."""
    try:
        remove_role(here.store, here.project.id, person, role, here.person)
        st.session_state[DONE] = f"{person.name} no longer has the role {role} in {here.project.name}."
    except TouchstoneError as error:
        st.session_state[KEPT] = (person.id, str(error))


def call(person: Person) -> None:
    """Give somebody the name that was typed."""
    name = st.session_state[f"name-{person.id}"]
    try:
        rename(here.store, here.project.id, person, name, here.person)
        st.session_state[DONE] = f"{person.name} is now called {name.strip()}."
    except TouchstoneError as error:
        st.session_state[KEPT] = (person.id, str(error))


def card(member: Member) -> None:
    """One person with their roles, each of which can be taken away."""
    person = member.person
    held = [role for role in Role if role in member.roles]
    with st.container(border=True, gap="xsmall"):
        you = " (you)" if person.id == here.person.id else ""
        st.markdown(f"**{widgets.escaped(person.name)}**{you} · {', '.join(held)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(widgets.escaped(person.email))
            with st.popover("Change name", type="tertiary", icon=":material/edit:"):
                st.text_input("The name that colleagues read", person.name, key=f"name-{person.id}")
                st.button("Change it", key=f"call-{person.id}", on_click=call, args=(person,))
            for role in held:
                st.button(
                    f"Remove {role}",
                    key=f"remove-{person.id}-{role}",
                    on_click=remove,
                    args=(person, role),
                    type="tertiary",
                    icon=":material/close:",
                )
        if person.name == LOCAL_NAME:
            st.caption("Colleagues read this as the name of whoever wrote your replies. Give your own.")
        if kept and kept[0] == person.id:
            st.error(widgets.escaped(kept[1]))


def joining() -> None:
    """The form that adds somebody, or gives a member one more role."""
    with st.form("people_form"):
        st.header("Add somebody")
        st.text_input("E-mail", key=EMAIL, placeholder="anna@example.com")
        st.text_input("Name", key=NAME, placeholder="Only for somebody new")
        st.radio("Role", list(MAY), key=ROLE, format_func=str.capitalize, captions=list(MAY.values()))
        st.form_submit_button("Add", on_click=add, type="primary", icon=":material/person_add:")
        st.caption("A member gets one more role the same way; so may you, for example to rate.")


st.title("People")
st.caption(
    "Experts write ideal replies. Reviewers approve them or send them back. Owners set up the project, its "
    "datasets, models and people. Raters compare answers without knowing whose they are and see nothing "
    "else. Viewers look on. One person may have several roles."
)
widgets.problem(PROBLEM)
if done := st.session_state.pop(DONE, None):
    st.toast(widgets.escaped(done), icon=":material/check:")
kept = st.session_state.pop(KEPT, None)
present, newcomer = st.columns([3, 2], gap="large")
with present:
    for one in members(here.store, here.project.id):
        card(one)
with newcomer:
    joining()

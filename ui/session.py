"""The session: the open workspace, who is at the screen, and which project they look at."""

import gc
import os
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.application import open_workspace, start_work
from core.curation.projects import Project, projects_of
from core.errors import TouchstoneError
from core.people.membership import people
from core.people.persons import Person, find_person_by_id
from core.people.roles import Action, Role, may, roles_of
from core.settings import home_folder
from core.store.store import Store
from core.workspace import Workspace
from ui import new_project, widgets
from ui.remember import remember_person, remembered_person

PERSON = "person_id"
PROJECT = "project_id"
LEFT = "left"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Session:
    """What a page works with."""

    workspace: Workspace
    person: Person
    project: Project
    roles: frozenset[Role]

    @property
    def store(self) -> Store:
        """The store of the workspace."""
        return self.workspace.store

    def may(self, action: Action) -> bool:
        """Whether the person may do this in the project."""
        return may(self.roles, action)


def refuse_open_network() -> None:
    """Without sign-in the server must listen on this machine only; otherwise nothing is shown."""
    address = st.get_option("server.address")
    if address not in LOOPBACK:
        st.error(
            f"Touchstone has no sign-in configured and was told to listen on {address or 'all interfaces'}. "
            "Anybody who reaches it could act as anybody, so it shows nothing. Start it with "
            "`--server.address 127.0.0.1`."
        )
        st.stop()


@st.cache_resource(show_spinner="Opening the workspace …")
def _opened() -> Workspace:
    workspace = open_workspace(home_folder(), _secrets())
    start_work(workspace)
    gc.collect()
    gc.freeze()
    return workspace


def workspace() -> Workspace:
    """The workspace of this server, or the sentence that says why it cannot be opened."""
    try:
        return _opened()
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        st.stop()


def person() -> Person | None:
    """Who is at the screen, if they said so."""
    known = st.session_state.get(PERSON)
    if known is None and not st.session_state.get(LEFT):
        known = remembered_person()
    if known is None:
        return None
    store = workspace().store
    return store.recall(("people",), ("person", known), lambda: find_person_by_id(store, known))


def choose_person(person_id: int) -> None:
    """Take a person's place; the browser remembers it."""
    st.session_state[PERSON] = person_id
    st.session_state.pop(PROJECT, None)


def projects() -> list[Project]:
    """The projects of whoever is at the screen."""
    someone = person()
    if someone is None:
        return []
    store = workspace().store
    asked = ("projects of", someone.id)
    return store.recall(("projects", "roles"), asked, lambda: projects_of(store, someone))


def project() -> Project | None:
    """The project chosen in the sidebar, else the first."""
    mine = projects()
    chosen = st.session_state.get(PROJECT)
    return next((one for one in mine if one.id == chosen), mine[0] if mine else None)


def roles() -> frozenset[Role]:
    """The roles of whoever is at the screen in the chosen project."""
    someone, chosen = person(), project()
    if someone is None or chosen is None:
        return frozenset()
    store = workspace().store
    asked = ("roles", chosen.id, someone.id)
    return store.recall(("roles",), asked, lambda: roles_of(store, chosen.id, someone.id))


def require(action: Action) -> Session:
    """The session of somebody who may do this; anybody else sees why not, and nothing more."""
    someone = person()
    if someone is None:
        ask_who()
        st.stop()
    remember_person(someone.id)
    chosen = project()
    if chosen is None:
        st.title("Start a project")
        st.write("You are in no project yet. Start one of your own, or ask an owner to add you to theirs.")
        new_project.form(workspace().store, someone, PROJECT)
        st.stop()
    held = roles()
    if not may(held, action):
        names = " and ".join(sorted(held)) or "no role"
        refusal = f"{someone.name} may not {action.value} in {chosen.name}. Your role here: {names}."
        widgets.caution(widgets.escaped(refusal))
        st.stop()
    return Session(workspace(), someone, chosen, held)


def ask_who() -> None:
    """Without sign-in a person says who they are."""
    st.title("Who are you?")
    st.write("This Touchstone runs on your own machine and asks for no password. Choose the person you are.")
    for one in people(workspace().store):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                widgets.escaped(one.person.name),
                key=f"person-{one.person.id}",
                on_click=choose_person,
                args=(one.person.id,),
                width=280,
            )
            st.caption(", ".join(sorted(one.roles)) or "no role yet")


def _secrets() -> Mapping[str, str]:
    """The secrets file over the environment, plain texts only."""
    try:
        named = {key: value for key, value in st.secrets.items() if isinstance(value, str)}
    except FileNotFoundError:
        named = {}
    return {**os.environ, **named}

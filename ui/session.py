"""The session: the open workspace, who is at the screen, and which project they look at."""

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from core.application import open_workspace, start_work
from core.curation.projects import Project, may_start_a_project, projects_of
from core.curation.queue import let_go
from core.demo.seed import is_made_up
from core.errors import TouchstoneError
from core.people.membership import people
from core.people.persons import Person, find_person, find_person_by_id
from core.people.roles import Action, Role, may, roles_of
from core.settings import home_folder
from core.store.store import Store
from core.workspace import Workspace
from ui import new_project, sign_in, widgets
from ui.remember import remember, remembered_person, remembered_project

PERSON = "person_id"
PROJECT = "project_id"
HANDED_OUT = "write_item"
"""The item that was handed out for writing."""
LEFT = "left"
TURN_SECONDS = 0.0005
"""How long one person's page is drawn until another's turn comes. Whoever saves holds the lock of all writers
and waits for a turn after every statement: of Python's own 5 ms each, that would hold up everybody."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Visitor:
    """Who is at the screen, which projects are theirs, and what they are in the one they look at."""

    person: Person
    projects: tuple[Project, ...]
    project: Project | None
    roles: frozenset[Role]


@dataclass(frozen=True)
class Session:
    """What a page works with; `drawn_for` is who was at the screen when the page was drawn."""

    workspace: Workspace
    drawn_for: Person
    project: Project
    roles: frozenset[Role]

    @property
    def person(self) -> Person:
        """Whoever is at the screen: a press comes before the page is drawn again, so it asks here once more.

        Raises:
            NotAllowed: their sign-in has ended since.
        """
        return sign_in.must_still_be(self.drawn_for)

    @property
    def ended(self) -> bool:
        """Whether their sign-in has ended since."""
        return not sign_in.is_still(self.drawn_for)

    @property
    def store(self) -> Store:
        """The store of the workspace."""
        return self.workspace.store

    def stop(self, job_id: int) -> None:
        """Ask background work to stop, or say why not."""
        try:
            self.workspace.jobs.cancel(job_id, self.person)
        except TouchstoneError as error:
            st.toast(widgets.escaped(str(error)))

    def may(self, action: Action) -> bool:
        """Whether the person may do this in the project."""
        return may(self.roles, action)


def refuse_open_network() -> None:
    """Without sign-in the server must listen on this machine only; otherwise nothing is shown."""
    if sign_in.configured():
        return
    address = st.get_option("server.address")
    if address not in LOOPBACK:
        st.error(
            f"Touchstone has no sign-in configured and was told to listen on {address or 'all interfaces'}. "
            "Anybody who reaches it could act as anybody, so it shows nothing. Start it with "
            "`--server.address 127.0.0.1`, or configure sign-in in .streamlit/secrets.toml."
        )
        st.stop()


@st.cache_resource(show_spinner="Opening the workspace …")
def _opened() -> Workspace:
    workspace = open_workspace(home_folder(), _secrets())
    start_work(workspace)
    sys.setswitchinterval(TURN_SECONDS)
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


def visitor() -> Visitor | None:
    """Whoever is at the screen, if they said so."""
    someone = _signed_in() if sign_in.configured() else _chosen()
    if someone is None:
        return None
    store = workspace().store
    asked = ("projects of", someone.id)
    mine = store.recall(("projects", "roles"), asked, lambda: tuple(projects_of(store, someone)))
    chosen = st.session_state.get(PROJECT) or remembered_project()
    current = next((one for one in mine if one.id == chosen), mine[0] if mine else None)
    if current is None:
        return Visitor(someone, mine, None, frozenset())
    return Visitor(someone, mine, current, roles_of(store, current.id, someone.id))


def _signed_in() -> Person | None:
    """Whoever signed in, if somebody invited them; what a browser remembers counts for nothing."""
    address = sign_in.address()
    if address is None:
        return None
    store = workspace().store
    return store.recall(("people",), ("address", address), lambda: find_person(store, address))


def _chosen() -> Person | None:
    """Who somebody said they are, or were the last time in this browser."""
    known = st.session_state.get(PERSON)
    if known is None and not st.session_state.get(LEFT):
        known = remembered_person()
    if known is None:
        return None
    store = workspace().store
    return store.recall(("people",), ("person", known), lambda: find_person_by_id(store, known))


def choose_person(person_id: int) -> None:
    """Take a person's place; nothing of whoever was here before stays, and the browser remembers it."""
    _forget_everything()
    st.session_state[PERSON] = person_id


def leave() -> None:
    """Be nobody again; what was typed and what could be undone is forgotten."""
    _forget_everything()
    st.session_state[LEFT] = True


def _forget_everything() -> None:
    for key in tuple(st.session_state):
        del st.session_state[key]


def require(action: Action) -> Session:
    """The session of somebody who may do this; anybody else sees why not, and nothing more."""
    here = visitor()
    if here is None:
        ask_who()
        st.stop()
    remember(here.person.id, here.project.id if here.project else None)
    if here.project is None:
        _without_project(here.person)
        st.stop()
    st.session_state.pop(new_project.MADE, None)
    if not may(here.roles, action):
        names = " and ".join(sorted(here.roles)) or "no role"
        refusal = (
            f"{here.person.name} may not {action.value} in {here.project.name}. Your role here: {names}."
        )
        widgets.caution(widgets.escaped(refusal))
        st.stop()
    if action is not Action.WRITE:
        _let_go_of_the_item(here.person)
    return Session(workspace(), here.person, here.project, here.roles)


def _let_go_of_the_item(person: Person) -> None:
    """Whoever opens another page leaves the item they were handed to others."""
    held = st.session_state.pop(HANDED_OUT, None)
    if held is not None:
        with suppress(TouchstoneError):
            let_go(workspace().store, held, person)


def _without_project(person: Person) -> None:
    """Somebody who is in no project, or not any more."""
    st.title("No project yet")
    if may_start_a_project(workspace().store, person):
        st.write("You are in no project yet. Start one of your own, or ask an owner to add you to theirs.")
        new_project.form(workspace().store, person, PROJECT)
    else:
        st.write("You are in no project yet, or not any more. Ask an owner to add you to theirs.")


def ask_who() -> None:
    """Nobody is known yet: they sign in, or without sign-in say who they are."""
    if sign_in.configured():
        sign_in.ask()
        return
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
            roles = ", ".join(sorted(one.roles)) or "no role yet"
            st.caption(f"{roles} · made up for the demo" if is_made_up(one.person) else roles)


def _secrets() -> Mapping[str, str]:
    """The secrets file over the environment, plain texts only."""
    try:
        named = {key: value for key, value in st.secrets.items() if isinstance(value, str)}
    except FileNotFoundError:
        named = {}
    return {**os.environ, **named}

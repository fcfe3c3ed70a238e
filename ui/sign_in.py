"""Sign-in by OpenID Connect, where it is configured; Streamlit does the protocol."""

import math
import os
import time
from collections.abc import Mapping
from enum import StrEnum

import streamlit as st

from core.errors import NotAllowed
from core.people.persons import IMPORT_EMAIL, Person
from core.settings import LOCAL_EMAIL
from ui import widgets

SECTION = "auth"
HOURS_VARIABLE = "TOUCHSTONE_SESSION_HOURS"
SESSION_HOURS = 12.0
"""So long a sign-in lasts where nothing else is configured; Streamlit's own cookie would last 30 days."""

HOUR_SECONDS = 3600.0


class Standing(StrEnum):
    """How somebody at the screen stands to the sign-in."""

    SIGNED_IN = "signed in"
    SIGNED_OUT = "signed out"
    EXPIRED = "expired"
    UNVERIFIED = "unverified"


def configured() -> bool:
    """Whether people sign in; without it each says who they are, and the server serves this machine only."""
    try:
        return SECTION in st.secrets
    except FileNotFoundError:
        return False


def standing() -> Standing:
    """How whoever is at the screen stands to the sign-in."""
    if not st.user.is_logged_in:
        return Standing.SIGNED_OUT
    if _age_seconds() > session_hours() * HOUR_SECONDS:
        return Standing.EXPIRED
    return Standing.SIGNED_IN if _address() else Standing.UNVERIFIED


def address() -> str | None:
    """The address of whoever is signed in now."""
    return _address() if standing() is Standing.SIGNED_IN else None


def is_still(person: Person) -> bool:
    """Whether this person, for whom something was drawn, is at the screen now; without sign-in they are."""
    return not configured() or address() == person.email


def must_still_be(person: Person) -> Person:
    """The person, as long as their sign-in lasts.

    Raises:
        NotAllowed: it has ended.
    """
    if not is_still(person):
        raise NotAllowed("Your sign-in has ended. Nothing was changed; sign in and do it again.")
    return person


def session_hours() -> float:
    """How long a sign-in lasts; where what is configured is no number, nobody is let in and all are told."""
    given = _setting(HOURS_VARIABLE)
    try:
        hours = float(given) if given else SESSION_HOURS
    except ValueError:
        hours = math.nan
    if not 0 < hours < math.inf:
        st.error(
            f"{HOURS_VARIABLE} is {widgets.escaped(given)}, which is not a number of hours. Set it right."
        )
        st.stop()
    return hours


def ask() -> None:
    """The page of somebody who is not in: sign in, sign in again, or be invited."""
    now = standing()
    if now is Standing.SIGNED_IN:
        _not_invited()
        return
    st.title("Sign in")
    if now is Standing.EXPIRED:
        st.info("Your sign-in has ended. Sign in again; what you had typed and saved is kept.")
    elif now is Standing.UNVERIFIED:
        st.error("Your sign-in names no verified e-mail address, so it cannot be told who you are.")
    else:
        st.write("Touchstone knows people by the e-mail address they sign in with.")
    for name in _providers():
        label = f"Sign in with {name.capitalize()}" if name else "Sign in"
        st.button(label, key=f"sign-in-{name}", on_click=_go, args=(name,), type="primary")


def sign_out_button() -> None:
    """Leave, here and in this browser."""
    st.button("Sign out", key="sign-out", on_click=st.logout, width="stretch")


def _not_invited() -> None:
    st.title("You are not invited yet")
    st.write(
        f"You are signed in as {widgets.escaped(_address())}, and nobody with this address is in this "
        "workspace. Ask an owner to add you on their People page, then load this page again."
    )
    st.button("Sign out", key="sign-out-stranger", on_click=st.logout)


def _go(provider: str) -> None:
    st.login(provider or None)


def _providers() -> list[str]:
    """The names of the providers to choose from; one without a name where there is only that."""
    section: Mapping[str, object] = st.secrets[SECTION]
    named = [name for name, value in section.items() if isinstance(value, Mapping)]
    named = [name for name in named if name != "client_kwargs"]
    return named or [""]


def _address() -> str:
    """The e-mail address in the identity, if the provider does not say that it is unverified."""
    given = st.user.get("email")
    if not isinstance(given, str) or str(st.user.get("email_verified")).lower() == "false":
        return ""
    address = given.strip().lower()
    return "" if address in {IMPORT_EMAIL, LOCAL_EMAIL} else address


def _age_seconds() -> float:
    """How long ago the identity was given out; one that does not say is too old."""
    issued = st.user.get("iat")
    return time.time() - float(issued) if isinstance(issued, int | float) else float("inf")


def _setting(name: str) -> str:
    try:
        return str(st.secrets.get(name) or os.environ.get(name, ""))
    except FileNotFoundError:
        return os.environ.get(name, "")

"""The checks of the reply at hand, on Write and on Review: what was noticed, and what to do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.curation.checks.acceptance import Accepted, accept, accepted_of, still_open, withdraw
from core.curation.checks.check import check_reply
from core.curation.checks.finding import Finding
from core.curation.checks.standard import Standard, standard_of
from core.curation.contradictions.nearby import Near, near_sides, pairs_of
from core.curation.contradictions.settling import accept_pair
from core.curation.contradictions.sides import Pair
from core.curation.items import Item
from core.curation.review import Submitted
from core.errors import TouchstoneError
from ui import checks
from ui.session import Session

Tell = Callable[[str], None]
"""Told what was refused."""


@dataclass(frozen=True)
class Yardstick:
    """What a text is held against while it is written: as it was when the item was opened."""

    standard: Standard
    near: Near


def yardstick_for(here: Session, item: Item) -> Yardstick:
    """The yardstick of this item as it is now."""
    return Yardstick(standard_of(here.store, here.project), near_sides(here.store, item))


def while_writing(here: Session, item: Item, text: str, yardstick: Yardstick, tell: Tell) -> None:
    """Below the editor: what is noticeable about the text as it is now."""
    if not text.strip():
        return
    noticed = check_reply(yardstick.standard, text, item)
    left, spared = still_open(noticed, accepted_of(here.store, item.id))
    _settle(here, item, left, spared, tell)
    for pair in pairs_of(here.store, here.project, item, text, yardstick.near):
        checks.contradiction(pair)


def while_reviewing(here: Session, one: Submitted, tell: Tell) -> None:
    """Beside a submitted reply: findings, what was accepted, and approved replies that say otherwise."""
    st.caption("Checks")
    if not (one.findings or one.accepted):
        st.caption(":material/check: Nothing noticed by the checks.")
    _settle(here, one.item, one.findings, one.accepted, tell)
    for pair in pairs_of(here.store, here.project, one.item, one.reply.text):
        with st.container(border=True):
            checks.contradiction(pair)
            both_right(here, pair, tell)


def both_right(here: Session, pair: Pair, tell: Tell) -> None:
    """The way to say that two replies may stand beside each other."""
    key = f"both-right-{pair.key}"

    def accepting() -> None:
        attempt(lambda: accept_pair(here.store, pair, st.session_state[key], here.person), tell)

    with st.popover("Both are right", type="tertiary", key=f"{key}-popover"):
        st.text_input("Why? (kept in the history of both)", key=key)
        st.button("Accept it", key=f"{key}-done", on_click=accepting)


def attempt(verb: Callable[[], None], tell: Tell) -> bool:
    """Do it, or tell why not; returns whether it was done."""
    try:
        verb()
    except TouchstoneError as error:
        tell(str(error))
        return False
    return True


def _settle(
    here: Session, item: Item, left: Sequence[Finding], spared: Sequence[Accepted], tell: Tell
) -> None:
    def accepting(finding: Finding, reason: str) -> None:
        said = st.session_state[reason]
        if attempt(lambda: accept(here.store, item.id, finding, said, here.person), tell):
            st.session_state[reason] = ""

    def withdrawing(number: int) -> None:
        attempt(lambda: withdraw(here.store, number, here.person), tell)

    if left:
        checks.findings(left, f"accept-{item.id}", accepting)
    checks.accepted(spared, f"accepted-{item.id}", withdrawing)

"""Notifications: of what people are told outside the app, and what came of the last messages."""

import streamlit as st

from core.calling.messages import Message, MessageState, ask_for_test, latest
from core.calling.settings import Wish, tell, wishes
from core.errors import TouchstoneError
from core.people.notices import Occasion
from core.people.roles import Action
from core.settings import URL_VARIABLE
from ui import session, widgets

OCCASIONS = {
    Occasion.RETURNED: ("A reply was sent back", "its author"),
    Occasion.WAITING: (
        "Replies wait for review",
        "those who may decide on them, at most every ten minutes",
    ),
    Occasion.OPENED: ("A study opened", "those who may rate in it"),
}
LOOKS = {
    MessageState.WAITING: ("schedule", "waits"),
    MessageState.SENT: ("check", "sent"),
    MessageState.FAILED: ("error", "failed"),
    MessageState.DROPPED: ("block", "not sent"),
}
PROBLEM = "notifications_problem"
LOOK_SECONDS = 3.0

here = session.require(Action.NOTIFY)
outside = here.workspace.outside


def key(what: str, occasion: Occasion) -> str:
    """The name of a field: another project's is another field."""
    return f"{what}-{here.project.id}-{occasion}"


def save(occasion: Occasion) -> None:
    """Keep how people are told; what was typed stays when it is refused."""
    wish = Wish(st.session_state[key("webhook", occasion)], st.session_state[key("mail", occasion)])
    try:
        tell(here.store, here.project.id, occasion, wish, outside, here.person)
        st.toast("Saved. Nobody is told any more." if wish.silent else "Saved.", icon=":material/check:")
    except TouchstoneError as error:
        st.session_state[PROBLEM] = (occasion, str(error))


def test(occasion: Occasion) -> None:
    """Send a message the way of a real one."""
    try:
        ask_for_test(here.store, here.project.id, occasion, here.person)
        st.toast("A test message is on its way; below you see what comes of it.")
    except TouchstoneError as error:
        st.session_state[PROBLEM] = (occasion, str(error))


def choice(occasion: Occasion, wish: Wish) -> None:
    """One occasion: where it is told, and a test of it."""
    title, whom = OCCASIONS[occasion]
    with st.container(border=True, gap="small"):
        st.header(title)
        with st.form(f"form-{occasion}", border=False):
            st.text_input(
                "Webhook",
                value=wish.webhook,
                key=key("webhook", occasion),
                placeholder="https://example.com/hook",
            )
            st.checkbox(f"E-mail to {whom}", value=wish.by_mail, key=key("mail", occasion))
            st.form_submit_button("Save", on_click=save, args=(occasion,), key=f"save-{occasion}")
        if problem and problem[0] is occasion:
            st.error(widgets.escaped(problem[1]))
        if wish.by_mail and outside.mail is None:
            widgets.caution(NO_MAIL)
        if not wish.silent:
            st.button(
                "Send a test message",
                key=f"test-{occasion}",
                on_click=test,
                args=(occasion,),
                type="tertiary",
                icon=":material/send:",
            )


def line(message: Message) -> None:
    """One message: what it was of, where it went, and what came of it."""
    icon, word = LOOKS[message.state]
    title = "Test message" if message.is_test else OCCASIONS[message.occasion][0]
    to = message.person.email if message.person else "webhook"
    tries = f", {widgets.count(message.attempts, 'attempt')}" if message.attempts > 1 else ""
    again = ""
    if message.state is MessageState.WAITING and message.attempts and message.due_at:
        again = f" Tried again at {message.due_at:%H:%M} UTC."
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/{icon}: **{word}** · {title} · {widgets.escaped(to)}")
        said = f"{message.outcome or 'Soon.'}{again} ({widgets.ago(message.happened_at)}{tries})"
        st.caption(widgets.escaped(said))


def outcomes() -> None:
    """The last messages, newest first."""
    for message in latest(here.store, here.project.id):
        line(message)


NO_MAIL = widgets.escaped(
    f"No e-mail can be sent yet. Missing: {', '.join(outside.mail_missing)}. Put it into the environment or "
    ".streamlit/secrets.toml and start Touchstone again."
)

problem = st.session_state.pop(PROBLEM, None)
st.title("Notifications")
st.caption(
    "Who has work waiting need not have Touchstone open: a webhook or an e-mail tells them, "
    "with a link that opens it. No question and no reply is in it. All of it is off until you choose it."
)
if not outside.base_url:
    widgets.caution(
        f"Messages carry no link yet: set {widgets.escaped(URL_VARIABLE)} to the address at which people "
        "open Touchstone, in the environment or .streamlit/secrets.toml, and start it again."
    )
chosen, told = st.columns([3, 2], gap="large")
with chosen:
    for occasion, wish in wishes(here.store, here.project.id).items():
        choice(occasion, wish)
with told:
    st.header("Last messages")
    recent = latest(here.store, here.project.id)
    if any(message.state is MessageState.WAITING for message in recent):
        st.fragment(outcomes, run_every=LOOK_SECONDS)()
    elif recent:
        outcomes()
    else:
        widgets.empty(
            "What was sent, to whom and what came of it will stand here. Choose a webhook or e-mail and send "
            "a test message."
        )

"""Small things every page shows the same way: states, times, differences, empty pages, untrusted text."""

import difflib
import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from core.curation.items import About, Event, Item, State
from core.errors import TouchstoneError
from core.jobs.jobs import Job, Jobs, JobState
from core.text.figures import counted
from core.text.unbroken import unbroken

Color = Literal["gray", "blue", "violet", "red", "yellow"]

LOOKS: dict[State, tuple[str, Color]] = {
    State.WAITING: ("hourglass_empty", "gray"),
    State.DRAFT: ("edit", "blue"),
    State.SUBMITTED: ("outgoing_mail", "violet"),
    State.RETURNED: ("undo", "red"),
    State.APPROVED: ("verified", "yellow"),
}
"""Icon and colour of each state; gold means approved and nothing else."""

READING = "white-space:pre-wrap;overflow-wrap:anywhere;max-width:72ch;line-height:1.55"

LABEL = "font-size:.82rem;opacity:.72;margin-bottom:.1rem"

MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$^=&@])")

LINKED = re.compile(r"\bhttps?(?=\\:)|\bwww(?=\\\.)|(?=\\@)", re.IGNORECASE)
"""What makes an address a link, even where every sign is escaped."""

HEADING = re.compile(r"^#{1,4}(?= )", re.MULTILINE)

LOOK_SECONDS = 1.0

JUST_NOW = 5
"""Seconds that nobody counts."""

WORD_JOINER = "\u2060"


def escaped(text: str) -> str:
    """Text for a label or a markdown place: markdown in it is taken literally, and nothing is a link."""
    return LINKED.sub(lambda found: found.group() + WORD_JOINER, MARKDOWN.sub(r"\\\1", unbroken(text)))


def text_block(text: str, *, label: str = "") -> None:
    """Untrusted text, shown as it is: nothing in it is read as markdown or HTML, no image is fetched."""
    head = f'<div style="{LABEL}">{html.escape(label)}</div>' if label else ""
    st.html(f'{head}<div style="{READING}">{html.escape(text)}</div>')


def conversation(item: Item) -> None:
    """What the customer asked, with what was said before."""
    for turn in item.conversation:
        text_block(turn.text, label="customer" if turn.role == "user" else "we answered")
    text_block(item.question, label="customer")
    chips = [item.topic, item.ticket, item.customer, *about_chips(item.about)]
    named = " · ".join(escaped(chip) for chip in chips if chip)
    if named:
        st.caption(named)


def about_chips(about: About) -> list[str]:
    """What else is known of a question, in a few words each; not escaped."""
    chips = [about.language or "", about.asked_at.strftime("asked %Y-%m-%d") if about.asked_at else ""]
    chips.append(f"asked {about.volume:,} times" if about.volume is not None else "")
    return [*filter(None, chips), *(f"{name}: {text}" for name, text in about.details)]


def state_badge(state: State) -> None:
    """The state of an item: a word and an icon, never colour alone."""
    icon, color = LOOKS[state]
    st.badge(state.value, icon=f":material/{icon}:", color=color)


def empty(sentence: str, *, action: str = "", page: str = "") -> None:
    """A page with nothing on it says what will be here and offers the step that fills it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.write("")
        st.markdown(sentence, text_alignment="center")
        if page:
            st.page_link(page, label=action, icon=":material/arrow_forward:")
        st.write("")


def guideline(text: str) -> None:
    """The project's guideline: drawn below the page's own headings, without its pictures."""
    st.markdown(HEADING.sub(r"#\g<0>", text.replace("![", "!\\[")))


def caution(sentence: str) -> None:
    """Something to mind, already escaped; not in yellow, because gold means approved."""
    st.info(sentence, icon=":material/priority_high:")


@contextmanager
def attempt(key: str) -> Iterator[None]:
    """Do what a press asks; if it is refused, the sentence is kept for `problem` at the next drawing."""
    try:
        yield
    except TouchstoneError as error:
        st.session_state[key] = str(error)


def problem(key: str) -> None:
    """Say once what went wrong at the last press; its place is kept also where nothing did.

    What comes and goes moves all that is below it, and what somebody opened there closes.
    """
    with st.container():
        if said := st.session_state.pop(key, None):
            st.error(escaped(said))


def word_diff(before: str, after: str) -> None:
    """Two versions of a text, the words that went struck through and the words that came underlined."""
    st.html(f'<div style="{READING}">{diff_html(before, after)}</div>')


def diff_html(before: str, after: str) -> str:
    """The HTML of a word-level difference; every word is escaped."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    parts = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = html.escape("".join(old[a:b])), html.escape("".join(new[c:d]))
        if what == "equal":
            parts.append(gone)
            continue
        if gone:
            parts.append(f'<del style="background:rgba(190,70,50,.18)">{gone}</del>')
        if came:
            parts.append(f'<ins style="background:rgba(60,130,80,.20)">{came}</ins>')
    return "".join(parts)


def history(events: Iterable[Event]) -> None:
    """What happened to an item, oldest first."""
    for event in events:
        said = f": {event.comment}" if event.comment else ""
        words = f"{event.person} {event.action}{said} ({ago(event.happened_at)})"
        st.caption(escaped(words))


def ago(moment: datetime) -> str:
    """How long ago something was, in words."""
    seconds = int((datetime.now(UTC) - moment).total_seconds())
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return f"{seconds} s ago" if seconds >= JUST_NOW else "just now"


def job_line(job: Job) -> None:
    """Where a piece of background work stands, what it says, and that a restart did not lose it."""
    if job.unfinished:
        progress = job.progress
        share = progress.done / progress.total if progress and progress.total else 0.0
        st.progress(min(share, 1.0), text=escaped(progress.message if progress else "Waiting to begin"))
        if job.attempts > 1:
            st.caption("Touchstone was restarted while this ran; it was picked up again where it was.")
        return
    say = {JobState.DONE: st.success, JobState.CANCELLED: st.info}.get(job.state, st.error)
    say(escaped(job.outcome or job.state.value))


@st.fragment(run_every=LOOK_SECONDS)
def while_it_works(jobs: Jobs, kind: str, subject: str, stop: Callable[[int], None]) -> None:
    """How far a piece of background work is, and the way to stop it; the page is drawn anew at its end."""
    job = jobs.latest(kind, subject)
    if job is None or not job.unfinished:
        st.rerun()
    job_line(job)
    st.button("Stop", key=f"stop-{kind}", on_click=stop, args=(job.id,))


def count(number: int, thing: str, things: str = "") -> str:
    """So many things, in words that fit the number."""
    return counted(number, thing, things)


def percent(share: float | None) -> str:
    """A share in percent, or that it is unknown."""
    return "unknown" if share is None else unbroken(f"{100 * share:.0f} %")

"""Forget a customer: find everything of theirs, give it out, and erase it everywhere."""

from collections import Counter

import streamlit as st

from core.errors import TouchstoneError
from core.forgetting import withdrawing
from core.forgetting.erasing import FAILED, LONGEST_REASON, Erasure, erase, erasures
from core.forgetting.giving_out import give_out
from core.forgetting.kept_files import files_to_remove
from core.forgetting.plan import Found, Plan, Request, plan_of
from core.jobs.jobs import JobState
from core.people.roles import Action
from ui import session, widgets

CUSTOMER = "forget_customer"
WORDS = "forget_words"
MENTIONS = "forget_mentions"
REASON = "forget_reason"
TYPED = "forget_typed"
PICKED = "forget_item_"
PROBLEM = "forget_problem"
DONE = "forget_done"
SHOWN = 50
ANYBODY = "erase"
"""What is typed to confirm where no customer field is named."""

here = session.require(Action.FORGET)


def asked() -> Request:
    """Who is to be forgotten, as the form says it."""
    state = st.session_state
    picked = {
        int(str(key).removeprefix(PICKED)) for key in state if str(key).startswith(PICKED) and state[key]
    }
    words = tuple(state.get(WORDS, "").splitlines())
    return Request(state.get(CUSTOMER, ""), words, frozenset(picked), bool(state.get(MENTIONS)))


def forget(request: Request) -> None:
    """Erase; nothing of what was typed stays in the session either."""
    try:
        done = erase(here.store, request, st.session_state.get(REASON, ""), here.person)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
        return
    for key in [key for key in st.session_state if str(key).startswith("forget_")]:
        del st.session_state[key]
    st.session_state[DONE] = f"{widgets.count(done.n_items, 'item')} erased."
    withdraw(done.id)


def withdraw(erasure_id: int) -> None:
    """Have deleted at the providers what was sent there, or ask them once more."""
    with widgets.attempt(PROBLEM):
        withdrawing.begin_withdrawing(here.store, here.workspace.jobs, erasure_id, here.person)


def counts(plan: Plan) -> None:
    """What would be erased, in numbers."""
    found = {
        "items": len(plan.items),
        "replies": plan.n_replies,
        "answers of models": plan.n_answers,
        "kept files": len(files_to_remove(here.store, here.store.blobs, plan)),
        "datasets changed": len(plan.datasets),
        "fine-tunings marked": len(plan.run_ids),
    }
    with st.container(horizontal=True, gap="large"):
        for name, number in found.items():
            st.metric(name, f"{number:,}", width="content")


def item_card(found: Found) -> None:
    """One item, as it would be erased."""
    with st.container(border=True):
        st.caption(widgets.escaped(f"Item {found.item.id} · {found.project} · {found.item.state.value}"))
        widgets.conversation(found.item)


def candidates(plan: Plan) -> None:
    """Other items and texts in which one of the words stands: a person decides which are theirs."""
    picked = [one for one in plan.items if one.item.id in plan.request.items]
    offered = sorted([*picked, *plan.candidates], key=lambda one: one.item.id)
    if offered:
        st.header("Perhaps theirs too")
        st.caption("The words stand in these items. Mark those that are this customer's.")
    for one in offered[:SHOWN]:
        st.checkbox(
            f"Item {one.item.id} · {widgets.escaped(one.project)} · {widgets.escaped(one.excerpt)}",
            key=f"{PICKED}{one.item.id}",
        )
    if len(offered) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(offered)}. Add a word that is only theirs to see fewer.")
    if plan.mentions:
        st.header("Named in other texts")
        alike = Counter((one.place.name.capitalize(), one.excerpt) for one in plan.mentions)
        for (place, excerpt), times in alike.most_common(SHOWN):
            often = f" ({times} times)" if times > 1 else ""
            st.caption(f"{place}: {widgets.escaped(excerpt)}{often}")
        st.checkbox(
            f"Put “\\[erased\\]” in their place in {widgets.count(len(plan.mentions), 'text')}", key=MENTIONS
        )


def erasing(plan: Plan) -> None:
    """Give out, then the reason, the word to type, and the one button."""
    request = plan.request
    st.download_button(
        "Give everything out (JSON)",
        data=lambda: give_out(here.store, request, here.person),
        file_name="customer.json",
        icon=":material/download:",
        on_click="ignore",
    )
    st.header("Erase")
    st.markdown(
        "Erasing cannot be undone. It reaches every table, the journal, the kept files, frozen datasets, "
        "answers and studies here, what was uploaded for fine-tuning, and models of the local engine that "
        "keep replies word for word. **It does not reach** backups and exported files, tabs that are open "
        "now, or what a model at a provider has learned: such models are marked, and have to be deleted "
        "there and trained again. The local engine keeps vectors of texts it has read, but not the texts."
    )
    st.text_input("Why? (kept for good, so name nobody)", key=REASON, max_chars=LONGEST_REASON)
    word = request.customer or ANYBODY
    typed = st.text_input(f"Type {widgets.escaped(word)} to confirm", key=TYPED)
    st.button(
        f"Erase {widgets.count(len(plan.items), 'item')}",
        on_click=forget,
        args=(request,),
        type="primary",
        icon=":material/delete_forever:",
        disabled=typed.strip() != word or not st.session_state.get(REASON, "").strip(),
    )


def tombstone(erasure: Erasure) -> None:
    """What is left of an erasure: why, how much, and what became of what was sent."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{widgets.escaped(erasure.reason)}**")
        st.caption(
            f"{widgets.count(erasure.n_items, 'item')}, {widgets.count(erasure.n_files, 'kept file')} · "
            f"{widgets.escaped(erasure.person)} · {widgets.ago(erasure.erased_at)}"
        )
        if not erasure.done:
            widgets.caution("The files are still to be written anew: start Touchstone again to finish it.")
        runs = withdrawing.runs_of_erasure(here.store, erasure.id)
        for run_id, state, note in runs:
            st.caption(f"Run {run_id}: {widgets.escaped(note or state)}")
        job = here.workspace.jobs.latest(withdrawing.KIND, str(erasure.id))
        failed = job is not None and job.state is JobState.FAILED
        run_failed = any(state == FAILED for _, state, _ in runs)
        if job is not None and failed and not run_failed:
            st.caption(widgets.escaped(job.outcome or ""))
        if failed or run_failed:
            st.button("Try again", key=f"again-{erasure.id}", on_click=withdraw, args=(erasure.id,))


st.title("Forget a customer")
st.caption("Everything of one customer: found, given out to them, erased. Only its reason and counts stay.")
widgets.problem(PROBLEM)
if done := st.session_state.pop(DONE, None):
    st.toast(done, icon=":material/check:")
left, right = st.columns(2, gap="large")
left.text_input("Customer, as the field of their items says", key=CUSTOMER, placeholder="C-1001")
right.text_area(
    "Other words that name them, one a line",
    key=WORDS,
    placeholder="Name\nE-mail address\nTicket number",
    height=110,
)
if any((asked().customer.strip(), "".join(asked().words).strip())):
    try:
        plan = plan_of(here.store, asked(), here.person)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        st.stop()
    if plan.elsewhere:
        widgets.caution(
            f"{widgets.count(plan.elsewhere, 'item')} of this customer in projects you do not own. "
            "Their owners have to forget the customer there."
        )
    if plan.empty and not plan.candidates and not plan.mentions:
        st.info("Nothing of this customer was found in the projects you own.")
    else:
        counts(plan)
        for found in plan.items[:SHOWN]:
            item_card(found)
        candidates(plan)
        if not plan.empty:
            erasing(plan)
known = erasures(here.store)
if known:
    st.header("Forgotten before")
for one in known:
    tombstone(one)

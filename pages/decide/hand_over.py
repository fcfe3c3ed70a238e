"""Hand-over: the model that serves this project, how to ask it, what stands in for it, and the way back."""

import streamlit as st

from core.answers.arms import arm_by_id
from core.people.roles import Action
from core.providers.profiles import LOCAL, PROFILES
from core.rating.studies import StudyState, studies_of, study_by_id
from core.report.verdict_content import verdict_content
from core.serving.choice import Choice, before, choices_of
from core.serving.hand_over import PORT, HandOver, hand_over
from core.serving.snippets import curl, python
from ui import choosing, session, widgets

here = session.require(Action.JUDGE)


def chosen(found: HandOver) -> None:
    """What serves, since when and why; the way back."""
    with st.container(border=True):
        st.header(
            f":material/rocket_launch: {widgets.escaped(found.arm.name)} serves this project", anchor=False
        )
        said = f"{found.choice.person}, {found.choice.chosen_at:%d %b %Y, %H:%M} UTC: {found.choice.reason}"
        st.caption(widgets.escaped(said))
        for warning in found.warnings:
            widgets.caution(widgets.escaped(warning))
        earlier = before(here.store, found.choice)
        if earlier is not None:
            choosing.going_back(here, found.choice, earlier)


def reached(found: HandOver) -> None:
    """Address, model, key: what a client needs."""
    st.header("How to ask it", anchor=False)
    way = found.ways[0]
    key = f"in the file {way.key_file}" if way.key_file else f"in the variable {way.key_variable}"
    lines = (
        ("Endpoint", way.base_url, True),
        ("Model", way.model, True),
        ("Key", f"{key}; it is never shown here", False),
    )
    for name, value, copied in lines:
        label, place = st.columns([1, 5], vertical_alignment="center")
        label.markdown(f"**{name}**")
        if copied:
            place.code(value, language=None, wrap_lines=True)
        else:
            place.markdown(widgets.escaped(value))
    if found.arm.provider == LOCAL.name:
        engine(found)
    elif not found.running:
        title = PROFILES[found.arm.provider].title
        st.caption(f"{title} is not set up on this machine, so its address is not known here.")
    program, command = st.tabs(["Python", "curl"])
    program.code(python(found.ways), language="python", wrap_lines=True)
    command.code(curl(way), language="bash", wrap_lines=True)
    with st.expander("The instructions it was compared with"):
        st.caption(
            "They go first in every conversation, as in the study. With others the verdict says nothing."
        )
        widgets.text_block(found.arm.instructions or "None.")


def engine(found: HandOver) -> None:
    """The local engine goes to sleep; a service does not."""
    now = (
        "It answers at this address now, until nobody has used it for ten minutes."
        if found.running
        else ("It sleeps now: nobody has used it for ten minutes.")
    )
    st.caption(f"{now} As a service with a lasting address (see docs/engine.md):")
    st.code(
        f"python -m core engine --home {here.workspace.home.absolute()} --port {PORT}",
        language="bash",
        wrap_lines=True,
    )


def instead(found: HandOver) -> None:
    """What to do where it cannot answer."""
    st.header("When it cannot answer", anchor=False)
    other = found.fallback
    name = f"**{widgets.escaped(other.name)}**" if other is not None else ""
    then = f"ask {name}, then a person" if other is not None else "ask a person"
    lines = [f"The endpoint is down, or refuses: {then}."]
    if found.arm.picks_replies:
        alike = other is None or other.run_id == found.arm.run_id
        lines.append(
            "It was not taught this: the answer's field `touchstone` has `abstained: true`. Do not send its "
            f"text to the customer; {'a person answers' if alike else then}. It chooses among approved "
            "replies and writes none."
        )
    else:
        lines.append("What it writes was approved by nobody: keep a person in reach of the customer.")
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.caption("The Python program above does just that.")


def measured(choice: Choice) -> None:
    """The evidence it was chosen on."""
    st.header("What was measured", anchor=False)
    study = study_by_id(here.store, choice.study_id)
    verdict = verdict_content(here.store, study)
    st.write(widgets.escaped(verdict.sentence))
    if verdict.accuracy is not None:
        st.write(widgets.escaped(verdict.accuracy.sentence))
    st.page_link(
        "pages/compare/verdict.py", label=f"The verdict of study {study.id}", icon=":material/gavel:"
    )


def history(choices: list[Choice]) -> None:
    """Every choice and every roll-back, newest first."""
    with st.expander(f"History ({widgets.count(len(choices), 'choice')})"):
        for one in choices:
            arm = arm_by_id(here.store, one.arm_id)
            what = "rolled back to" if one.undoes is not None else "chose"
            when = f"{one.chosen_at:%d %b %Y, %H:%M} UTC"
            line = f"{when} · {one.person} {what} {arm.name} (study {one.study_id}): {one.reason}"
            st.caption(widgets.escaped(line))


st.title("Hand-over")
widgets.problem(choosing.PROBLEM)
known = choices_of(here.store, here.project.id)
if not known:
    closed = any(one.state is StudyState.CLOSED for one in studies_of(here.store, here.project.id))
    widgets.empty(
        "Here stands how to use the model that was chosen: its address, the instructions, snippets, and the "
        "way back. "
        + ("Choose one on its verdict." if closed else "A model is chosen on the verdict of a closed study."),
        action="To the verdict",
        page="pages/compare/verdict.py",
    )
    st.stop()
current = hand_over(here.store, here.workspace.providers, known[0])
chosen(current)
reached(current)
instead(current)
measured(known[0])
history(known)

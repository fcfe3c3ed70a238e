"""What to write next: what customers ask most that nobody has answered, and what is unlike all answered."""

import html

import plotly.graph_objects as go
import streamlit as st

from core.curation.coverage.losses import LostTopic, lost_topics
from core.curation.coverage.survey import KIND, Gap, Survey, gaps, last_survey, start_survey
from core.curation.coverage.topics import By, Covered, coverage
from core.curation.queue import take_item
from core.people.roles import Action
from ui import charts, session, widgets

PROBLEM = "what_next_problem"
SHOWN = 12
ROW_HEIGHT, FRAME_HEIGHT = 26, 130
APPROVED, OPEN = "#B98A1A", "#8A8F94"

here = session.require(Action.REVIEW)


def survey_now() -> None:
    """Weigh every open question in the background."""
    with widgets.attempt(PROBLEM):
        start_survey(here.workspace.jobs, here.store, here.project, here.person)


def write_this(item_id: int) -> None:
    """Open one of them in the editor."""
    with widgets.attempt(PROBLEM):
        take_item(here.store, item_id, here.person)
        st.session_state[session.HANDED_OUT] = item_id
        st.switch_page("pages/curate/write.py")


def by_group(by: By) -> None:
    """How often each topic or language was asked, and how much of that has an approved reply."""
    found = coverage(here.store, here.project.id, by)
    named = [line for line in found if line.name]
    if not named:
        st.write(f"No question has a {by.value} yet. It can be mapped at the import.")
        return
    shown = named[:SHOWN][::-1]
    figure = go.Figure()
    places = list(range(len(shown)))
    answered = [line.asked - line.open_asked for line in shown]
    open_asked = [line.open_asked for line in shown]
    figure.add_bar(
        y=places, x=answered, orientation="h", name="with an approved reply", marker_color=APPROVED
    )
    figure.add_bar(y=places, x=open_asked, orientation="h", name="without", marker_color=OPEN)
    figure.update_layout(
        barmode="stack",
        xaxis_title="times asked",
        yaxis={"tickvals": places, "ticktext": [html.escape(line.name) for line in shown]},
        legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "xanchor": "left"},
    )
    title = _title(named[0], by)
    alt = "; ".join(f"{line.name}: {line.open_asked} of {line.asked} times asked are open" for line in named)
    charts.draw(figure, title, FRAME_HEIGHT + ROW_HEIGHT * len(shown), f"coverage-{by.value}", alt)
    unnamed = sum(line.questions for line in found if not line.name)
    if unnamed or len(named) > SHOWN:
        more = f"{len(named) - SHOWN} more are not shown. " if len(named) > SHOWN else ""
        st.caption(f"{more}{widgets.count(unnamed, 'question')} without a {by.value}.")


def _title(most: Covered, by: By) -> str:
    if not most.open_asked:
        return f"Everything asked has an approved reply, in every {by.value}"
    return f"Most is open in {most.name}: {most.open_asked:,} of {most.asked:,} times asked"


def lost(found: tuple[LostTopic, ...]) -> None:
    """The topics on which the last study's model lost, and what of them is open."""
    st.header("Where the last study's model lost")
    st.write(widgets.escaped(_lost_most(found[0])))
    st.dataframe(
        {
            "topic": [one.mark.topic for one in found],
            "lost": [widgets.percent(one.mark.loss_rate) for one in found],
            "prompts": [one.mark.n_prompts for one in found],
            "raters differ": [widgets.percent(one.mark.disagreement) for one in found],
            "times asked, open": [one.open_asked for one in found],
            "weight": [round(one.weight, 1) for one in found],
        },
        hide_index=True,
        width="stretch",
    )
    st.caption(
        f"Study {found[0].study_id}. The weight is the share lost × times asked without an approved reply × "
        "(1 + the share of pairs of raters who differed). Questions of these topics come sooner in the list "
        "below, and in Write."
    )


def _lost_most(one: LostTopic) -> str:
    lost_on = f"{widgets.percent(one.mark.loss_rate)} of {widgets.count(one.mark.n_prompts, 'prompt')}"
    if not one.open_asked:
        return (
            f"It lost on {one.mark.topic}: {lost_on}. All its questions have a reply; better ones may help."
        )
    open_ones = f"{widgets.count(one.questions, 'question')}, asked {widgets.count(one.open_asked, 'time')}"
    return f"Most is to be won on {one.mark.topic}: it lost {lost_on}, and {open_ones}, wait for a reply."


def furthest(survey: Survey, found: tuple[Gap, ...]) -> None:
    """The open questions that are worth most."""
    st.caption(
        f"{widgets.count(survey.n_open, 'open question')} compared with {survey.n_approved:,} approved ones "
        f"{widgets.ago(survey.surveyed_at)}. Write hands them out in this order: how often a question is "
        "asked, times how far it is from everything approved."
    )
    if not found:
        st.write("None is left of them.")
    for gap in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container():
                widgets.text_block(gap.question)
                asked = f"asked {gap.volume:,} times · " if gap.volume > 1 else ""
                topic = f"{gap.topic} · " if gap.topic else ""
                lost_on = f" · a model lost {widgets.percent(gap.loss_rate)} here" if gap.loss_rate else ""
                nearest = f"{topic}{asked}nearest approved question: similarity {gap.nearness:.2f}{lost_on}"
                st.caption(widgets.escaped(nearest))
            if here.may(Action.WRITE):
                st.button("Write it", key=f"gap-{gap.item_id}", on_click=write_this, args=(gap.item_id,))


title, begin = st.columns([6, 2], vertical_alignment="bottom")
title.title("What to write next")
title.caption("What customers ask, against what has an approved reply.")
widgets.problem(PROBLEM)
by = st.radio(
    "By", list(By), format_func=lambda by: f"by {by.value}", horizontal=True, label_visibility="collapsed"
)
by_group(by or By.TOPIC)
if topics := lost_topics(here.store, here.project.id):
    lost(topics)
st.header("Questions far from everything approved")
job = here.workspace.jobs.latest(KIND, str(here.project.id))
survey = last_survey(here.store, here.project.id)
if job is not None and job.unfinished:
    widgets.while_it_works(here.workspace.jobs, KIND, str(here.project.id), here.stop)
else:
    word = "Look for them" if survey is None else "Look again"
    begin.button(word, on_click=survey_now, type="primary", icon=":material/explore:", shortcut="S")
if survey is not None:
    furthest(survey, gaps(here.store, here.project.id))
elif job is None or not job.unfinished:
    widgets.empty("Every open question is compared with all approved ones, in the background.")

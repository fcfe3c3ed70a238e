"""The parts of the Study page that only show: the list, what was declared, how far raters are."""

import pandas as pd
import streamlit as st

from core.rating.identity_words import Tell
from core.rating.looks import note_look
from core.rating.overseeing import StudyLine
from core.rating.results import next_votes_so_far
from core.rating.studies import Study, StudyState
from core.report.declared import Declared
from core.report.verdict_content import OpenContent
from ui import verdict_charts, verdict_parts, widgets
from ui.session import Session

STATES = {
    StudyState.PREPARING: "being prepared",
    StudyState.OPEN: "open",
    StudyState.CLOSED: "closed",
}


def label(line: StudyLine) -> str:
    """A study in a list."""
    return f"study {line.study.id} · {STATES[line.study.state]} · {widgets.count(line.n_votes, 'vote')}"


def table(lines: list[StudyLine]) -> None:
    """All studies of the project."""
    frame = pd.DataFrame(
        [
            (
                line.study.id,
                STATES[line.study.state],
                line.study.created_at,
                line.n_prompts,
                f"{line.n_raters} of {line.study.raters}",
                line.n_votes,
            )
            for line in lines
        ],
        columns=["study", "state", "declared", "prompts", "raters", "votes"],
    )
    st.dataframe(frame, hide_index=True, width="stretch")


def state(content: OpenContent) -> None:
    """What is compared, how many prompts are done, and how many nobody needs to see."""
    found = content.evidence
    first, second = (widgets.escaped(arm.name) for arm in content.arms)
    st.markdown(f"**{second}** against **{first}**")
    done = f"{found.complete} of {found.n_prompts} prompts are rated by all"
    st.progress(found.complete / found.n_prompts if found.n_prompts else 0.0, text=done)
    if found.all_identical:
        more = "Close the study; a model that learned from more replies may answer differently."
        widgets.caution(widgets.escaped(f"{content.sentence} {more}"))
    else:
        verdict_parts.identical(found)


def evidence(here: Session, study: Study, content: OpenContent) -> None:
    """The evidence without a direction, and where the next votes are best spent."""
    note_look(here.store, study, here.person)
    st.write(widgets.escaped(content.sentence))
    verdict_charts.evidence_chart(content.evidence.path, "study_evidence")
    following = next_votes_so_far(here.store, study)
    if following is not None:
        st.write(widgets.escaped(following.sentence))


def plan(found: Declared, claim: str = "") -> None:
    """What was declared and sealed, what became of it once the study is closed, and who looked."""
    with st.container(border=True):
        st.markdown("**The plan**")
        st.write(widgets.escaped(found.words))
        if claim:
            st.markdown(f"**{widgets.escaped(claim)}**")
        st.caption(widgets.escaped(f"{found.screen_sentence} {found.looks_sentence}"))
        changed = found.seal is not None and found.seal.changed
        icon = ":material/warning:" if changed else ":material/lock:"
        st.caption(f"{icon} {widgets.escaped(found.seal_sentence)}")
        if found.seal is not None:
            with st.expander("What raters go by, and the seal"):
                widgets.text_block(found.plan.rubric, label="what raters go by")
                widgets.text_block(found.seal.sha256, label="sha256 of the sealed plan below")
                st.code(found.seal.sealed, language="json", wrap_lines=True)


def tells(found: tuple[Tell, ...], n_test: int) -> list[int]:
    """The prompts with identity words, without whose answer has them; returns those ticked to stay out."""
    st.markdown(
        f"**{widgets.count(len(found), 'prompt')} of {n_test} may give the models away:** an answer has a "
        "word that may tell who wrote it. Leave them out, or keep those where it is an ordinary word. Once "
        "the study is open this is fixed."
    )
    frame = pd.DataFrame(
        [(True, ", ".join(tell.words), tell.question) for tell in found],
        columns=["leave out", "found", "question"],
    )
    edited = st.data_editor(
        frame, hide_index=True, width="stretch", disabled=["found", "question"], key="study_tells"
    )
    return [tell.item_id for tell, out in zip(found, edited["leave out"], strict=True) if out]

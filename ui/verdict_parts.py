"""The parts of the Verdict page that only show: numbers with their n, accuracy, speed, what to beware of."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.curation.projects import Kind
from core.rating.raters import Invited, RaterProgress
from core.rating.results import EvidenceSoFar
from core.report.accuracy_content import AccuracyContent, Miss
from core.report.arm_lines import ArmLine
from core.report.one_page import REPLY_PICKER
from core.report.verdict_content import OpenContent, VerdictContent
from core.text.figures import percent_words
from core.verdict.preference import Estimate
from ui import verdict_charts, widgets


def sentence(content: VerdictContent) -> None:
    """A closed study in one sentence, first of all."""
    icon = ":material/gavel:" if content.enough else ":material/hourglass_empty:"
    with st.container(border=True):
        st.header(f"{icon} {widgets.escaped(content.sentence)}", anchor=False)
        if any(arm.picks_replies for arm in content.arms):
            st.caption(REPLY_PICKER)


def numbers(content: VerdictContent, kind: Kind) -> None:
    """What the sentence rests on."""
    pair = content.pair
    if pair is not None and pair.mean is not None:
        left, right = st.columns(2, gap="medium")
        with left:
            verdict_charts.shares_chart(content.shares, "verdict_shares")
        with right:
            verdict_charts.raters_chart(content, pair, "verdict_raters")
        verdict_charts.evidence_chart(content.path, "verdict_evidence")
        _beside(content)
    if content.accuracy is not None:
        _accuracy(content.accuracy, kind)
    _speed(content.arms)


def under_way(content: OpenContent, people: Invited, planned: int) -> None:
    """An open study: the evidence without a direction, and how far everybody is."""
    names = " and ".join(arm.name for arm in content.arms)
    with st.container(border=True):
        st.header(widgets.escaped(content.sentence), anchor=False)
        st.caption(f"Compared blind: {widgets.escaped(names)}. Which one leads is shown after closing.")
        if any(arm.picks_replies for arm in content.arms):
            st.caption(REPLY_PICKER)
    identical(content.evidence)
    chart, beside = st.columns([3, 2], gap="medium")
    with chart:
        verdict_charts.evidence_chart(content.evidence.path, "verdict_evidence_open")
    with beside:
        raters(content.raters, people, planned)


def identical(found: EvidenceSoFar) -> None:
    """On how many prompts both answers are the same, if any."""
    if found.n_identical:
        st.caption(
            f"{found.n_identical} of {found.n_prompts} prompts have two identical answers: each counts as a "
            "tie, and nobody is shown them."
        )


def raters(begun: Sequence[RaterProgress], people: Invited, planned: int) -> None:
    """How far everybody is, and who else is asked to come."""
    st.markdown(f"**Raters**, {planned} planned")
    for one in begun:
        share = one.done / one.total if one.total else 0.0
        st.progress(share, text=f"{widgets.escaped(one.person.name)}: {one.done} of {one.total}")
    present = {one.person.id for one in begun}
    missing = [person.name for person in people.may_rate if person.id not in present]
    if missing and len(present) < planned:
        st.caption(f"Invited, not begun: {widgets.escaped(', '.join(missing))}")
    _who_may_not(people)


def invitation(people: Invited) -> None:
    """Who may rate here, and who may not because they wrote some of the replies."""
    if people.may_rate:
        names = ", ".join(person.name for person in people.may_rate)
        st.caption(f"Invited: {widgets.escaped(names)}")
    else:
        st.caption("Nobody in this project may rate yet: it takes the role rater.")
    _who_may_not(people)


def _who_may_not(people: Invited) -> None:
    if people.wrote_some:
        names = widgets.escaped(", ".join(person.name for person in people.wrote_some))
        st.caption(f"May not rate, because they wrote some of the approved replies: {names}")


def _beside(content: VerdictContent) -> None:
    """What the main number is of, and how it looks counted in other ways."""
    with st.expander("What this number is, and how it looks counted in other ways", icon=":material/info:"):
        st.write(content.estimand)
        lines = []
        if content.sensitivity is not None:
            lines += [
                ("Without ties", content.sensitivity.without_ties),
                ("Without “both bad”", content.sensitivity.without_both_bad),
            ]
        if content.every_vote is not None:
            lines.append(("Every vote, also where not all raters came", content.every_vote))
        counted = [f"{name}: {_estimate(found)}." for name, found in lines]
        told = [*counted, *(widgets.escaped(line) for line in content.beside)]
        st.markdown("\n".join(f"- {line}" for line in told))
    for warning in content.warnings:
        st.caption(f":material/visibility: {widgets.escaped(warning)}")


def _estimate(found: Estimate) -> str:
    if found.mean is None:
        return "no votes are left"
    prompts, votes = widgets.count(found.n_prompts, "prompt"), widgets.count(found.n_votes, "vote")
    return f"{percent_words(found.mean, found.ci95)}, {prompts}, {votes}"


def _accuracy(found: AccuracyContent, kind: Kind) -> None:
    """How often the answers are the approved reply, word for word, and the worst misses."""
    with st.container(border=True):
        st.markdown("**Word for word**")
        st.write(widgets.escaped(found.sentence))
        if found.n < found.n_test:
            st.caption(f"{found.n} of {found.n_test} held-out questions have an answer of both.")
        draw = _confusions if kind is Kind.LABEL else _misses
        if found.misses:
            with st.expander("What it got wrong most often"):
                draw(found.misses)
        if found.forgotten:
            had = widgets.count(found.first.correct, "question")
            with st.expander(f"What it forgot: {found.paired.broken} of {had} that were right before"):
                draw(found.forgotten)


def _confusions(misses: tuple[Miss, ...]) -> None:
    table = pd.DataFrame(
        [(miss.expected, miss.given, miss.times) for miss in misses],
        columns=["right would be", "it said", "times"],
    )
    st.dataframe(table, hide_index=True, width="stretch")


def _misses(misses: tuple[Miss, ...]) -> None:
    for miss in misses:
        with st.container(border=True):
            widgets.text_block(miss.question, label="asked")
            left, right = st.columns(2)
            with left:
                widgets.text_block(miss.expected, label="approved")
            with right:
                times = "" if miss.times == 1 else f" ({miss.times} times)"
                widgets.text_block(miss.given, label=f"it said{times}")


def _speed(arms: tuple[ArmLine, ArmLine]) -> None:
    """What is known about time, tokens and cost; what is not says so."""
    for arm in arms:
        said = f"{arm.heading} ({arm.name}): {arm.speed_words}; {arm.cost_words}"
        st.caption(widgets.escaped(said))

"""Dataset: freeze what is approved, split it, and take it away as a file."""

import math

import streamlit as st

from core.curation.items import State, count_by_state
from core.datasets.export import Format, export
from core.datasets.planning import FreezePlan, planned
from core.datasets.splitting import LARGEST_SEED, Shares, Split, parse_shares
from core.datasets.versions import Dataset, datasets_of, freeze, rows_of
from core.errors import TouchstoneError
from core.forgetting.marks import dataset_mark
from core.people.roles import Action
from core.providers.profiles import LOCAL
from ui import forgotten, session, widgets
from ui.sent_back import flags

SPLIT_WORDS = {
    Split.TRAIN: "to learn from",
    Split.VALIDATION: "to watch the learning",
    Split.TEST: "held out for the comparison",
}
NAMES = {
    Format.OPENAI_CHAT: "OpenAI chat (JSONL)",
    Format.PROMPT_COMPLETION: "Prompt and completion (JSONL)",
    Format.SHAREGPT: "ShareGPT (JSONL)",
    Format.ALPACA: "Alpaca (JSONL)",
    Format.TRL: "TRL (JSONL)",
    Format.CSV: "Spreadsheet (CSV)",
    Format.PARQUET: "Parquet",
}
ENDINGS = {Format.CSV: "csv", Format.PARQUET: "parquet"}
PROBLEM = "dataset_problem"
PREVIEW = 5
FEW = 1_000
"""Below so many pairs a tenth would be too little to test with."""

here = session.require(Action.FREEZE)


def freeze_now(split: str, seed: int) -> None:
    """Freeze with the settings that were on screen."""
    with widgets.attempt(PROBLEM):
        before = {known.id for known in datasets_of(here.store, here.project.id)}
        dataset = freeze(here.store, here.project, parse_shares(split), seed, here.person)
        there = dataset.id in before
        st.toast(
            f"Nothing changed: this is still version {dataset.number}."
            if there
            else f"Version {dataset.number} is frozen."
        )
        for known in datasets_of(here.store, here.project.id):
            st.session_state[f"opened-{known.id}"] = known.id == dataset.id


def plan_line(plan: FreezePlan, shares: Shares) -> None:
    """What a freeze would make."""
    places = st.columns(4)
    places[0].metric("approved replies", f"{len(plan.rows):,}")
    for place, split in zip(places[1:], Split, strict=True):
        place.metric(SPLIT_WORDS[split], f"{plan.count(split):,}")
    if plan.n_near_duplicates:
        st.caption(
            f"{plan.n_near_duplicates} near-duplicate wordings stay together on one side of the split, and "
            "so does everything of one ticket or customer."
        )
    if plan.count(Split.TRAIN) < LOCAL.min_examples:
        widgets.caution(
            f"A fine-tuning takes at least {LOCAL.min_examples} to learn from. With this split that is about "
            f"{math.ceil(100 * LOCAL.min_examples / shares.train)} approved replies."
        )
    if not plan.count(Split.TEST):
        widgets.caution("Nothing would be held out, and without that no honest comparison is possible.")


def new_version() -> None:
    """Settings, what they would make, and the one button."""
    approved = count_by_state(here.store, here.project.id)[State.APPROVED]
    if not approved:
        widgets.empty(
            "A dataset is frozen from approved replies. None is approved yet.",
            action="Review replies",
            page="pages/curate/review.py",
        )
        return
    with st.container(border=True):
        st.header("Freeze a version")
        left, right = st.columns(2)
        split = left.text_input(
            "Split in percent: learn / watch / hold out",
            value="60/20/20" if approved < FEW else "80/10/10",
            key="dataset_split",
        )
        seed = right.number_input(
            "Seed (another one draws another split)", 0, LARGEST_SEED, 1, key="dataset_seed"
        )
        try:
            shares = parse_shares(split)
            plan_line(planned(here.store, here.project, shares, int(seed)), shares)
        except TouchstoneError as error:
            st.error(widgets.escaped(str(error)))
            return
        st.button(
            "Freeze", on_click=freeze_now, args=(split, int(seed)), type="primary", icon=":material/ac_unit:"
        )
        st.caption(
            "A frozen version never changes. Freezing the same content with the same seed gives the same one."
        )


def version(dataset: Dataset) -> None:
    """One frozen version: what is in it, and the files."""
    title = f"Version {dataset.number} · {dataset.size:,} pairs · {dataset.created_at:%Y-%m-%d %H:%M} UTC"
    opened = f"opened-{dataset.id}"
    st.session_state.setdefault(opened, dataset.id == newest)
    shown = st.expander(title, key=opened, icon=":material/inventory_2:", on_change="rerun")
    with shown:
        counts = (dataset.n_train, dataset.n_validation, dataset.n_test)
        st.markdown("{:,} to learn from · {:,} to watch · {:,} held out".format(*counts))
        st.markdown(
            f":small[Id `{dataset.id}` · seed {dataset.seed} · split {dataset.split} · "
            f"sha256 `{dataset.sha256}`]"
        )
        flags(here, dataset)
        forgotten.mark(dataset_mark(here.store, dataset.id))
        split, form, button = st.columns([2, 3, 2], vertical_alignment="bottom")
        part = (
            split.selectbox(
                "Part", list(Split), index=0, key=f"part-{dataset.id}", format_func=lambda one: one.value
            )
            or Split.TRAIN
        )
        file_format = form.selectbox(
            "Format", list(NAMES), key=f"format-{dataset.id}", format_func=lambda one: NAMES[one]
        )
        ending = ENDINGS.get(file_format, "jsonl")
        button.download_button(
            "Download",
            data=lambda: export(here.store, dataset.id, part, file_format),
            file_name=f"{dataset.id}-{part.value}.{ending}",
            icon=":material/download:",
            key=f"download-{dataset.id}",
            width="stretch",
        )
        for row in rows_of(here.store, dataset.id, part)[:PREVIEW] if shown.open else ():
            with st.container(border=True):
                widgets.text_block(row.question, label="customer")
                widgets.text_block(row.reply, label="ideal reply")
        st.page_link(
            "pages/train/fine_tune.py", label="Fine-tune with this version", icon=":material/arrow_forward:"
        )


st.title("Dataset")
st.caption("A dataset is what was approved at one moment, split once and for all.")
widgets.problem(PROBLEM)
versions = datasets_of(here.store, here.project.id)
newest = versions[0].id if versions else ""
new_version()
if versions:
    st.header("Frozen versions")
for dataset in versions:
    version(dataset)

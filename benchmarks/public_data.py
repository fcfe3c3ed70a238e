"""Public data sets that are not part of the project: where they lie, and a sentence where they do not."""

import os
from pathlib import Path

import pandas as pd

VARIABLE = "TOUCHSTONE_BENCH_DATA"
_SOURCES = {
    "banking77.csv": "Banking77 (PolyAI, task-specific-datasets), columns text and category",
    "cfpb6_balanced.csv": (
        "complaints of the US Consumer Financial Protection Bureau, some 200 of each of six products,"
        " columns text and label"
    ),
    "clinc_travel_intents.csv": (
        "the travel intents of CLINC150 (clinc, oos-eval) and its questions out of scope,"
        " columns text and intent (out_of_scope)"
    ),
}


def public_data(name: str) -> pd.DataFrame | None:
    """A data set, or None after saying what is to be fetched and put where."""
    folder = os.environ.get(VARIABLE, "").strip()
    path = Path(folder) / name
    if folder and path.is_file():
        return pd.read_csv(path)
    print(f"Left out: {name}, not in the folder that ${VARIABLE} names. It is {_SOURCES[name]}.")
    return None

"""Freeze what is approved into a dataset that never changes, split for training and testing."""

import argparse

from core.cli.acting import acting_person, add_acting, opened, project_named
from core.cli.output import emit
from core.datasets.splitting import parse_shares
from core.datasets.versions import freeze

DEFAULT_SPLIT = "80/10/10"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--project", required=True, metavar="P", help="the project's name")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed draws another split")
    parser.add_argument("--split", default=DEFAULT_SPLIT, metavar="80/10/10", help="training/validation/test")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Freeze."""
    shares = parse_shares(options.split)
    with opened(options) as workspace:
        store = workspace.store
        person = acting_person(store, options.email)
        dataset = freeze(store, project_named(store, options.project), shares, options.seed, person)
    counts = {"train": dataset.n_train, "validation": dataset.n_validation, "test": dataset.n_test}
    document = {"id": dataset.id, "sha256": dataset.sha256, "seed": dataset.seed, "n": counts}
    text = (
        f"Dataset {dataset.id} (version {dataset.number}, seed {dataset.seed}): {dataset.n_train} to train, "
        f"{dataset.n_validation} to validate, {dataset.n_test} to test. sha256 {dataset.sha256}"
    )
    emit(document, text, as_json=options.json)

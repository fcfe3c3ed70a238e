"""Forget a customer: erase everything of theirs everywhere in the workspace, leaving only a tombstone."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.acting import acting_person, add_acting, opened
from core.cli.output import emit, write_whole
from core.errors import TouchstoneError
from core.forgetting.erasing import Erasure, erase
from core.forgetting.giving_out import give_out
from core.forgetting.kept_files import files_to_remove
from core.forgetting.plan import Plan, Request, plan_of
from core.forgetting.withdrawing import runs_of_erasure, withdraw_all
from core.people.persons import Person
from core.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--customer", default="", metavar="ID", help="what stands in the customer field")
    parser.add_argument("--named", action="append", default=[], metavar="TEXT", help="name, address, ticket")
    parser.add_argument("--item", action="append", default=[], type=int, metavar="ID", help="is theirs too")
    parser.add_argument(
        "--mentions", action="store_true", help="also take the words out of texts that belong to no item"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="stays on the tombstone; names nobody")
    parser.add_argument("--give-out", type=Path, metavar="FILE", help="write everything found as JSON first")
    parser.add_argument("--dry-run", action="store_true", help="find and count, erase nothing")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Find, give out, erase."""
    request = Request(options.customer, tuple(options.named), frozenset(options.item), options.mentions)
    with opened(options) as workspace:
        person = acting_person(workspace.store, options.email)
        if options.give_out:
            write_whole(options.give_out, give_out(workspace.store, request, person))
        if options.dry_run:
            document, text = _found(workspace, request, person)
        else:
            document, text = _erased(workspace, erase(workspace.store, request, options.reason, person))
    emit(document, text, as_json=options.json)


def _found(workspace: Workspace, request: Request, person: Person) -> tuple[dict[str, Any], str]:
    plan = plan_of(workspace.store, request, person)
    n_files = len(files_to_remove(workspace.store, workspace.store.blobs, plan))
    document = {
        "items": plan.item_ids,
        "candidates": [{"item": one.item.id, "excerpt": one.excerpt} for one in plan.candidates],
        "mentions": [{"where": one.place.name, "excerpt": one.excerpt} for one in plan.mentions],
        "replies": plan.n_replies,
        "answers": plan.n_answers,
        "files": n_files,
        "datasets": [one.dataset_id for one in plan.datasets],
        "runs": list(plan.run_ids),
        "elsewhere": plan.elsewhere,
    }
    return document, "\n".join(_lines(plan, n_files))


def _lines(plan: Plan, n_files: int) -> list[str]:
    candidates = [f"  item {one.item.id}: {one.excerpt}" for one in plan.candidates]
    mentions = [f"  {one.place.name}: {one.excerpt}" for one in plan.mentions]
    return [
        f"Would be erased: {len(plan.items)} items, {plan.n_replies} replies, {plan.n_answers} answers.",
        f"The kept files of {n_files} imports would go.",
        f"{len(plan.datasets)} datasets and {len(plan.run_ids)} fine-tunings held some of it.",
        *([f"{len(candidates)} more items may be theirs; name those with --item ID:"] if candidates else []),
        *candidates,
        *([f"{len(mentions)} other texts name them; --mentions takes that out:"] if mentions else []),
        *mentions,
        *([f"{plan.elsewhere} items are in projects you do not own."] if plan.elsewhere else []),
        "Nothing was erased.",
    ]


def _erased(workspace: Workspace, erasure: Erasure) -> tuple[dict[str, Any], str]:
    try:
        withdrawn = withdraw_all(workspace.store, workspace.providers, erasure.id)
    except TouchstoneError as failure:
        withdrawn = str(failure)
    runs = runs_of_erasure(workspace.store, erasure.id)
    document = {
        "erasure": erasure.id,
        "items": erasure.n_items,
        "replies": erasure.n_replies,
        "answers": erasure.n_answers,
        "files": erasure.n_files,
        "mentions": erasure.n_mentions,
        "runs": [{"run": number, "state": state, "note": note} for number, state, note in runs],
    }
    text = [
        f"Erased: {erasure.n_items} items, {erasure.n_replies} replies, {erasure.n_answers} answers.",
        f"Erased: {erasure.n_files} kept files, {erasure.n_mentions} mentions.",
        "Backups made before still hold them.",
        withdrawn,
        *(f"  run {number}: {note}" for number, _, note in runs),
    ]
    return document, "\n".join(text)

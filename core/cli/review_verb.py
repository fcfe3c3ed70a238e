"""Approve a submitted reply or send it back with a reason; one's own reply is refused."""

import argparse

from core.cli.acting import acting_person, add_acting, opened
from core.cli.output import emit
from core.curation.items import item_by_id
from core.curation.review import Reason, approve, send_back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--item", type=int, required=True, metavar="ID", help="the item's number")
    decision = parser.add_mutually_exclusive_group(required=True)
    decision.add_argument("--approve", action="store_true", help="make it the golden reply")
    decision.add_argument("--return", dest="reason", choices=[reason.value for reason in Reason])
    parser.add_argument("--comment", default="", metavar="TEXT", help="a sentence for the author")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Decide."""
    with opened(options) as workspace:
        person = acting_person(workspace.store, options.email)
        if options.approve:
            approve(workspace.store, options.item, person)
        else:
            send_back(workspace.store, options.item, Reason(options.reason), options.comment, person)
        state = item_by_id(workspace.store, options.item).state
    text = f"Item {options.item} is now {state.value}."
    emit({"item": options.item, "state": state.value}, text, as_json=options.json)

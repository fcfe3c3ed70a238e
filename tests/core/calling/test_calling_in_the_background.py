"""The whole way: work is saved, and while the workspace is open whoever waits for it is told."""

import time
from pathlib import Path

from core.application import open_workspace, start_work
from core.calling.settings import Wish, tell
from core.people.notices import Occasion
from tests.core.calling.receivers import Hook
from tests.core.curation.desk import open_desk

PATIENCE = 60.0


def test_a_returned_reply_reaches_a_webhook_by_itself(tmp_path: Path, hook: Hook) -> None:
    workspace = open_workspace(tmp_path / "home", {"TOUCHSTONE_WEBHOOK_INSIDE": "yes"})
    try:
        desk = open_desk(workspace.store)
        start_work(workspace)
        tell(
            workspace.store,
            desk.project.id,
            Occasion.RETURNED,
            Wish(hook.address),
            workspace.outside,
            desk.olga,
        )
        desk.returned("May I bring my ferret?", "Ferrets travel in the hold.")

        until = time.monotonic() + PATIENCE
        while not hook.bodies and time.monotonic() < until:
            time.sleep(0.05)

        assert len(hook.bodies) == 1
    finally:
        workspace.close()

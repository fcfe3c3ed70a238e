"""The composition root: opens a workspace and tells its jobs which stage does which work."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from core.answers import generate, sweeping
from core.calling import calling
from core.curation.contradictions import scan
from core.curation.coverage import survey
from core.curation.intake import background
from core.curation.library import bulk
from core.demo import welcome
from core.errors import StorageFailed
from core.forgetting import erasing, withdrawing
from core.jobs.jobs import Jobs
from core.judging import asking, judges
from core.people.roles import Action
from core.providers.providers import Providers
from core.rating import studies
from core.settings import outside_of
from core.store.store import Store
from core.training import follow
from core.workspace import Workspace


def open_workspace(home: Path, secrets: Mapping[str, str] | None = None) -> Workspace:
    """Open the workspace in `home`; background work begins only when it is asked for or resumed.

    Raises:
        Refused: another process holds it, or a newer program wrote it.
        StorageFailed: it cannot be read or written.
    """
    store = Store(home)
    said = secrets or os.environ
    workspace = Workspace(home, store, Jobs(store), Providers(home, said), outside_of(said))
    _register(workspace)
    with suppress(StorageFailed):  # the Forget page says that it is still to be done
        erasing.finish(store)
    return workspace


def start_work(workspace: Workspace) -> None:
    """Go on with what an earlier process left unfinished, call people, and welcome whoever is new.

    Raises:
        StorageFailed: the disk is full; the workspace is closed, so that it can be opened again.
    """
    try:
        workspace.jobs.resume()
        calling.start(workspace)
        welcome.welcome(workspace)
    except BaseException:
        workspace.close()
        raise


def _register(workspace: Workspace) -> None:
    """Name the background work of each stage."""
    workspace.jobs.register(background.KIND, background.take_announced(workspace.store), Action.IMPORT)
    workspace.jobs.register(bulk.KIND, bulk.carry_out(workspace.store), Action.CHANGE_MANY)
    workspace.jobs.register(survey.KIND, survey.work_of(workspace.store), Action.REVIEW)
    workspace.jobs.register(scan.KIND, scan.work_of(workspace.store), Action.REVIEW)
    follow.register(workspace)
    generate.register(workspace)
    sweeping.register(workspace)
    workspace.jobs.register(studies.KIND, studies.prepare(workspace), Action.STUDY)
    workspace.jobs.register(judges.KIND, asking.work_of(workspace), Action.STUDY)
    workspace.jobs.register(withdrawing.KIND, withdrawing.work_of(workspace.store, workspace.providers))
    welcome.register(workspace)

"""A workspace: one folder opened once, with its store, its background jobs and its providers."""

from dataclasses import dataclass
from pathlib import Path

from core.jobs.jobs import Jobs
from core.providers.providers import Providers
from core.store.store import Store


@dataclass(frozen=True)
class Workspace:
    """Everything a page or a verb needs; one process holds one workspace."""

    home: Path
    store: Store
    jobs: Jobs
    providers: Providers

    def close(self) -> None:
        """Stop the background work and let another process have the workspace."""
        self.jobs.close()
        self.providers.close()
        self.store.close()

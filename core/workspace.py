"""A workspace: one folder opened once, with its store, its jobs, its providers and the ways out."""

from dataclasses import dataclass, field
from pathlib import Path

from core.jobs.jobs import Jobs
from core.providers.providers import Providers
from core.settings import Outside
from core.store.store import Store


@dataclass(frozen=True)
class Workspace:
    """Everything a page or a verb needs; one process holds one workspace."""

    home: Path
    store: Store
    jobs: Jobs
    providers: Providers
    outside: Outside = field(default_factory=Outside)

    def close(self) -> None:
        """Stop the background work and let another process have the workspace."""
        self.jobs.close()
        self.providers.close()
        self.store.close()

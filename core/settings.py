"""Where the workspace lies, and what the environment says about it."""

import os
from pathlib import Path

LOCAL_EMAIL = "local@localhost"
LOCAL_NAME = "You, on this machine"


def home_folder(named: str | None = None) -> Path:
    """The workspace folder: the one named, else $TOUCHSTONE_HOME, else ./workspace."""
    return Path(named or os.environ.get("TOUCHSTONE_HOME") or "workspace").resolve()

"""The local fine-tuning server alone: prints where it answers, serves until stopped."""

import argparse
import os
from pathlib import Path

from core.errors import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The engine's own options."""
    parser.add_argument(
        "--home", type=Path, help="the workspace (default: $TOUCHSTONE_HOME, else ./workspace)"
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--idle-minutes", type=float, help="end when nobody has used it that long")


def run(options: argparse.Namespace) -> None:
    """Serve until stopped.

    Raises:
        Refused: another engine runs for this workspace, or it cannot be used.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    from core.engine.errors import EngineRefused  # noqa: PLC0415 - NumPy reads the variables when imported
    from core.engine.server import serve  # noqa: PLC0415 - the same

    home = options.home or Path(os.environ.get("TOUCHSTONE_HOME") or "workspace")
    try:
        serve(home, options.port, options.idle_minutes)
    except EngineRefused as refused:
        raise Refused(str(refused)) from refused

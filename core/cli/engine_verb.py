"""The local fine-tuning server alone: prints where it answers, serves until stopped."""

import argparse
import os

from core.errors import Refused
from core.settings import home_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The engine's own options; what is not given stands in the environment, or is left at its default."""
    parser.add_argument("--home", help="the workspace (default: $TOUCHSTONE_HOME, else ./workspace)")
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument(
        "--host", help="an address others can reach too; wants a key of yours in $TOUCHSTONE_ENGINE_KEY"
    )
    parser.add_argument("--idle-minutes", type=float, help="end when nobody has used it that long")
    parser.add_argument(
        "--slots", type=int, help="jobs of each trainer at once (default: $TOUCHSTONE_ENGINE_SLOTS, else 1)"
    )
    parser.add_argument(
        "--silent-minutes", type=float, help="begin a job again when its worker gave no sign of life so long"
    )
    parser.add_argument(
        "--requests-per-minute",
        type=int,
        help="refuse what comes faster; 0: take everything (default: $TOUCHSTONE_ENGINE_REQUESTS_PER_MINUTE)",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        metavar="NAME",
        help="one more name a proxy may call it by (default: $TOUCHSTONE_ENGINE_HOSTS)",
    )
    parser.add_argument(
        "--batch-slots",
        type=int,
        help="requests of a batch at once (default: $TOUCHSTONE_ENGINE_BATCH_SLOTS)",
    )


def run(options: argparse.Namespace) -> None:
    """Serve until stopped.

    Raises:
        Refused: another engine runs for this workspace, or it cannot be used as asked.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    from core.engine.choices import chosen_settings  # noqa: PLC0415 - NumPy reads the variables when imported
    from core.engine.errors import EngineRefused  # noqa: PLC0415 - the same
    from core.engine.server import serve  # noqa: PLC0415 - the same

    try:
        serve(home_folder(options.home), chosen_settings(vars(options), os.environ))
    except EngineRefused as refused:
        raise Refused(str(refused)) from refused

"""The verbs of `python -m core`; they exit 0 when done, 1 when refused or failed, 2 on wrong usage."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from core.errors import TouchstoneError

VERBS = (
    "demo",
    "engine",
    "import",
    "review",
    "freeze",
    "export",
    "check",
    "train",
    "answer",
    "verdict",
    "accuracy",
    "report",
    "backup",
    "restore",
    "rebuild",
    "digest",
    "invite",
    "erase",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the errors people can act on end as one line on stderr and exit code 1."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in {"-h", "--help"}:
        sys.stdout.write(_usage())
        return 0 if words else 2
    if words[0] not in VERBS:
        sys.stderr.write(f"There is no verb {words[0]!r}. The verbs are: {', '.join(VERBS)}.\n")
        return 2
    return _run(_module(words[0]), words)


def _run(module: ModuleType, words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m core {words[0]}", description=module.__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    module.add_arguments(parser)
    try:
        module.run(parser.parse_args(words[1:]))
    except SystemExit as stop:
        return int(stop.code or 0)
    except TouchstoneError as error:
        sentence = str(error)
    except KeyboardInterrupt:
        sentence = "Stopped."
    except Exception as error:
        if os.environ.get("TOUCHSTONE_DEBUG"):
            raise
        sentence = f"An unexpected error stopped this ({error!r}). TOUCHSTONE_DEBUG=1 shows where."
    else:
        return 0
    sys.stderr.write(f"{sentence}\n")
    return 1


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"core.cli.{verb}_verb")


def _usage() -> str:
    lines = ["usage: python -m core VERB [--json] …", ""]
    for verb in VERBS:
        summary = (_module(verb).__doc__ or "").strip().splitlines()[0]
        lines.append(f"  {verb:<9} {summary}")
    return "\n".join(lines) + "\n"

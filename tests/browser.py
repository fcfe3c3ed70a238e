"""The browser the tests walk with: found, or else installed, by `python -m tests.browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMED = "TOUCHSTONE_CHROMIUM"
DEBIAN = Path("/usr/bin/chromium")
PATIENCE_SECONDS = 900


class NoBrowser(Exception):
    """There is no Chromium, and the sentence says what to do about it."""


def chromium() -> Path:
    """The Chromium to use: the one named, Debian's, or Playwright's own.

    Raises:
        NoBrowser: none of them is there.
    """
    named = os.environ.get(NAMED, "").strip()
    if named:
        if not os.access(named, os.X_OK):
            raise NoBrowser(f"${NAMED} names {named}, which is no program. Name a Chromium, or unset it.")
        return Path(named)
    for path in (DEBIAN, _playwrights_own()):
        if os.access(path, os.X_OK):
            return path
    raise NoBrowser(
        f"The browser tests need Chromium, and none is here. Run `python -m tests.browser`, which installs "
        f"one, or name yours with ${NAMED}."
    )


def ensure() -> Path:
    """The Chromium to use, installed if it is missing.

    Raises:
        NoBrowser: none could be installed.
    """
    try:
        return chromium()
    except NoBrowser:
        if os.environ.get(NAMED, "").strip():
            raise
    said = [_install(commands) for commands in _ways()]
    try:
        return chromium()
    except NoBrowser as still:
        reasons = " ".join(filter(None, said))
        raise NoBrowser(f"Chromium could not be installed for the browser tests. {reasons} {still}") from None


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - starts a process; only when needed

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _ways() -> list[list[list[str]]]:
    """The ways to install it on this machine, the better first; each is a few commands."""
    playwright = [sys.executable, "-m", "playwright", "install"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        debian = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
        return [[["apt-get", "update"], debian], [[*playwright, "--with-deps", "chromium"]]]
    return [[[*playwright, "chromium"]]]


def _install(commands: list[list[str]]) -> str:
    """Run them unless a browser is there by now; what went wrong, in a sentence, or nothing."""
    try:
        chromium()
    except NoBrowser:
        pass
    else:
        return ""
    print(f"Installing Chromium for the browser tests: {' '.join(commands[-1])}", file=sys.stderr)  # noqa: T201 - a command line
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        try:
            done = subprocess.run(
                command,
                env=surroundings,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"`{' '.join(command)}` failed: {error}."
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
            return f"`{' '.join(command)}` failed: {last[0][:300]}."
    return ""


def main() -> None:
    """Make sure that a browser is there; silent when it is."""
    try:
        ensure()
    except NoBrowser as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()

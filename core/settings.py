"""Where the workspace lies, and what the environment says about it and about reaching people outside it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOCAL_EMAIL = "local@localhost"
LOCAL_NAME = "You, on this machine"

URL_VARIABLE = "TOUCHSTONE_URL"
SECRET_VARIABLE = "TOUCHSTONE_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable, not a secret
INSIDE_VARIABLE = "TOUCHSTONE_WEBHOOK_INSIDE"
SMTP_VARIABLE = "TOUCHSTONE_SMTP_"
SMTP_PORT = 587
"""Where mail servers take messages from programs."""


@dataclass(frozen=True)
class MailServer:
    """A mail server and who sends through it; without a user it asks for no password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Outside:
    """How people outside the app are reached: the app's own address, the mail server, and webhooks.

    `mail_missing` names what keeps e-mail from being sent; `inside` lets webhooks go to this machine and to
    private networks.
    """

    base_url: str = ""
    mail: MailServer | None = None
    mail_missing: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    inside: bool = False


def home_folder(named: str | None = None) -> Path:
    """The workspace folder: the one named, else $TOUCHSTONE_HOME, else ./workspace."""
    return Path(named or os.environ.get("TOUCHSTONE_HOME") or "workspace").resolve()


def outside_of(secrets: Mapping[str, str]) -> Outside:
    """What the environment or the secrets file say about reaching people outside the app."""
    said = {name: secrets.get(f"{SMTP_VARIABLE}{name}", "").strip() for name in SMTP_NAMES}
    port = said["PORT"] or str(SMTP_PORT)
    needed = ["HOST", "SENDER", *(["PASSWORD"] if said["USER"] else [])]
    missing = [f"{SMTP_VARIABLE}{name}" for name in needed if not said[name]]
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= MOST_PORT):
        missing.append(f"{SMTP_VARIABLE}PORT (a number)")
    server = None
    if not missing:
        server = MailServer(said["HOST"], int(port), said["USER"], said["PASSWORD"], said["SENDER"])
    return Outside(
        secrets.get(URL_VARIABLE, "").strip().rstrip("/"),
        server,
        tuple(missing),
        secrets.get(SECRET_VARIABLE, "").strip(),
        secrets.get(INSIDE_VARIABLE, "").strip().lower() == "yes",
    )


SMTP_NAMES = ("HOST", "PORT", "USER", "PASSWORD", "SENDER")
MOST_PORT = 65_535

"""A web server, a mail server, and the settings that lead to both."""

from collections.abc import Iterator

import pytest

from core.settings import Outside, outside_of
from tests.core.calling.receivers import Hook, MailBox, serving


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook's other end."""
    with serving(Hook()) as server:
        yield server


@pytest.fixture
def box() -> Iterator[MailBox]:
    """A mail server."""
    with serving(MailBox()) as server:
        yield server


@pytest.fixture
def outside(box: MailBox) -> Outside:
    """What an administrator would have set."""
    return outside_of(
        {
            "TOUCHSTONE_URL": "https://touchstone.example.com/",
            "TOUCHSTONE_SMTP_HOST": "127.0.0.1",
            "TOUCHSTONE_SMTP_PORT": str(box.port),
            "TOUCHSTONE_SMTP_SENDER": "touchstone@example.com",
            "TOUCHSTONE_WEBHOOK_SECRET": "between us",
            "TOUCHSTONE_WEBHOOK_INSIDE": "yes",
        }
    )

"""A provider of identities as a process of its own, and the app told to use it."""

import http.client
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.e2e.server import START_SECONDS, Server, free_port

CLIENT = "touchstone"


class Identities:
    """An OpenID Connect provider that believes whoever says who they are."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def metadata_url(self) -> str:
        return f"http://localhost:{self.port}/.well-known/openid-configuration"

    def start(self) -> "Identities":
        words = ["-W", "ignore", "-m", "oidc_provider_mock", "--port", str(self.port), "--host", "localhost"]
        self._process = subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def knows(self, email: str, **claims: object) -> None:
        """Somebody with this address, which is also how they are called there."""
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=10)) as connection:
            body = json.dumps({"email": email, **claims})
            connection.request("PUT", f"/users/{email}", body, {"content-type": "application/json"})
            assert connection.getresponse().status < 300

    def _answers(self) -> bool:
        try:
            with closing(http.client.HTTPConnection("localhost", self.port, timeout=10)) as connection:
                connection.request("GET", "/.well-known/openid-configuration")
                return connection.getresponse().status == http.client.OK
        except OSError:
            return False


def with_sign_in(home: Path, identities: Identities, hours: float = 12.0) -> Server:
    """The app on this workspace, with sign-in configured; not started yet."""
    server = Server(home, host="localhost")
    secrets = home.with_suffix(".secrets.toml")
    secrets.write_text(
        f'TOUCHSTONE_SESSION_HOURS = "{hours}"\n[auth]\n'
        f'redirect_uri = "{server.url}/oauth2callback"\n'
        'cookie_secret = "a secret that only this test knows, long enough"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "the secret of a client"\n'
        f'server_metadata_url = "{identities.metadata_url}"\n',
        encoding="utf-8",
    )
    server.options = ("--secrets.files", str(secrets))
    return server

"""Receivers: a real web server and a real mail server on this machine that remember what reached them."""

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Server = TypeVar("Server", "Hook", "MailBox")


class Hook(ThreadingHTTPServer):
    """A web server that answers every POST with `status`."""

    daemon_threads = True

    def __init__(self, status: int = 204, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.status = status
        self.secret = certificate is not None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.taken: Callable[[], None] = lambda: None
        """Called before the answer."""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    @property
    def address(self) -> str:
        host = "https://localhost" if self.secret else "http://127.0.0.1"
        return f"{host}:{self.server_address[1]}/hook"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hangs up is none."""


class _Posted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = self.server
        assert isinstance(hook, Hook)
        hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        hook.headers.append(dict(self.headers))
        hook.taken()
        self.send_response(hook.status)
        self.send_header("Location", f"{hook.address}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing is printed."""


class MailBox(socketserver.ThreadingTCPServer):
    """A mail server that takes every message, but for those to addresses in `refused`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Delivered)
        self.refused: set[str] = set()
        self.letters: list[tuple[str, EmailMessage]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Delivered(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box, to = self.server, ""
        assert isinstance(box, MailBox)
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                letter = message_from_bytes(self._letter(), policy=policy.default)
                assert isinstance(letter, EmailMessage)
                box.letters.append((to, letter))
            elif verb == "RCPT TO":
                to = line.partition("<")[2].partition(">")[0]
                if to in box.refused:
                    self._say(f"550 nobody called {to} is here")
                    continue
            self._say("250 good")

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server, answering until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path) -> Path:
    """A file with a key and its certificate for `localhost`, which nobody trusts by themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path

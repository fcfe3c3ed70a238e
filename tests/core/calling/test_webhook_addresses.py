"""A webhook reaches what the world can reach, by https, and nothing behind this machine's back."""

import socket
import threading
from pathlib import Path

import pytest

from core.calling.undelivered import Undelivered
from core.calling.webhook import checked, post
from core.errors import Refused
from tests.core.calling.receivers import Hook, self_signed, serving

NOTE = {"event": "test"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hook",
        "ftp://example.com/hook",
        "http://example.com/hook",
        "http://127.0.0.1/hook",
        "https://",
        "https://me:word@example.com/hook",
        "https://example.com:70000/hook",
        "https://example.com/ hook",
        "https://example.com/\r\nX: y",
        "https://[::1/hook",
        "https://example.com/" + "x" * 2_000,
    ],
)
def test_what_is_no_https_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="Nothing was changed"):
        checked(address, inside=False)


def test_http_is_for_this_machine_alone_even_where_inside_is_allowed() -> None:
    assert checked("http://localhost:1/hook", inside=True)
    with pytest.raises(Refused, match="must begin with https"):
        checked("http://10.0.0.7/hook", inside=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.7",
        "172.16.3.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0",
        "224.0.0.1",
        "2130706433",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
    ],
)
def test_this_machine_and_private_networks_are_not_called(host: str) -> None:
    with pytest.raises(Undelivered, match="private network"):
        post(f"https://{host}/hook", NOTE, "", inside=False)


def test_a_note_is_posted_once_and_unsigned_without_a_secret(hook: Hook) -> None:
    assert post(hook.address, NOTE, "", inside=True) == "Taken: 204."

    assert hook.bodies == [b'{"event": "test"}']
    assert "X-Touchstone-Signature" not in hook.headers[0]


def test_what_is_not_https_at_the_other_end_is_no_answer(hook: Hook) -> None:
    with pytest.raises(Undelivered, match="could not be reached"):
        post(hook.address.replace("http:", "https:"), NOTE, "", inside=True)

    assert hook.bodies == []


def test_https_reaches_whoever_proves_to_be_who_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with serving(Hook(certificate=certificate)) as hook:
        with pytest.raises(Undelivered, match="certificate"):
            post(hook.address, NOTE, "", inside=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert post(hook.address, NOTE, "", inside=True) == "Taken: 204."
        with pytest.raises(Undelivered, match="certificate"):
            post(hook.address.replace("localhost", "127.0.0.1"), NOTE, "", inside=True)

    assert hook.bodies == [b'{"event": "test"}']


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_babble, args=(server,), daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/hook"

        assert post(address, NOTE, "", inside=True) == "Taken: 200."

        thread.join()


def _babble(server: socket.socket) -> None:
    """Answer without an end, until the other side has gone."""
    line, _ = server.accept()
    with line:
        line.recv(4_096)
        try:
            line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                line.sendall(b"x" * 65_536)
        except OSError:
            return

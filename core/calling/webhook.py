"""Webhook: one small JSON posted to an address of the project's choosing, and to no other.

Whoever sets an address could otherwise make this machine call others that only it can reach. So the address
is looked up once and what it means is checked and called; redirects are not followed, and of the answer only
the status counts.
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from core.calling.undelivered import Undelivered
from core.errors import Refused

SECONDS = 10.0
"""For all of it, from the first connection to the status."""
LONGEST_ADDRESS = 2_000
SIGNATURE = "X-Touchstone-Signature"
NAT64 = ipaddress.ip_network("64:ff9b::/96")
OK = range(200, 300)
REDIRECTS = range(300, 400)

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def checked(address: str, inside: bool) -> str:
    """The address as it is kept, if it is one that may be called.

    Raises:
        Refused: it is none, or not by https; http is for this machine alone, and only where `inside` is set.
    """
    address = address.strip()
    try:
        place = urlsplit(address)
        host, port = place.hostname or "", place.port
    except ValueError:
        host, port = "", None
    printable = address.isascii() and address.isprintable() and " " not in address
    if not host or port == 0 or not printable or len(address) > LONGEST_ADDRESS:
        raise Refused("This is no web address, such as https://example.com/hook. Nothing was changed.")
    if place.username is not None or place.password is not None:
        raise Refused("The address must not hold a user or a password. Nothing was changed.")
    if place.scheme != "https" and not (place.scheme == "http" and inside and _this_machine(host)):
        raise Refused("A webhook must begin with https://, so that nobody reads along. Nothing was changed.")
    return address


def post(address: str, content: Mapping[str, Any], secret: str, inside: bool) -> str:
    """Post the content as JSON, signed where there is a secret; returns what came of it.

    Raises:
        Undelivered: the address may not be called, or did not take it; the sentence names no address.
    """
    place = urlsplit(checked(address, inside))
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Touchstone", "Connection": "close"}
    if secret:
        headers[SIGNATURE] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    try:
        status = _status(place, _meant(place, inside), body, headers)
    except ssl.SSLCertVerificationError as error:
        raise Undelivered("Its certificate is not one that this machine trusts.") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Undelivered("It could not be reached, or did not answer within 10 seconds.") from error
    if status in REDIRECTS:
        raise Undelivered(f"It answered {status}, a redirect, and those are not followed.")
    if status not in OK:
        raise Undelivered(f"It answered {status}.")
    return f"Taken: {status}."


def _status(place: SplitResult, meant: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer from the address that was checked, whatever the name means a moment later."""
    connection = http.client.HTTPConnection(place.hostname or "", _port(place), timeout=SECONDS)
    line = _dialled(place, meant)
    enough = threading.Timer(SECONDS, _hang_up, (line,))
    enough.start()
    try:
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        connection.sock = line
        connection.request("POST", _path(place), body, {**headers, "Host": place.netloc})
        return connection.getresponse().status
    finally:
        enough.cancel()
        line.close()
        connection.close()


def _dialled(place: SplitResult, meant: str) -> socket.socket:
    """A line to the address; with https it still has to agree on its secrecy."""
    line = socket.create_connection((meant, _port(place)), timeout=SECONDS)
    if place.scheme == "http":
        return line
    context = ssl.create_default_context()
    try:
        return context.wrap_socket(line, server_hostname=place.hostname, do_handshake_on_connect=False)
    except BaseException:
        line.close()
        raise


def _meant(place: SplitResult, inside: bool) -> str:
    """The number behind the name, if every number behind it may be called."""
    found = socket.getaddrinfo(place.hostname, _port(place), type=socket.SOCK_STREAM)
    numbers = [str(address[0]) for *_, address in found]
    local = place.scheme == "http"
    for number in numbers:
        ip = _real(ipaddress.ip_address(number.partition("%")[0]))
        if local and not ip.is_loopback:
            raise Undelivered("Without https only this machine itself is called.")
        if not inside and (not ip.is_global or ip.is_multicast):
            raise Undelivered(
                "It lies on this machine or in a private network, which webhooks may not reach."
            )
    return numbers[0]


def _real(ip: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(place: SplitResult) -> int:
    return place.port or (443 if place.scheme == "https" else 80)


def _path(place: SplitResult) -> str:
    return (place.path or "/") + (f"?{place.query}" if place.query else "")


def _hang_up(line: socket.socket) -> None:
    """End a conversation that takes too long; also where its secrecy is not agreed on yet."""
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return

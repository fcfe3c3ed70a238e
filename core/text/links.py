"""Links: the addresses of the web in a text, where each leads, and what about one is meant to mislead."""

import ipaddress
import re
from urllib.parse import urlsplit

from core.text.found import Found

LINK = re.compile(
    r"""
    (?:\b(?:https?|ftp)://|(?<![\w@.-])www\.) [^\s<>"'“”‘’`{}|\\^]+
    | (?<![\w@./-]) (?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+ (?:com|org|net|gov|edu|io|app|info)
        (?:/[^\s<>"'`]*)? (?![\w@-]|\.\w)
    | \b(?:javascript|vbscript):[^\s<>"'`]+ | \bdata:text/[^\s<>"'`]+
    """,
    re.IGNORECASE | re.VERBOSE,
)
TRAILING = ".,;:!?*_"
CLOSING = {")": "(", "]": "["}
SHORTENERS = frozenset(
    {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rb.gy", "cutt.ly"}
)
LOCAL = re.compile(r"^[a-z0-9.-]+$")


def links(text: str) -> list[Found]:
    """The links in a text, without the punctuation of the sentence around them."""
    found = []
    for match in LINK.finditer(text):
        address = _trimmed(match.group())
        found.append(Found(match.start(), match.start() + len(address), address, "link"))
    return found


def host_of(address: str) -> str:
    """The host that a link leads to, in small letters, without `www.`; empty where it leads to none."""
    whole = address if "://" in address else f"https://{address}"
    try:
        host = urlsplit(whole).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def is_allowed(address: str, allowed: tuple[str, ...]) -> bool:
    """Whether a link leads to an allowed host or one below it, or begins with an allowed host and path."""
    host = host_of(address)
    path = address.split("://", 1)[-1].removeprefix("www.").casefold()
    return any(_fits(host, path, one) for one in allowed)


def misleading(address: str) -> str | None:
    """Why a link should not be trusted, in words that follow “The link”; None for a plain one."""
    scheme, separator, _ = address.partition(":")
    if separator and scheme.casefold() in {"javascript", "vbscript", "data"}:
        return "runs a program instead of leading somewhere"
    whole = address if "://" in address else f"https://{address}"
    host = host_of(address)
    if "@" in whole.split("://", 1)[1].split("/", 1)[0]:
        return "hides its host behind an @ sign"
    if host in SHORTENERS:
        return "is a short one that hides where it leads"
    if _is_number(host):
        return "leads to a bare network address"
    if host.startswith("xn--") or ".xn--" in host or not LOCAL.match(host):
        return "has letters in its host that can imitate others"
    return None


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        unbalanced = last in CLOSING and address.count(last) > address.count(CLOSING[last])
        if last not in TRAILING and not unbalanced:
            break
        address = address[:-1]
    return address


def _fits(host: str, path: str, allowed: str) -> bool:
    wanted = allowed.split("://", 1)[-1].removeprefix("www.").casefold().rstrip("/")
    if "/" in wanted:
        return path == wanted or path.startswith((f"{wanted}/", f"{wanted}?", f"{wanted}#"))
    return host == wanted or host.endswith(f".{wanted}")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

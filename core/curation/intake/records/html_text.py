"""HTML as text: what a customer reads of a message, with its lines; no link, picture or script survives.

The standard library's parser takes time that grows with the square of some malicious messages; this one reads
each character once.
"""

import html
import re
from collections.abc import Iterator

BLOCKS = frozenset(
    {
        "p", "div", "br", "li", "ul", "ol", "tr", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6",
        "pre", "hr", "section", "article",
    }
)  # fmt: skip
UNREAD = frozenset({"script", "style", "head", "title", "template"})
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
SPACES = re.compile(r"[ \t\r\n\f]+")
GAPS = re.compile(r"\n{3,}")


def text_of_html(message: str) -> str:
    """The text of a message; one without any tag is returned as it is."""
    if not TAG.search(message):
        return message
    lines = (line.strip() for line in "".join(_pieces(_without_comments(message))).split("\n"))
    return GAPS.sub("\n\n", "\n".join(lines)).strip()


def _pieces(message: str) -> Iterator[str]:
    """The texts between the tags, and a new line at each block."""
    unread: str | None = None
    at = 0
    for tag in TAG.finditer(message):
        if unread is None:
            yield _text(message[at : tag.start()])
        at = tag.end()
        closing, name = tag.group(1) == "/", tag.group(2).lower()
        if unread is not None:
            unread = None if closing and name == unread else unread
        elif name in UNREAD and not closing:
            unread = name
        elif name in BLOCKS:
            yield "\n"
    if unread is None:
        yield _text(message[at:])


def _text(piece: str) -> str:
    return html.unescape(SPACES.sub(" ", piece))


def _without_comments(message: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := message.find("<!--", at)) >= 0:
        end = message.find("-->", start)
        if end < 0:
            break
        kept.append(message[at:start])
        at = end + 3
    return "".join([*kept, message[at:]])

"""Transcripts: plain text in which each message begins with who speaks and a colon."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from core.curation.intake.plain.decode import BLANK, Encoding, open_text
from core.curation.intake.records.exchanges import exchanges
from core.curation.intake.records.said import CUSTOMER, WHO, Said, Unusable
from core.curation.intake.source import Source
from core.curation.intake.table import Reading, Rejected, Row, Tally, Turns, Unit

COLUMNS = ("question", "reply", "ticket")

TIME = (
    r"[\[(]?(?:\d{4}-\d\d-\d\d[ T]|\d{1,2}[./]\d{1,2}[./]\d{2,4},? )?"
    r"\d{1,2}:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?[\])]?"
)
NAME = r"(?P<name>[^\W\d_][\w .'’()-]{0,39}?)"
MESSAGE = re.compile(rf"\s*(?:{TIME}\s*[-–—]?\s*)?{NAME}\s*(?:{TIME})?\s*[:：]")
RULE = re.compile(r"\s*([=\-*#_~])\1{2,}\s*(?P<title>.*?)\s*[=\-*#_~]*\s*$")
TITLE = re.compile(
    r"\s*(?:ticket|case|chat|conversation|transcript|session|vorgang|fall)\b[ a-z]{0,8}[#:№]?\s*"
    r"(?P<title>[\w-]*\d[\w-]*)\s*:?\s*$",
    re.IGNORECASE,
)
"""Between two conversations stands a line of signs, or a line that numbers the next one."""

WORD = re.compile(r"[^\W\d_][\w-]*")
HEAD = 200
"""Characters of a line that tell what it is."""

SAMPLE_LINES = 400
FEWEST_SPEAKING = 0.2
"""Of the lines, those that begin a message; the others go on with one."""


class Line(NamedTuple):
    """A line as it is meant: `speaker` where a message begins, `title` where a conversation does."""

    text: str
    speaker: str | None = None
    title: str | None = None


@dataclass
class Conversation:
    """A conversation while it is read: where it begins, its number, and speaker and lines of each message."""

    line: int
    ticket: str = ""
    messages: list[tuple[str, list[str]]] = field(default_factory=list)
    has_text: bool = False


def is_transcript(source: Source, encoding: Encoding) -> bool:
    """Whether a text begins with one of those who speak in a support conversation, and they go on."""
    lines = [line for line in _sample(source, encoding) if line.title is None and (line.text or line.speaker)]
    speaking = [line.speaker is not None for line in lines]
    return bool(speaking) and speaking[0] and sum(speaking) >= FEWEST_SPEAKING * len(speaking)


def read_transcript(source: Source, encoding: Encoding, turns: Turns) -> Reading:
    """Tell how a transcript is to be read: every conversation is a row."""
    gaps_separate = _gaps_separate(_sample(source, encoding))

    def read(wanted: tuple[str, ...], tally: Tally) -> Iterator[Row | Rejected]:
        text, binary = open_text(source, encoding, newline="")
        tally.share = lambda: 1.0 if binary.closed else binary.tell() / source.size
        with text:
            for conversation in _conversations(map(_meant, text), gaps_separate=gaps_separate):
                yield from _rows(conversation, wanted, turns, tally)

    name, called = source.name, encoding.called
    return Reading(name, "transcript", called, Unit.LINE, COLUMNS, read, encoding.notes, has_turns=True)


def _sample(source: Source, encoding: Encoding) -> list[Line]:
    text, _ = open_text(source, encoding, newline="")
    with text:
        return [_meant(line) for line in islice(text, SAMPLE_LINES)]


def _meant(raw: str) -> Line:
    text = raw.strip(BLANK)
    head = text[:HEAD]
    rule = RULE.match(head) or TITLE.match(head) if len(text) <= HEAD else None
    if rule:
        return Line(text, title=rule["title"])
    found = MESSAGE.match(head)
    speaker = _speaker(found["name"]) if found else None
    return Line(text[found.end() :].strip(), speaker) if found and speaker else Line(text)


def _speaker(name: str) -> str | None:
    """Who speaks: `Agent`, `Agent Anna` or `Anna (agent)`; a mere name tells nothing."""
    called = name.strip().casefold()
    words = WORD.findall(called)
    in_brackets = called[called.find("(") + 1 : called.find(")")] if "(" in called else ""
    return WHO.get(called) or WHO.get(in_brackets.strip()) or (WHO.get(words[0]) if words else None)


def _gaps_separate(lines: list[Line]) -> bool:
    """Whether blank lines stand between conversations: only before a customer, and nothing else does."""
    if any(line.title is not None for line in lines):
        return False
    pairs = pairwise(lines)
    after_gaps = [line for gap, line in pairs if not gap.text and gap.speaker is None and line.text]
    return bool(after_gaps) and all(line.speaker == CUSTOMER for line in after_gaps)


def _conversations(lines: Iterable[Line], *, gaps_separate: bool) -> Iterator[Conversation]:
    current = Conversation(1)
    for number, line in enumerate(lines, start=1):
        is_gap = not line.text and line.speaker is None
        if line.title is not None or (is_gap and gaps_separate):
            if current.has_text:
                yield current
                current = Conversation(number)
            if line.title and not current.ticket:
                current.ticket, current.line = line.title, number
            continue
        if not is_gap and not current.has_text:
            current.has_text = True
            current.line = current.line if current.ticket else number
        if line.speaker is not None:
            current.messages.append((line.speaker, [line.text]))
        elif current.messages:
            current.messages[-1][1].append(line.text)
    if current.has_text:
        yield current


def _rows(
    conversation: Conversation, wanted: tuple[str, ...], turns: Turns, tally: Tally
) -> Iterator[Row | Rejected]:
    said = [
        Said(speaker, text) for speaker, lines in conversation.messages if (text := "\n".join(lines).strip())
    ]
    try:
        found = exchanges(said, turns, "", tally)
    except Unusable:
        reason = (
            "No customer speaks here: begin a customer's message with Customer: and an agent's with Agent:."
        )
        yield Rejected(conversation.line, "", reason)
        return
    for one in found:
        cells = dict(zip(COLUMNS, (one.question, one.reply, conversation.ticket), strict=True))
        yield Row(conversation.line, tuple(cells[name] for name in wanted), one.before)

"""Mail tails: what a mail program adds below or around an answer: quoted mails, signatures, disclaimers."""

import re
from collections.abc import Iterator

from core.text.found import Found, apart, matches

FLAGS = re.MULTILINE | re.IGNORECASE | re.VERBOSE

QUOTED_LINES = r"^ >.* (?:\n>.*)*"
FORWARDED = r"""
    ^[ ]? -{2,} [ ]? (?:
        Original[ ]Message | Forwarded[ ]message | Ursprüngliche[ ]Nachricht | Weitergeleitete[ ]Nachricht
        | Message[ ]d'origine | Mensaje[ ]original | Messaggio[ ]originale | Mensagem[ ]original
        | Oorspronkelijk[ ]bericht
    ) [ ]? -{2,} .*
"""
WROTE = r"""
    ^ (?:On|Am|Le|El|Il|Op|Em|Den|W[ ]dniu)\b [^\n]{6,120} (?:\n[^\n]{0,80})?
    \b (?:wrote|schrieb|a[ ]écrit|escribió|ha[ ]scritto|schreef|escreveu|skrev|napisał\w*) \b
    [^\n]{0,60} : [ ]* $
"""
HEADS = r"""
    ^ \*? (?:From|Von|De|Da|Van|Från|Od) :\*? [ ] [^\n]+ \n
    (?: \*? (?:
        Sent|Date|To|Cc|Subject | Gesendet|Datum|An|Betreff | Envoyé|À|Objet | Enviado|Para|Asunto
        | Inviato|A|Oggetto | Verzonden|Aan|Onderwerp
    ) :\*? [ ] [^\n]* \n? )+
"""

DASHES = r"^ --[ ]?\n [\s\S]+"
DEVICE = r"""
    ^ (?:
        Sent[ ]from[ ](?:my|Outlook|Mail|Yahoo)\b | Get[ ]Outlook\b
        | Gesendet[ ]von[ ](?:meinem|Mail|Outlook)\b | Von[ ]meinem[ ]\w+[ ]gesendet
        | Envoyé[ ](?:de|depuis)[ ]mon | Enviado[ ]desde[ ]mi | Inviato[ ]da[ ]iP | Verzonden[ ]vanaf[ ]mijn
    ) [^\n]*
"""
PHONE_LINE = r"""
    ^ (?:[^\n]{0,40}\|[ ]?)? (?:Tel|Telefon|Phone|Mobile|Mob|Fax|Direct) \.? [ ]? [:.] [ ]? [+(]?\d
    [\d ()/.-]{5,} [^\n]*
"""
DISCLAIMER = r"""
    ^ [^\n]{0,80} \b (?:
        this[ ](?:e-?mail|message) (?:[ ]and[ ]any[ ](?:attachment|file)s?[^\n]{0,60})? [ ]
            (?:is|are|may[ ]be|may[ ]contain)
        | diese[ ](?:E-Mail|Nachricht)[ ](?:enthält|ist) | ce[ ](?:message|courriel)[ ](?:est|et)
    ) [ ] [^\n]{0,60} (?:confidential|privileged|intended[ ]for|vertraulich|confidentiel) [^\n]*
"""

TAILS = tuple(
    (what, re.compile(pattern, FLAGS))
    for what, patterns in (
        ("quoted mail", (QUOTED_LINES, FORWARDED, WROTE, HEADS)),
        ("mail signature", (DASHES, DEVICE, PHONE_LINE, DISCLAIMER)),
    )
    for pattern in patterns
)


def mail_tails(text: str) -> list[Found]:
    """The parts of a text that a mail program added."""
    return apart(_mail_tails(text))


def _mail_tails(text: str) -> Iterator[Found]:
    for what, pattern in TAILS:
        yield from matches(pattern, text, what)

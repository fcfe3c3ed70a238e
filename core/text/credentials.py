"""Credentials: keys, tokens and passwords, by the shapes their issuers publish and the words before them."""

import re
from collections.abc import Iterator

from core.text.found import Found, apart, matches

SHAPES = {
    "private key": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]+-----)?",
    "AWS access key": r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "GitLab token": r"\bglpat-[\w-]{20,}",
    "Slack token": r"\bxox[abeoprs]-[\w-]{10,}|https://hooks\.slack\.com/services/[\w/]{20,}",
    "Stripe key": r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",
    "OpenAI or Anthropic key": r"\bsk-(?:proj-|svcacct-|ant-)?(?=[\w-]*\d)[A-Za-z0-9][\w-]{19,}",
    "Google key": r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,}",
    "SendGrid key": r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    "Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "package registry token": r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[\w-]{30,}",
    "DigitalOcean token": r"\bdo[oprt]_v1_[a-f0-9]{64}\b",
    "Azure storage key": r"\bAccountKey=[A-Za-z0-9+/]{40,}={0,2}",
    "web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "bearer token": r"\b[Bb]earer\s+(?=\S*\d)[\w.~+/-]{20,}=*",
    "password in an address": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:@/]{1,64}:[^\s:@/]{3,64}@[\w.-]+",
}
"""What each issuer documents as the shape of its keys."""

KNOWN = tuple((what, re.compile(shape)) for what, shape in SHAPES.items())
SAID = re.compile(
    r"\b(?:pass(?:word|code|phrase|wort)|kennwort|mot de passe|contrase[ñn]a|senha|wachtwoord|l[öo]senord"
    r"|has[łl]o|api[ _-]?key|secret[ _-]?key|access[ _-]?token)\b"
    r"(?: (?:for|of|to|für|de|pour)(?: \w+){1,4}?)?"
    r"\s*(?:[:=]|\b(?:is|ist|lautet|est|es|é|è|to|was)\b:?)\s*[\"'“„‘`]?(?P<value>[^\s\"'”“’`<>]{6,80})",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:https?://|www\.)|@[\w-]+\.")
TRAILING = ".,;:!?)"


def credentials(text: str) -> list[Found]:
    """The keys, tokens and passwords in a text."""
    return apart(_credentials(text))


def _credentials(text: str) -> Iterator[Found]:
    for what, shape in KNOWN:
        yield from matches(shape, text, what)
    for one in matches(SAID, text, "password", "value"):
        value = one.text.rstrip(TRAILING)
        if _looks_secret(value):
            yield Found(one.start, one.start + len(value), value, "password")


def _looks_secret(value: str) -> bool:
    """Letters and digits mixed, as words and numbers of plain sentences are not."""
    mixed = any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value)
    return len(value) >= 6 and mixed and not ADDRESS.search(value)  # noqa: PLR2004 - shorter ones are words and sizes

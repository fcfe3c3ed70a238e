"""Checks: what a second look at a reply should notice, each as a plain sentence."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.curation.projects import Kind, Project

SHORTEST = 20
LONGEST = 1_500

PLACEHOLDER = re.compile(r"\[[A-Z][A-Z _]{1,30}\]|\{\{.{1,40}?\}\}|<[A-Z_ ]{2,30}>|\bX{3,}\b|\bTODO\b")
E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
PHONE = re.compile(r"(?<![\w.])\+?\d[\d ()/-]{7,}\d(?![\w.])")


class Severity(StrEnum):
    """Whether a finding stops a submission or only wants a look."""

    STOP = "stop"
    LOOK = "look"


@dataclass(frozen=True)
class Finding:
    """One thing a check found."""

    severity: Severity
    sentence: str


def check_reply(project: Project, text: str) -> list[Finding]:
    """What is noticeable about a reply, the gravest first."""
    stripped = text.strip()
    if not stripped:
        return [Finding(Severity.STOP, "The reply is empty.")]
    if project.kind is Kind.LABEL:
        return _check_label(project, stripped)
    findings = []
    if len(stripped) < SHORTEST:
        findings.append(f"The reply is very short: {len(stripped)} characters.")
    if len(stripped) > LONGEST:
        findings.append(f"The reply is very long: {len(stripped):,} characters.")
    findings.extend(f"A placeholder was left in: {found}" for found in _found(PLACEHOLDER, stripped))
    findings.extend(f"There is an e-mail address in it: {found}" for found in _found(E_MAIL, stripped))
    findings.extend(
        f"This looks like a phone or account number: {found}" for found in _found(PHONE, stripped)
    )
    return [Finding(Severity.LOOK, sentence) for sentence in findings]


def _check_label(project: Project, text: str) -> list[Finding]:
    if text in project.labels:
        return []
    labels = ", ".join(project.labels)
    return [Finding(Severity.STOP, f"{text!r} is not one of this project's labels: {labels}.")]


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(match.group() for match in pattern.finditer(text)))

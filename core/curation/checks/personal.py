"""Personal data and secrets: what no model should learn by heart."""

import re
from collections.abc import Iterable, Iterator

from core.curation.checks.finding import Check, Finding, Place, Severity, quoted
from core.curation.checks.rules import Rules
from core.curation.checks.standard import Standard
from core.curation.items import Item
from core.text.bank_accounts import ibans
from core.text.contacts import e_mails, phones
from core.text.credentials import credentials
from core.text.found import Found, apart
from core.text.names import names
from core.text.national_ids import national_ids
from core.text.payment_cards import payment_cards

SAME_NUMBER = 7
"""Digits at the end that make two telephone numbers the same, whatever stands before them."""


def personal_data(standard: Standard, text: str, item: Item | None = None) -> Iterator[Finding]:
    """In a reply: numbers, addresses and the customer's name; the project's own contacts are none."""
    in_it = "There is {what} in it."
    own = standard.rules
    for severity, found in _found(text):
        yield from quoted(Check.PERSONAL_DATA, severity, in_it, _foreign(found, own))
    yield from quoted(Check.SECRET, Severity.BLOCK, in_it, credentials(text))
    if item is not None and item.customer and not own.customer_names:
        told = names(item.customer, text)
        sentence = "The reply names its customer, and a model would learn the name."
        yield from quoted(Check.PERSONAL_DATA, Severity.WARN, sentence, told)


def asked_with(standard: Standard, text: str, place: Place) -> Iterator[Finding]:
    """In what a customer wrote: it is learnt by heart as well, so it is told."""
    sentence = f"There is {{what}} in the {place}, which a model would be trained on."
    for _, found in _found(text):
        foreign = _foreign(found, standard.rules)
        yield from quoted(Check.PERSONAL_DATA, Severity.NOTE, sentence, foreign, place)
    yield from quoted(Check.SECRET, Severity.NOTE, sentence, credentials(text), place)


def _found(text: str) -> Iterator[tuple[Severity, list[Found]]]:
    """Each stretch as one thing only: a social security number is no telephone number."""
    severe = apart([*payment_cards(text), *national_ids(text)])
    accounts = [*severe, *ibans(text)]
    others = apart([*accounts, *e_mails(text), *phones(text)])
    yield Severity.BLOCK, severe
    yield Severity.WARN, [one for one in others if one not in severe]


def _foreign(found: Iterable[Found], rules: Rules) -> list[Found]:
    return [one for one in found if not any(_is_own(one.text, contact) for contact in rules.contacts)]


def _is_own(text: str, contact: str) -> bool:
    """Whether what was found is this contact: an address, all of a host (`@host`), or a number."""
    if contact.startswith("@"):
        return text.casefold().endswith(contact.casefold())
    if "@" in contact:
        return text.casefold() == contact.casefold()
    signs, wanted = (re.sub(r"[^0-9A-Za-z]", "", one).casefold() for one in (text, contact))
    if signs.isdigit() and wanted.isdigit() and min(len(signs), len(wanted)) >= SAME_NUMBER:
        return signs.lstrip("0").endswith(wanted.lstrip("0")) or wanted.lstrip("0").endswith(
            signs.lstrip("0")
        )
    return bool(wanted) and signs == wanted

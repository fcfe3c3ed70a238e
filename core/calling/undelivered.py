"""Undelivered: a message that did not get through, in a sentence for the owner."""

from core.errors import TouchstoneError


class Undelivered(TouchstoneError):
    """A message was not taken; it is tried again later. The sentence names no address and no secret."""

"""Errors whose message is written for the person who will read it."""


class TouchstoneError(Exception):
    """Something went wrong that a person can understand and act on; the message is shown as it is."""


class Refused(TouchstoneError):
    """The work was not done because of what it was asked to do: bad input, a missing thing, a broken rule."""


class NotAllowed(Refused):
    """This person may not do this."""


class Conflict(Refused):
    """Somebody else changed the same thing first."""


class StorageFailed(TouchstoneError):
    """The disk or a file of the workspace would not do its part; nothing was half-written."""


class ProviderFailed(TouchstoneError):
    """A provider refused, could not be reached, or answered with something that is not the protocol."""

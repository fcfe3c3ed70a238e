"""Failures of a provider, in three parts a person can use."""

from core.errors import ProviderFailed


class Failure(ProviderFailed):
    """A provider's failure in three parts: what happened, what was kept, what to do.

    Attributes:
        again: the same request may succeed later.
        unclear: it is not known whether the provider acted on it.
        always: every further request like this would fail in the same way.
    """

    def __init__(
        self,
        what: str,
        kept: str,
        advice: str,
        *,
        again: bool = False,
        unclear: bool = False,
        always: bool = False,
    ) -> None:
        super().__init__(f"{what} {kept} {advice}")
        self.what = what
        self.kept = kept
        self.advice = advice
        self.again = again
        self.unclear = unclear
        self.always = always

    def settled(self, kept: str) -> "Failure":
        """The same failure once it is known what became of everything."""
        return Failure(self.what, kept, self.advice, always=self.always)

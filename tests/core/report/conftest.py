"""The study hall of the rating tests."""

from tests.core.rating.conftest import hall

__all__ = ["hall"]

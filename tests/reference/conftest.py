"""Where the published results lie, for the tests that reproduce them."""

from pathlib import Path

import pytest


@pytest.fixture
def reference(shared: Path) -> Path:
    """The folder of published results."""
    return shared / "reference"

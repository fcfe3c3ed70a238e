"""A furnished study hall for every test of rating."""

import pytest

from core.people.persons import Person
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished


@pytest.fixture
def hall(store: Store, olga: Person, anna: Person) -> Hall:
    """Twelve test prompts, answered by both models; Olga owns the project, Anna wrote its replies."""
    return furnished(store, olga, anna)

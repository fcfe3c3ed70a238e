"""A project whose study is closed: the tuned model was preferred."""

from dataclasses import dataclass

import pytest

from core.people.persons import Person
from core.rating.studies import Study, close_study
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all


@dataclass(frozen=True)
class Decided:
    """A hall and its closed study."""

    hall: Hall
    study: Study


@pytest.fixture
def decided(store: Store, olga: Person, anna: Person) -> Decided:
    hall = furnished(store, olga, anna)
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("warm"))
    return Decided(hall, close_study(store, study, olga))

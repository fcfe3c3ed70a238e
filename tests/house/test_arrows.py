"""Imports run one way: pages, ui, the stages, the ground floor."""

import pytest

from tests.house.modules import Module, modules

PURE = ("core.verdict", "core.formats", "core.text")
GROUND = ("core.settings", "core.errors", *PURE, "core.providers", "core.store", "core.people", "core.jobs")
STAGES = (
    "core.curation",
    "core.datasets",
    "core.training",
    "core.answers",
    "core.rating",
    "core.judging",
    "core.calling",
    "core.forgetting",
    "core.serving",
    "core.report",
)
FLOORS = (*GROUND, "core.workspace", *STAGES, "core.demo", "core.application", "core.cli", "core.__main__")
"""From the bottom up: a room may use those before it."""

APART = "core.engine"
ENGINE_DOOR = "core/cli/engine_verb.py"


def in_rooms(*rooms: str) -> list[Module]:
    return [module for module in modules("core") if module.room in rooms]


def test_every_room_of_the_core_has_its_floor() -> None:
    rooms = {module.room for module in modules("core")} - {"core.__init__"}

    assert rooms <= {*FLOORS, APART}


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_uses_only_rooms_below_it(room: str) -> None:
    below = set(FLOORS[: FLOORS.index(room)])
    wrong = {
        f"{module.place} uses {used}"
        for module in in_rooms(room)
        for used in module.rooms_used - below
        if not (module.place == ENGINE_DOOR and used == APART)
    }

    assert wrong == set()


def test_statistics_formats_and_texts_use_nothing_of_ours() -> None:
    assert {
        f"{module.place}: {module.rooms_used}" for module in in_rooms(*PURE) if module.rooms_used
    } == set()


def test_the_engine_uses_only_formats_and_texts() -> None:
    used = {used for module in in_rooms(APART) for used in module.rooms_used}

    assert used <= {"core.formats", "core.text"}


def test_the_engine_is_reached_over_http_and_started_by_its_verb_alone() -> None:
    users = {module.place for module in modules() if APART in module.rooms_used and module.room != "tests"}

    assert users <= {ENGINE_DOOR}


def test_no_module_of_the_core_knows_streamlit_or_the_pages() -> None:
    wrong = {
        module.place
        for module in modules("core")
        if any(name.split(".")[0] in {"streamlit", "ui", "pages", "app"} for name in module.imports)
    }

    assert wrong == set()


def test_pages_use_only_ui_and_core() -> None:
    wrong = {f"{page.place}: {used}" for page in modules("pages") for used in _outside(page, {"core", "ui"})}

    assert wrong == set()


def test_ui_never_uses_pages() -> None:
    wrong = {
        f"{module.place}: {used}" for module in modules("ui") for used in _outside(module, {"core", "ui"})
    }

    assert wrong == set()


def test_what_is_shipped_never_uses_tests() -> None:
    wrong = {
        module.place
        for module in modules("app.py", "core", "ui", "pages", "benchmarks")
        if "tests" in module.rooms_used
    }

    assert wrong == set()


def _outside(module: Module, allowed: set[str]) -> set[str]:
    return {used for used in module.rooms_used if used.split(".")[0] not in allowed}

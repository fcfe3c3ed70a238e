"""The Dataset page: what is approved becomes a version that never changes."""

import json

from core.curation.projects import find_project
from core.datasets.export import Format, export
from core.datasets.splitting import Split
from core.datasets.versions import Dataset, datasets_of
from tests import homes
from tests.pages.visiting import DATASET, OVERVIEW, App, obeyed, press, words


def versions(app: App, project: str = homes.DEMO) -> list[Dataset]:
    return datasets_of(app.store, app.project_id(project))


def test_before_freezing_the_page_shows_what_a_version_would_hold(app: App) -> None:
    page = app.visit(DATASET, homes.OWNER)

    shown = {metric.label: int(metric.value) for metric in page.metric}
    assert not page.exception
    assert shown["approved replies"] == sum(
        shown[part] for part in ("to learn from", "to watch the learning", "held out for the comparison")
    )
    assert shown["held out for the comparison"] > 0
    assert versions(app) == []


def test_what_is_too_little_to_learn_from_is_told_before_it_is_frozen(app: App) -> None:
    few = app.visit(DATASET, homes.OWNER, homes.SUSPECT)
    few.text_input(key="dataset_split").set_value("5/5/90").run()
    assert "takes at least 10 to learn from" in words(few)
    assert "about 200 approved replies" in words(few)

    press(few, "Freeze")
    assert "ready to learn from" not in words(app.visit(OVERVIEW, homes.OWNER, homes.SUSPECT))

    assert "to learn from. With this split" not in words(app.visit(DATASET, homes.OWNER))


def test_one_press_freezes_and_what_was_promised_is_there(app: App) -> None:
    page = app.visit(DATASET, homes.OWNER)
    promised = {metric.label: int(metric.value) for metric in page.metric}

    press(page, "Freeze")

    (made,) = versions(app)
    assert not page.exception
    assert made.n_train == promised["to learn from"]
    assert made.n_test == promised["held out for the comparison"]
    assert made.id in words(page)
    assert made.sha256 in words(page)


def test_the_same_content_and_seed_are_the_same_version(app: App) -> None:
    page = press(app.visit(DATASET, homes.OWNER), "Freeze")
    first = versions(app)

    press(page, "Freeze")

    assert versions(app) == first


def test_another_seed_is_another_version(app: App) -> None:
    page = press(app.visit(DATASET, homes.OWNER), "Freeze")
    page.number_input(key="dataset_seed").set_value(2).run()

    press(page, "Freeze")

    assert len({made.id for made in versions(app)}) == 2
    assert len([box for box in page.expander if box.label.startswith("Version")]) == 2


def test_the_file_offered_is_the_training_file(app: App) -> None:
    page = press(app.visit(DATASET, homes.OWNER), "Freeze")
    (made,) = versions(app)

    assert [one.proto.label for one in page.get("download_button")] == ["Download"]
    lines = export(app.store, made.id, Split.TRAIN, Format.OPENAI_CHAT).decode().splitlines()
    assert len(lines) == made.n_train
    assert all(json.loads(line)["messages"][-1]["role"] == "assistant" for line in lines)


def test_a_split_that_is_none_is_refused_in_a_sentence(app: App) -> None:
    page = app.visit(DATASET, homes.OWNER)

    page.text_input(key="dataset_split").input("most of it").run()

    assert not page.exception
    assert len(page.error) == 1
    assert "Freeze" not in [button.label for button in page.main.button]
    page.text_input(key="dataset_split").input("70/10/20").run()
    assert not page.error


def test_without_a_held_out_part_the_page_warns(app: App) -> None:
    page = app.visit(DATASET, homes.OWNER)

    page.text_input(key="dataset_split").input("90/10/0").run()

    assert "without that no honest comparison is possible" in words(page)


def test_with_nothing_approved_there_is_nothing_to_freeze(app: App) -> None:
    page = app.visit(DATASET, homes.OWNER, homes.EMPTY)

    assert not page.exception
    assert "None is approved yet." in words(page)
    assert not page.main.button


def test_questions_and_replies_stay_text(app: App) -> None:
    assert find_project(app.store, homes.SUSPECT)
    page = press(app.visit(DATASET, homes.VERA, homes.SUSPECT), "Freeze")

    assert not page.exception
    assert any("&lt;img" in str(one.proto.body) for one in page.get("html"))
    assert obeyed(page) == []

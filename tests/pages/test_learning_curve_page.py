"""Learning curve: begun with one press, drawn as it grows, refused in words where it would mean nothing."""

from core.datasets.versions import datasets_of
from core.training.sweeps import sweep_of
from tests import homes
from tests.pages.visiting import DATASET, App, press, words

LEARNING_CURVE = "pages/train/learning_curve.py"


def test_without_a_dataset_it_leads_to_freezing_one(app: App) -> None:
    page = app.visit(LEARNING_CURVE, homes.OWNER, homes.EMPTY)

    assert not page.exception
    assert "needs a frozen dataset" in words(page)


def test_it_says_what_it_will_train_and_begins_with_one_press(app: App) -> None:
    frozen = press(app.visit(DATASET, homes.OWNER), "Freeze")
    page = frozen.switch_page(LEARNING_CURVE).run()
    assert not page.exception
    assert "The model is trained 15 times" in words(page)

    begun = press(page, "Draw the curve")

    assert not begun.exception
    dataset = datasets_of(app.store, app.project_id(homes.DEMO))[0]
    sweep = sweep_of(app.store, dataset.id, str(page.selectbox(key="curve_model").value))
    assert sweep is not None
    assert press(begun, "Stop") is not None
    assert "Draw the curve" not in [button.label for button in begun.main.button]


def test_a_curve_that_was_stopped_with_every_size_trained_once_can_be_gone_on_with(app: App) -> None:
    page = press(app.visit(DATASET, homes.OWNER), "Freeze").switch_page(LEARNING_CURVE).run()
    begun = press(page, "Draw the curve")
    dataset = datasets_of(app.store, app.project_id(homes.DEMO))[0]
    sweep = sweep_of(app.store, dataset.id, str(page.selectbox(key="curve_model").value))
    assert sweep is not None
    press(begun, "Stop")
    while app.working():
        pass
    with app.store.transaction("test") as tx:
        tx.delete("sweep_points", {"sweep_id": sweep.id})
        for size in sweep.sizes:
            row = {"sweep_id": sweep.id, "size": size, "draw": 1, "marks": "10", "trained_at": tx.now}
            tx.insert("sweep_points", row)

    assert "Go on" in [button.label for button in begun.run().main.button]

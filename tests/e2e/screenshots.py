"""The pictures of the documentation: every page of the real app, light and dark.

Run `python -m tests.e2e.screenshots docs/screenshots`.
"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from core.application import open_workspace
from core.cli.acting import local_person
from core.curation.contradictions.scan import start_scan
from core.curation.coverage.survey import start_survey
from core.curation.projects import project_by_id
from core.datasets.splitting import Split
from core.datasets.versions import datasets_of, rows_of
from core.demo.welcome import welcome
from core.people.membership import people
from core.providers.profiles import LOCAL
from core.training.sweeps import start_sweep
from core.workspace import Workspace
from tests.browser import chromium
from tests.e2e.conftest import FLAGS
from tests.e2e.screen import Scheme, Screen, Visitors
from tests.e2e.server import Server

CURVE_PROJECT = 2
"""The complaint desk, which has held-out questions enough for a fan."""
QUESTION = "Can I bring pork products into the country?"
WHY = "It gives the approved reply more often."
REPLY = "Yes, jam counts as a liquid, so jars of 300 g have to travel in your checked suitcase."
FILE = (
    "question,reply,topic\n"
    '"Where do I find a pram once we have landed?","Prams wait at belt 3.",Families\n'
    '"is there a vet on duty at night",,Animals\n'
    '"",A reply without a question,Animals\n'
)
LOADED_MS = 20_000
SETTLE_MS = 1_500
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main(folder: Path) -> None:
    """Take all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="touchstone-") as temporary:
        home = Path(temporary) / "home"
        program = str(chromium())
        known, golden = _prepare(home)
        server = Server(home).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
                visitors = Visitors(browser)
                _working(server, visitors, known, folder)
                _rated(server, visitors, known, golden, folder)
                for scheme in SCHEMES:
                    owner = visitors.arrive(server, known["local@localhost"], scheme=scheme)
                    _shoot(owner.open("/overview"), folder, "overview", scheme)
                    _shoot(owner.open("/verdict"), folder, "verdict", scheme)
                _decided(server, visitors, known, folder)
                _curve(server, visitors, known, folder)
                visitors.leave()
        finally:
            server.stop()


def _working(server: Server, visitors: Visitors, known: dict[str, int], folder: Path) -> None:
    """The pages people work on."""
    for scheme in SCHEMES:
        nobody = visitors.arrive(server, scheme=scheme)
        _shoot(nobody.open("/overview"), folder, "who", scheme)
        owner = visitors.arrive(server, known["local@localhost"], scheme=scheme)
        writer = owner.open("/write")
        writer.page.locator("textarea").first.fill(REPLY)
        _shoot(writer, folder, "write", scheme)
        reviewer = visitors.arrive(server, known["ben@example.com"], scheme=scheme)
        _shoot(reviewer.open("/review"), folder, "review", scheme)
        importing = owner.open("/import_file")
        importing.page.locator('input[type="file"]').set_input_files(
            {"name": "night_desk.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
        )
        _shoot(importing, folder, "import", scheme)
        _shoot(owner.open("/library"), folder, "library", scheme)
        _shoot(owner.open("/people"), folder, "people", scheme)
        _shoot(owner.open("/notifications"), folder, "notifications", scheme)
        _shoot(owner.open("/forget"), folder, "forget", scheme)
        _shoot(owner.open("/rules"), folder, "rules", scheme)
        _shoot(owner.open("/what_next"), folder, "what_next", scheme)
        _shoot(reviewer.open("/contradictions"), folder, "contradictions", scheme)
        _shoot(reviewer.open("/review_quality"), folder, "review_quality", scheme)
        _shoot(owner.open("/dataset"), folder, "dataset", scheme)
        _shoot(owner.open("/fine_tune"), folder, "fine_tune", scheme)
        asking = owner.open("/side_by_side")
        asking.page.locator("textarea").first.fill(QUESTION)
        asking.page.keyboard.press("Control+Enter")
        asking.see("Nearest approved question")
        _shoot(asking, folder, "side_by_side", scheme)
        rater = visitors.arrive(server, known["chris@example.com"], scheme=scheme).open("/rate")
        rater.page.wait_for_timeout(SETTLE_MS)
        if rater.button("Start").count():
            rater.press("Start")
        rater.see("A better")
        _shoot(rater, folder, "rate", scheme)


def _rated(
    server: Server, visitors: Visitors, known: dict[str, int], golden: dict[str, str], folder: Path
) -> None:
    """Chris rates everything, always for the approved reply, and the owner closes the study."""
    rater = visitors.arrive(server, known["chris@example.com"]).open("/rate")
    rater.see("A better")
    while rater.page.get_by_text("A better").count():
        words = rater.page.get_by_test_id("stMain").inner_text().replace("\n", "")
        reply = next(reply for question, reply in golden.items() if question in words)
        at = words.find(reply.replace("\n", ""))
        between = words.index("B", words.index("team") + len("team"))
        rater.page.wait_for_timeout(SETTLE_MS // 2)
        rater.page.keyboard.press("4" if at < 0 else "1" if at < between else "2")
        rater.page.wait_for_timeout(SETTLE_MS)
    for scheme in SCHEMES:
        looking = visitors.arrive(server, known["local@localhost"], scheme=scheme).open("/study")
        looking.page.get_by_text("Show the evidence so far").click()
        looking.see("The next votes are best spent on")
        _shoot(looking, folder, "study", scheme)
    owner = visitors.arrive(server, known["local@localhost"]).open("/study")
    owner.press("Close and reveal")
    owner.page.get_by_role("dialog").get_by_role("button", name="Close and reveal").click()
    owner.see("Word for word")


def _decided(server: Server, visitors: Visitors, known: dict[str, int], folder: Path) -> None:
    """The owner reads the report and lets the tuned model serve."""
    owner = visitors.arrive(server, known["local@localhost"]).open("/verdict")
    with owner.page.expect_download() as download:
        owner.press("One-page report")
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "report.html"
        download.value.save_as(file)
        report = owner.context.new_page()
        report.goto(file.as_uri())
        report.screenshot(path=folder / "report-light.png", full_page=True)
        report.close()
    owner.press("Use the tuned model")
    dialog = owner.page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(WHY)
    dialog.get_by_role("button", name="Use it").click()
    owner.see("serves this project")
    for scheme in SCHEMES:
        reading = visitors.arrive(server, known["local@localhost"], scheme=scheme)
        _shoot(reading.open("/hand_over"), folder, "hand_over", scheme)
        _shoot(reading.open("/rounds"), folder, "rounds", scheme)


def _curve(server: Server, visitors: Visitors, known: dict[str, int], folder: Path) -> None:
    """The learning curve, with its fan."""
    for scheme in SCHEMES:
        owner = visitors.arrive(
            server, known["local@localhost"], project_id=CURVE_PROJECT, scheme=scheme
        ).open("/learning_curve")
        owner.see("held-out questions right")
        _shoot(owner, folder, "learning_curve", scheme)


def _shoot(screen: Screen, folder: Path, name: str, scheme: str) -> None:
    screen.drawn()
    expect(screen.page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=LOADED_MS)
    screen.page.wait_for_timeout(SETTLE_MS)
    screen.page.screenshot(path=folder / f"{name}-{scheme}.png")


def _prepare(home: Path) -> tuple[dict[str, int], dict[str, str]]:
    """The numbers of the people, and the approved reply to every held-out question."""
    workspace = open_workspace(home)
    try:
        welcome(workspace)
        project = project_by_id(workspace.store, 1)
        owner = local_person(workspace.store)
        start_survey(workspace.jobs, workspace.store, project, owner)
        start_scan(workspace.jobs, workspace.store, project, owner)
        _wait_for(workspace)
        other = project_by_id(workspace.store, CURVE_PROJECT)
        learned = datasets_of(workspace.store, other.id)[0]
        model = workspace.providers.base_models(LOCAL.name)[0]
        start_sweep(workspace.store, workspace.jobs, other, learned, model, owner)
        _wait_for(workspace)
        known = {one.person.email: one.person.id for one in people(workspace.store)}
        dataset = datasets_of(workspace.store, 1)[0]
        return known, {row.question: row.reply for row in rows_of(workspace.store, dataset.id, Split.TEST)}
    finally:
        workspace.close()


def _wait_for(workspace: Workspace) -> None:
    while workspace.jobs.unfinished():
        time.sleep(0.1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

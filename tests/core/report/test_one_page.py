"""The one-page report says what a study showed and what follows, and asks for nothing from outside."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from core.cli.main import main
from core.errors import NotAllowed, Refused
from core.formats.preference_file import parse_preference_file
from core.people.persons import Person, add_person
from core.rating.studies import Study, close_study
from core.rating.taking_out import preferences_jsonl, votes_csv
from core.report.html_page import html_page
from core.report.markdown_page import markdown_page
from core.report.one_page import OnePage, one_page
from core.store.store import Store
from core.verdict.preference import pair_verdict
from core.verdict.table import read_csv
from core.verdict.votes import read_votes
from tests.core.rating.study_hall import Hall, Taste, furnished, likes, rate_all

OUTSIDE = re.compile(r"""(?:src|href)\s*=|url\(|@import|<script|https?://(?!www\.w3\.org/2000/svg)""")


def closed(hall: Hall, *tastes: Taste) -> Study:
    raters = [hall.rater(f"Rater {number}") for number in range(len(tastes))]
    study = hall.study(len(raters))
    for rater, taste in zip(raters, tastes, strict=True):
        rate_all(hall, study, rater, taste)
    return close_study(hall.store, study, hall.owner)


@pytest.fixture
def hall(store: Store, olga: Person, anna: Person) -> Hall:
    return furnished(store, olga, anna, prompts=40)


def report_of(hall: Hall, *tastes: Taste) -> OnePage:
    return one_page(hall.store, closed(hall, *tastes), hall.owner)


def test_a_clear_win_recommends_the_tuned_model_and_says_on_what_it_rests(hall: Hall) -> None:
    report = report_of(hall, likes("warm"), likes("warm"))

    page = html_page(report)

    assert report.recommendation.startswith("Use the tuned model")
    assert "These 2 raters preferred the tuned model" in page
    assert hall.dataset.sha256 in page
    assert page.count("<svg") == 3


def test_without_enough_evidence_nothing_is_recommended_to_change(
    store: Store, olga: Person, anna: Person
) -> None:
    report = report_of(furnished(store, olga, anna, prompts=5), likes("warm"))

    assert report.recommendation.startswith("Do not replace the base model on this evidence")


def test_a_loss_says_to_keep_the_base(hall: Hall) -> None:
    assert report_of(hall, likes("plain")).recommendation.startswith("Keep the base model")


def test_the_page_asks_nothing_of_anybody(hall: Hall) -> None:
    page = html_page(report_of(hall, likes("warm")))

    assert OUTSIDE.search(page) is None
    assert "default-src 'none'" in page


def test_a_project_with_signs_in_its_name_changes_neither_page(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = closed(hall, likes("warm"))
    with hall.store.transaction("test") as tx:
        tx.update(
            "projects", {"id": hall.project.id}, {"name": "<script>alert(1)</script> ![x](http://e.vil)"}
        )
    report = one_page(hall.store, study, hall.owner)

    assert "<script>" not in html_page(report)
    assert "![x]" not in markdown_page(report)


def test_an_open_study_has_no_report(hall: Hall) -> None:
    study = hall.study()

    with pytest.raises(Refused, match="not closed"):
        one_page(hall.store, study, hall.owner)


def test_who_may_not_see_verdicts_gets_no_report(hall: Hall) -> None:
    study = closed(hall, likes("warm"))
    stranger = add_person(hall.store, "zed@example.com", "Zed")

    with pytest.raises(NotAllowed):
        one_page(hall.store, study, stranger)


def test_the_votes_taken_out_give_the_same_verdict_from_the_command_line(hall: Hall, tmp_path: Path) -> None:
    study = closed(hall, likes("warm"), likes("plain"))
    file = tmp_path / "votes.csv"
    file.write_bytes(votes_csv(hall.store, study, hall.owner))

    report = one_page(hall.store, study, hall.owner)
    votes = read_votes(read_csv(file))
    names = sorted({row["arm_left"] for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))})

    assert report.verdict.pair is not None
    found = pair_verdict(votes.between(report.verdict.pair.a, report.verdict.pair.b))
    assert set(names) == {report.verdict.pair.a, report.verdict.pair.b}
    assert (found.mean, found.n_votes) == (report.verdict.pair.mean, report.verdict.pair.n_votes)


def test_only_duels_on_which_raters_agree_become_examples_of_preference(hall: Hall) -> None:
    agreed = closed(hall, likes("warm"), likes("warm"), likes("plain"))
    split = closed(hall, likes("warm"), likes("plain"))

    parsed = parse_preference_file(preferences_jsonl(hall.store, agreed, hall.owner))

    assert len(parsed.preferences) == 40
    first = json.loads(preferences_jsonl(hall.store, agreed, hall.owner).splitlines()[0])
    assert "warm" in first["preferred_output"][0]["content"]
    assert preferences_jsonl(hall.store, split, hall.owner) == b""


def test_the_command_line_writes_the_report_by_its_ending(
    hall: Hall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = closed(hall, likes("warm"))
    home = hall.store.home
    hall.store.close()
    words = ["report", "--study", str(study.id), "--home", str(home), "--as", hall.owner.email]

    assert main([*words, "-o", str(tmp_path / "page.html"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["recommendation"].startswith("Use the tuned model")
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert main([*words, "-o", str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text("utf-8").startswith("# ")
    assert main([*words, "-o", str(tmp_path / "page.pdf")]) == 1
    assert "neither .html nor .md" in capsys.readouterr().err
    assert not (tmp_path / "page.pdf").exists()

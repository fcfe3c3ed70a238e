"""Running a snippet as somebody would who copied it, and a choice to hand over."""

import json
import os
import subprocess
import sys
from typing import Any

from core.answers.arms import Arm
from core.rating.studies import StudyState, study_by_id
from core.serving.choice import Choice, choose
from tests.core.training.desk import Desk


def asked_by_curl(command: str, variables: dict[str, str] | None = None) -> Any:
    """What the answer of a command says."""
    words = ["bash", "-c", f"{command} --silent --show-error --fail-with-body"]
    done = subprocess.run(words, env=_surroundings(variables), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def asked_by_python(program: str, variables: dict[str, str] | None = None) -> str:
    """What a program prints."""
    words = [sys.executable, "-I", "-c", program]
    done = subprocess.run(words, env=_surroundings(variables), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def chosen(desk: Desk, base: Arm, tuned: Arm) -> Choice:
    """The tuned model, chosen on a study that was closed without a vote."""
    with desk.store.transaction("test") as tx:
        study_id = tx.new_id("studies")
        tx.insert(
            "studies",
            {
                "id": study_id,
                "project_id": desk.project.id,
                "dataset_id": desk.dataset.id,
                "arm_a": base.id,
                "arm_b": tuned.id,
                "raters": 1,
                "secret": "s",
                "state": StudyState.CLOSED.value,
                "person_id": desk.owner.id,
                "created_at": tx.now,
                "closed_at": tx.now,
                "version": 1,
            },
        )
    return choose(desk.store, study_by_id(desk.store, study_id), tuned, "It answers.", desk.owner)


def _surroundings(variables: dict[str, str] | None) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(variables or {})}

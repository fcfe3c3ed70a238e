"""The process that answers with a base model: who may ask it, and when it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from core.engine.errors import EngineRefused
from core.engine.lora.base import Base
from core.engine.lora.processes import LoraProcesses
from tests.core.engine.lora.school import EXTRA, attempt, until, work
from tests.core.engine.running import ROOT

pytest.importorskip("torch", reason=EXTRA)

PARENT = """
import sys
from pathlib import Path
from core.engine.lora.base import Base
from core.engine.lora.processes import LoraProcesses

address = LoraProcesses(Path(sys.argv[2]), Path(sys.argv[2]) / "log").address(Base(sys.argv[1], False))
print(address.base_url, address.key, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def models(tiny: Path, small_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one tuned model, called `good`, and a copy of it that names another base."""
    folder = tmp_path_factory.mktemp("models")
    trained = attempt(folder / "attempt", tiny, small_file, n_epochs=1)
    assert work(trained).succeeded
    trained.model.rename(folder / "good")
    shutil.copytree(folder / "good", folder / "strange")
    manifest = json.loads((folder / "strange" / "manifest.json").read_bytes())
    (folder / "strange" / "manifest.json").write_text(json.dumps({**manifest, "base": "another"}))
    return folder


@pytest.fixture(scope="module")
def processes(models: Path) -> Iterator[LoraProcesses]:
    made = LoraProcesses(models, models / "log")
    yield made
    made.end()


def ask(base_url: str, key: str, **body: Any) -> httpx2.Response:
    asked = {"messages": [{"role": "user", "content": "Where?"}], "max_tokens": 3, "temperature": 0, **body}
    headers = {"authorization": f"Bearer {key}"}
    return httpx2.post(
        f"{base_url}/chat/completions", json=asked, headers=headers, timeout=60, trust_env=False
    )


def test_only_who_has_the_key_is_answered(tiny: Path, processes: LoraProcesses) -> None:
    address = processes.address(Base(str(tiny), quantised=False))

    assert ask(address.base_url, "another", model="").status_code == 401
    assert httpx2.get(f"{address.base_url.removesuffix('/v1')}/health", trust_env=False).status_code == 401
    answer = ask(address.base_url, address.key, model="")
    assert answer.status_code == 200
    assert answer.json()["usage"]["completion_tokens"] == 3


def test_a_base_that_runs_is_used_again(tiny: Path, processes: LoraProcesses) -> None:
    base = Base(str(tiny), quantised=False)

    assert processes.address(base) == processes.address(base)


@pytest.mark.parametrize("name", ["bad/step-5", "../good/step-5", "good/step-5/..", "good", "/etc/step-1"])
def test_a_name_that_is_no_adapter_reads_no_file(name: str, tiny: Path, processes: LoraProcesses) -> None:
    address = processes.address(Base(str(tiny), quantised=False))

    refused = ask(address.base_url, address.key, model=name)

    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "model_not_found"


def test_an_adapter_of_another_base_is_refused(tiny: Path, processes: LoraProcesses) -> None:
    address = processes.address(Base(str(tiny), quantised=False))

    assert ask(address.base_url, address.key, model="good/step-5").status_code == 200
    refused = ask(address.base_url, address.key, model="strange/step-5")

    assert refused.status_code == 503
    assert "Train it again" in refused.json()["error"]["message"]


def test_a_process_that_died_is_started_anew(tiny: Path, processes: LoraProcesses) -> None:
    base = Base(str(tiny), quantised=False)
    before = processes.address(base)
    os.kill(processes.process_id(base), signal.SIGKILL)

    after = processes.address(base)

    assert after != before
    assert ask(after.base_url, after.key, model="good/step-5").status_code == 200


def test_it_ends_when_its_parent_dies(tiny: Path, models: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tiny), str(models)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    base_url, key = parent.stdout.readline().split()
    assert ask(base_url, key, model="").status_code == 200

    parent.kill()
    parent.communicate()

    until(lambda: not answers(base_url, key))


def test_it_ends_when_nobody_asks(tiny: Path, models: Path) -> None:
    brief = LoraProcesses(models, models / "log", idle_minutes=0.001)
    base = Base(str(tiny), quantised=False)
    first = brief.address(base)

    until(lambda: not answers(first.base_url, first.key))
    brief.end()


def test_a_base_that_cannot_be_loaded_says_why(tmp_path: Path, processes: LoraProcesses) -> None:
    with pytest.raises(EngineRefused, match="does not exist"):
        processes.address(Base(str(tmp_path / "nothing"), quantised=False))


def answers(base_url: str, key: str) -> bool:
    try:
        return ask(base_url, key, model="").status_code == 200
    except httpx2.HTTPError:
        return False

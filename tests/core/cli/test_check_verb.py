"""`check`: a training file is held against its format and its provider, without any workspace."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli.main import main

BOM = b"\xef\xbb\xbf"
WANTED = {"file", "kind", "provider", "lines", "examples", "problems", "warnings"}


@dataclass(frozen=True)
class Checked:
    """What the verb said of a file."""

    code: int
    document: Any
    err: str

    @property
    def problems(self) -> list[tuple[int | None, str]]:
        return [(one["line"], one["field"]) for one in self.document["problems"]]

    @property
    def reasons(self) -> str:
        return " ".join(one["reason"] for one in self.document["problems"])

    @property
    def warnings(self) -> str:
        return " ".join(self.document["warnings"])


class Bench:
    """A place for files to be checked."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def check(self, data: bytes, *words: str) -> Checked:
        (self.folder / "file.jsonl").write_bytes(data)
        return self.again(*words)

    def again(self, *words: str, name: str = "file.jsonl") -> Checked:
        code = main(["check", name, "--json", *words])
        printed = self._capsys.readouterr()
        return Checked(code, json.loads(printed.out or "null"), printed.err)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    monkeypatch.chdir(tmp_path)
    return Bench(tmp_path, capsys)


def said(*turns: str) -> bytes:
    """A line of turns, each like "user: Where?"."""
    parts = [turn.split(": ", 1) for turn in turns]
    messages = [{"role": role, "content": content} for role, content in parts]
    return json.dumps({"messages": messages}).encode() + b"\n"


def many(count: int = 10) -> bytes:
    return b"".join(said(f"user: Where is gate {number}?", "assistant: Upstairs.") for number in range(count))


def better(preferred: str = "Gladly.") -> bytes:
    line = {
        "input": {"messages": [{"role": "user", "content": "May I?"}]},
        "preferred_output": [{"role": "assistant", "content": preferred}],
        "non_preferred_output": [{"role": "assistant", "content": "No."}],
    }
    return json.dumps(line).encode() + b"\n"


def test_a_file_without_fault_is_done_and_opens_no_workspace(bench: Bench) -> None:
    found = bench.check(many())

    assert (found.code, found.err) == (0, "")
    assert set(found.document) == WANTED
    assert (found.document["lines"], found.document["examples"]) == (10, 10)
    assert (found.document["problems"], found.document["warnings"]) == ([], [])
    assert [path.name for path in bench.folder.iterdir()] == ["file.jsonl"]


def test_every_fault_is_named_by_line_and_field_and_the_verb_fails_in_one_line(bench: Bench) -> None:
    found = bench.check(many() + b'{"prompt": "Where?"}\n' + said("user: Where?"))

    assert found.code == 1
    assert found.problems == [(11, "prompt"), (11, "messages"), (12, "messages[0].role")]
    assert (found.document["lines"], found.document["examples"]) == (12, 10)
    assert found.err.count("\n") == 1
    assert "file.jsonl has 3 problems" in found.err


def test_too_few_examples_are_a_fault_of_the_whole_file(bench: Bench) -> None:
    found = bench.check(many(9))

    assert found.problems == [(None, "")]
    assert "at least 10 examples; this has 9" in found.reasons
    assert bench.check(many(9), "--provider", "together").code == 0


@pytest.mark.parametrize(
    ("provider", "plain", "marked"),
    [("local", 0, 0), ("openai", 0, 1), ("azure", 1, 0), ("nebius", 0, 0), ("compatible", 0, 0)],
)
def test_a_byte_order_mark_is_as_the_provider_wants_it(
    bench: Bench, provider: str, plain: int, marked: int
) -> None:
    assert bench.check(many(), "--provider", provider).code == plain
    assert bench.check(BOM + many(), "--provider", provider).code == marked


def test_together_wants_user_and_assistant_in_turn(bench: Bench) -> None:
    fine = said("system: Be kind.", "user: Where?", "assistant: Here.", "user: When?", "assistant: Now.")
    twice = said("user: Hello.", "user: Where?", "assistant: Here.")

    assert bench.check(fine, "--provider", "together").code == 0
    found = bench.check(fine + twice, "--provider", "together")
    assert found.problems == [(2, "messages")]
    assert "message 2" in found.reasons
    assert bench.check(many() + twice).code == 0


def test_a_control_sign_is_refused_by_openai_and_a_warning_elsewhere(bench: Bench) -> None:
    signed = many() + said("user: Where?", "assistant: Here.<|endoftext|>")

    assert bench.check(signed, "--provider", "openai").problems == [(11, "")]
    elsewhere = bench.check(signed)
    assert elsewhere.code == 0
    assert "Line 11: a text holds a control sign" in elsewhere.warnings


def test_the_same_example_twice_and_instructions_for_some_are_warnings(bench: Bench) -> None:
    found = bench.check(many() + many(1) + said("system: Be kind.", "user: When?", "assistant: Now."))

    assert found.code == 0
    assert "Lines 1, 11: the same example" in found.warnings
    assert "Lines 1, 2, 3, 4, 5 and 6 more: no instructions" in found.warnings


def test_preferences_are_another_kind(bench: Bench) -> None:
    pairs = b"".join(better(f"Gladly, {number}.") for number in range(10))

    assert bench.check(pairs, "--kind", "dpo").code == 0
    assert bench.check(pairs + better("No."), "--kind", "dpo").problems == [(11, "non_preferred_output")]
    assert bench.check(pairs).code == 1
    assert bench.check(many(), "--kind", "dpo").code == 1


def test_a_file_that_is_too_large_is_not_read(bench: Bench) -> None:
    with (bench.folder / "file.jsonl").open("wb") as file:
        file.truncate(129 * 2**20)

    found = bench.again()

    assert (found.code, found.document["lines"], found.document["examples"]) == (1, None, None)
    assert "takes at most 128 MiB" in found.reasons


def test_what_is_no_file_or_no_provider_is_said_so(bench: Bench) -> None:
    missing = bench.again(name="nothing.jsonl")

    assert (missing.code, missing.document) == (1, None)
    assert missing.err == "nothing.jsonl cannot be read: No such file or directory.\n"
    assert bench.again("--provider", "nobody").code == 2


def test_people_read_where_to_look(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.check(many(3) + b"\n\nWhere?\n")

    assert main(["check", "file.jsonl"]) == 1
    text = capsys.readouterr().out
    assert "3 examples, for Local engine." in text
    assert "Line 4: The line is blank." in text
    assert "Line 6: The JSON is broken at column 1" in text

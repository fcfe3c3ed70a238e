"""The worker that trains an adapter: cancelled, gone on from, and taught in less usual ways."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.engine.errors import EngineRefused
from core.engine.lora.base import Base, files_of
from tests.core.engine.lora.school import (
    EXTRA,
    FOUR_BIT,
    SMALL,
    UNMARKED,
    attempt,
    begin,
    conversation,
    notes,
    preference,
    until,
    with_template,
    work,
    write_lines,
)
from tests.core.engine.running import ROOT

pytest.importorskip("torch", reason=EXTRA)

EPOCHS, STEPS_AN_EPOCH = 6, 5
BETTER, WORSE = "We are glad to help you.", "Go away."
MARGINS = """
import json, sys
import torch
from pathlib import Path
from core.engine.lora.loading import load_tokenizer
from core.engine.lora.template import open_chat
from peft import PeftModel
from transformers import AutoModelForCausalLM

base, adapter, questions, better, worse = json.loads(sys.argv[1])
chat = open_chat(load_tokenizer(Path(base)))
model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter).eval()

def log_probability(question, reply):
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]
    ids, start = chat.continuation(turns)
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].log_softmax(-1)
    return sum(float(logits[at - 1, ids[at]]) for at in range(start, len(ids)))

def margins():
    return [log_probability(question, better) - log_probability(question, worse) for question in questions]

tuned = margins()
with model.disable_adapter():
    print(json.dumps([margins(), tuned]))
"""
"""How much likelier the better reply is than the worse one, in nats: to the base, and to the tuned model."""


@pytest.mark.parametrize("quantised", [False, True], ids=["32-bit", "4-bit"])
def test_a_cancelled_training_can_be_gone_on_from_and_ends_as_if_nothing_had_been(
    quantised: bool, tiny: Path, small_file: Path, tmp_path: Path
) -> None:
    if quantised:
        pytest.importorskip("bitsandbytes", reason=FOUR_BIT)
    undisturbed = attempt(tmp_path / "undisturbed", tiny, small_file, quantised=quantised)
    first = attempt(tmp_path / "1", tiny, small_file, quantised=quantised)
    worker = begin(first)
    until(lambda: len(notes(first)) > 2 * STEPS_AN_EPOCH + 2)
    first.ask_to_cancel()

    assert worker.wait(60) == 0
    assert first.outcome() is None
    assert first.has_checkpoint
    reached = max(note.data.get("step", 0) for note in notes(first))
    assert reached < EPOCHS * STEPS_AN_EPOCH

    second = attempt(tmp_path / "2", tiny, small_file, quantised=quantised, resume_from=str(first.path))
    outcome = work(second)
    assert outcome.succeeded, outcome.message
    went_on = [int(note.data["step"]) for note in notes(second) if note.data]
    assert went_on[0] > STEPS_AN_EPOCH
    assert went_on == [*range(went_on[0], EPOCHS * STEPS_AN_EPOCH + 1)]
    assert work(undisturbed) == outcome
    last = Path("model") / f"step-{EPOCHS * STEPS_AN_EPOCH}" / "adapter_model.safetensors"
    assert (second.path / last).read_bytes() == (undisturbed.path / last).read_bytes()
    assert second.result_csv.read_bytes() == undisturbed.result_csv.read_bytes()


def test_the_best_epoch_is_the_model_and_is_kept_beside_the_last_three(
    tiny: Path, small_file: Path, tmp_path: Path
) -> None:
    """Held out is a reply in other words: the better the taught ones are known, the less likely it is."""
    held_out = write_lines(
        tmp_path / "held_out.jsonl", [conversation(question, WORSE) for question, _ in SMALL]
    )
    folder = attempt(tmp_path / "1", tiny, small_file, validation_path=str(held_out), n_epochs=10)

    outcome = work(folder)

    manifest = json.loads((folder.model / "manifest.json").read_bytes())
    measured = {note.data["step"]: note.data for note in notes(folder) if "valid_loss" in note.data}
    best = min((step for step in measured if step), key=lambda step: measured[step]["valid_loss"])
    assert [*measured] == [*range(0, 10 * STEPS_AN_EPOCH + 1, STEPS_AN_EPOCH)]
    assert "train_loss" not in measured[0]
    assert measured[best]["full_valid_loss"] == measured[best]["valid_loss"]
    assert best < 8 * STEPS_AN_EPOCH
    assert manifest["best_step"] == best
    assert [point.step for point in outcome.checkpoints] == [best, 40, 45, 50]
    assert any(f"The model is that of step {best}" in note.message for note in notes(folder))


def test_a_template_without_marks_is_said_and_still_learned(
    tiny: Path, small_file: Path, tmp_path: Path
) -> None:
    folder = attempt(
        tmp_path / "1", with_template(tiny, tmp_path / "unmarked", UNMARKED), small_file, n_epochs=2
    )

    outcome = work(folder)

    warnings = [note.message for note in notes(folder) if note.level == "warn"]
    assert outcome.succeeded, outcome.message
    assert any("does not mark the assistant's words ({% generation %})" in message for message in warnings)
    losses = [note.data["train_loss"] for note in notes(folder) if note.data]
    assert losses[-1] < losses[0]


def test_preferences_make_the_better_reply_likelier(tiny: Path, tmp_path: Path) -> None:
    questions = [question for question, _ in SMALL]
    lines = [preference(question, BETTER, WORSE) for question in questions]
    training = write_lines(tmp_path / "preferences.jsonl", lines[:12])
    held_out = write_lines(tmp_path / "held_out.jsonl", lines[12:])
    folder = attempt(
        tmp_path / "1",
        tiny,
        training,
        validation_path=str(held_out),
        method="dpo",
        beta="auto",
        learning_rate_multiplier=20.0,
    )

    outcome = work(folder)

    assert outcome.succeeded, outcome.message
    last = outcome.checkpoints[-1].metrics
    assert last["valid_reward_accuracy"] == 1
    assert last["valid_reward_margin"] > 0
    assert last["valid_loss"] < 0.69
    adapter = folder.model / f"step-{outcome.checkpoints[-1].step}"
    given = json.dumps([str(tiny), str(adapter), questions[12:], BETTER, WORSE])
    done = subprocess.run([sys.executable, "-c", MARGINS, given], cwd=ROOT, capture_output=True, check=True)
    base, tuned = json.loads(done.stdout)
    assert all(after > before for before, after in zip(base, tuned, strict=True))


def test_a_training_that_diverges_says_so(tiny: Path, small_file: Path, tmp_path: Path) -> None:
    folder = attempt(tmp_path / "1", tiny, small_file, learning_rate_multiplier=1e30)

    outcome = work(folder)

    assert not outcome.succeeded
    assert outcome.code == "training_diverged"
    assert "learning_rate_multiplier" in outcome.message


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("config.json", "holds no config.json"),
        ("model.safetensors", "no weights as"),
        (".", "does not exist"),
    ],
)
def test_a_base_model_that_lacks_something_is_refused_plainly(
    missing: str, told: str, tiny: Path, tmp_path: Path
) -> None:
    model = with_template(tiny, tmp_path / "model", UNMARKED)
    (model / "pytorch_model.bin").write_bytes(b"pickled weights, which nobody opens")
    if missing == ".":
        shutil.rmtree(model)
    else:
        (model / missing).unlink()

    with pytest.raises(EngineRefused, match=told):
        files_of(Base(str(model), quantised=False))

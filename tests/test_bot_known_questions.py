"""Known questions: what is asked like one of them is asked of the same clause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.opening import Core
from bot.sources.documents.known_questions import FAR, KnownQuestions, passage_key, save
from evals.training.known_questions import EMBEDDER, answering, known_entries, read_lines
from knowledge.reading.bundled import load_bundled

RIGHT, WRONG, UNKNOWN = "Một đoạn.", "Đoạn khác.", "Chưa ai hỏi."


@pytest.fixture
def known(tmp_path: Path) -> KnownQuestions:
    """Two answered questions and one that no passage answers, at right angles."""
    path = tmp_path / "known.npz"
    save(
        path,
        EMBEDDER,
        np.eye(4)[:3],
        [[(passage_key(RIGHT), 4, 8)], [(passage_key(WRONG), 0, 4)], []],
    )
    loaded = KnownQuestions.load(f"{EMBEDDER}-1", path, clauses=None)
    assert loaded
    return loaded


def test_likeness_tells_passages_apart(known: KnownQuestions) -> None:
    likeness = known.likeness(np.array([0.96, 0.28, 0, 0], np.float32))
    assert likeness.of(RIGHT) == pytest.approx(0.96 - FAR)
    assert likeness.of(WRONG) == pytest.approx(0.28 - FAR)
    assert likeness.of(UNKNOWN) is None
    assert likeness.answered == pytest.approx(0.96 - FAR)
    assert likeness.unanswered == 0
    assert likeness.words_that_answer(RIGHT) == (4, 8)
    assert likeness.words_that_answer(WRONG) is None  # nothing alike was asked of it
    hidden = likeness.without([RIGHT])
    assert hidden.of(RIGHT) is None
    assert hidden.of(WRONG) is not None


def test_a_question_can_be_left_out(known: KnownQuestions) -> None:
    own = np.array([1, 0, 0, 0], np.float32)
    assert known.likeness(own).answered == pytest.approx(1 - FAR)
    assert known.likeness(own, leave_out=0).answered == 0


def test_another_embedder_knows_nothing(tmp_path: Path) -> None:
    save(tmp_path / "known.npz", EMBEDDER, np.eye(2), [[], [(passage_key(RIGHT), 0, 3)]])
    assert KnownQuestions.load("another-model", tmp_path / "known.npz") is None


def test_what_ships_belongs_to_the_bundled_texts(core: Core) -> None:
    known = KnownQuestions.load(core.retriever.embedder_fingerprint)
    assert known
    texts = {passage_key(p.text) for d in load_bundled() for p in d.passages}
    assert known.keys <= texts
    assert len(known.keys) >= 0.85 * len(texts)


def test_what_ships_was_made_of_our_questions(core: Core) -> None:
    """A question of ours is found again at its own clause, so the file is not stale."""
    retriever = core.retriever
    known = KnownQuestions.load(retriever.embedder_fingerprint)
    assert known
    entries = known_entries()
    for entry in [e for e in entries if e["answerable"]][::400]:
        vector = retriever.embed(retriever.analyse(entry["question"]))
        clauses = list(answering(retriever.documents, entry))
        near = known.likeness(vector).of(clauses[0].text)
        assert near is not None
        assert near > 0.99 - FAR, entry["question"]
        span = known.likeness(vector).words_that_answer(clauses[0].text)
        assert span
        assert 0 <= span[0] < span[1] <= len(clauses[0].text)


def test_no_question_of_the_report_is_known() -> None:
    held = {e["question"].casefold() for half in ("report", "tuning") for e in read_lines(half)}
    assert not held & {e["question"].casefold() for e in known_entries()}

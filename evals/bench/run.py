"""The measurements of `haicap bench`, each made with the product's own parts."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.assistant import Assistant
from bot.opening import open_core
from bot.settings import Settings
from evals.asking.client import Client, served
from evals.bench.parts import PartTimes, part_times, place_times
from evals.bench.scale import AT_ONCE, SCALE, Scale
from evals.bench.search import SearchRow, compare_search
from evals.bench.telegram import added_by_telegram
from evals.errors import EvalError
from evals.scoring.metrics import percentile
from evals.sets.questions import load_half
from evals.sets.typing_styles import restyle

WARM_UP: Final = 30  # questions, typed otherwise than the measured ones
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on; no name and no path."""

    day: str
    cores: int
    memory_gb: float | None
    python: str
    system: str
    load: float | None  # mean number of running programs in the minute before


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds a question."""

    count: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many at once."""

    times: Times
    per_second: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of the serving process in MB; None where the system does not say."""

    now_mb: float | None
    peak_mb: float | None


@dataclass(frozen=True, slots=True)
class Bench:
    """All that was measured."""

    machine: Machine
    embedder: str
    questions: int
    units: int
    first_start_s: float
    next_start_s: float
    first_memory: Memory
    memory: Memory
    assistant: Times
    assistant_crowd: Crowd
    http: Times
    http_crowd: Crowd
    telegram_added: Times  # what the bot takes besides the assistant
    parts: PartTimes
    places: Times  # to find the place that a question names
    search: tuple[SearchRow, ...]
    scales: tuple[Scale, ...]


def measure(settings: Settings, sizes: Sequence[int], tell: Tell) -> Bench:
    """Everything once, in empty temporary data folders; minutes, 100,000 passages a quarter hour.

    Args:
        settings: only the embedder is used.
        sizes: passages, for `evals.bench.scale`.
        tell: told what is measured next.
    """
    machine = _machine()
    asked = load_half("tuning")
    questions = [question.text for question in asked]
    warm_up = [restyle(text, "sloppy") for text in questions[:WARM_UP]]
    with tempfile.TemporaryDirectory(prefix="haicap-bench-") as scratch:
        data_dir = Path(scratch) / "served"
        tell("mở máy chủ lần đầu")
        started = time.perf_counter()
        with served(data_dir, settings.embedder):
            first_start_s = time.perf_counter() - started
            first_memory = _memory(data_dir)
        tell("mở máy chủ lần sau, hỏi qua HTTP")
        started = time.perf_counter()
        with served(data_dir, settings.embedder) as client:
            next_start_s = time.perf_counter() - started
            ask = _http_ask(client)
            _each(ask, warm_up)
            http, http_crowd = _times(_each(ask, questions)), _crowd(ask, questions)
            memory = _memory(data_dir)
        tell("hỏi thẳng, không qua HTTP")
        core = open_core(_alone(settings, Path(scratch) / "core"))
        engine = core.retriever.index.embedder.engine
        try:
            ask = _assistant_ask(core.assistant)
            _each(ask, warm_up)
            assistant, crowd = _times(_each(ask, questions)), _crowd(ask, questions)
            tell("qua bot Telegram")
            telegram = _times(added_by_telegram(core, questions))
            tell("từng phần")
            parts = part_times(core.assistant, questions)
            places = _times(place_times(core.retriever.restorer))
            tell("chỉ tìm đoạn, cạnh cách thường dùng")
            search = compare_search(core, asked, Path(scratch))
        finally:
            core.close()
    scales = tuple(_scale(size, settings.embedder, tell) for size in sizes)
    return Bench(
        machine=machine,
        embedder=f"{settings.embedder} ({engine})",
        questions=len(questions),
        units=search[0].pieces,
        first_start_s=first_start_s,
        next_start_s=next_start_s,
        first_memory=first_memory,
        memory=memory,
        assistant=assistant,
        assistant_crowd=crowd,
        http=http,
        http_crowd=http_crowd,
        telegram_added=telegram,
        parts=parts,
        places=places,
        search=search,
        scales=scales,
    )


def _scale(size: int, embedder: str, tell: Tell) -> Scale:
    tell(f"{size} đoạn")
    with tempfile.TemporaryDirectory(prefix="haicap-bench-") as folder:
        words = [sys.executable, "-m", "evals.bench.scale", str(size), embedder, folder]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise EvalError(f"Đo {size} đoạn không xong (mã {done.returncode}); xem lỗi ở trên")
    return SCALE.validate_json(done.stdout.splitlines()[-1])


def _alone(settings: Settings, data_dir: Path) -> Settings:
    """The settings with stores of its own."""
    database = f"sqlite:///{data_dir / 'haicap.sqlite3'}"
    ours = {"data_dir": data_dir, "database_url": database, "chroma_url": None}
    return settings.model_copy(update=ours)


_Ask = Callable[[str], float]  # asks, returns the milliseconds it took


def _http_ask(client: Client) -> _Ask:
    return lambda question: client.ask(question).client_ms


def _assistant_ask(assistant: Assistant) -> _Ask:
    def ask(question: str) -> float:
        started = time.perf_counter()
        assistant.ask(question)
        return (time.perf_counter() - started) * 1_000

    return ask


def _each(ask: _Ask, questions: Sequence[str]) -> list[float]:
    return [ask(question) for question in questions]


def _crowd(ask: _Ask, questions: Sequence[str]) -> Crowd:
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        times = list(pool.map(ask, questions))
    return Crowd(_times(times), len(times) / (time.perf_counter() - started))


def _times(values: Sequence[float]) -> Times:
    return Times(len(values), percentile(values, 50) or 0.0, percentile(values, 95) or 0.0)


def _machine() -> Machine:
    memory = load = None
    with contextlib.suppress(AttributeError, OSError, ValueError):  # Windows has none of them
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        load = os.getloadavg()[0]
    return Machine(
        day=datetime.now(UTC).date().isoformat(),
        cores=os.cpu_count() or 1,
        memory_gb=memory,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        load=load,
    )


def _memory(data_dir: Path) -> Memory:
    """Of the process that owns a data folder; from /proc, so on Linux alone."""
    try:
        owner = json.loads((data_dir / "owner.json").read_text("utf-8"))
        lines = Path(f"/proc/{int(owner['pid'])}/status").read_text("utf-8").splitlines()
    except OSError:
        return Memory(None, None)
    sizes = dict(line.split(":", 1) for line in lines)
    return Memory(_megabytes(sizes["VmRSS"]), _megabytes(sizes["VmHWM"]))


def _megabytes(size: str) -> float:
    return int(size.split()[0]) / 1024

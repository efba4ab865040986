"""The command line through `main`, with a small core behind it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from said import said, text, texts

from bot.answer.answer import Answer, Citation
from bot.answer.blocks import (
    Choices,
    Field,
    Fields,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    Quotation,
)
from bot.answer.codec import to_public
from bot.answer.rendering.screen import Screen
from bot.answer.rendering.terminal import terminal
from bot.doors.cli import main as cli
from bot.doors.cli.commands import COMMANDS
from bot.doors.cli.parser import Commands, Parser, translate
from bot.doors.cli.render import render_answer
from bot.errors import QuestionError
from bot.settings import Settings
from knowledge.models import Document
from prompts.text import Text
from retrieval.errors import IndexLockedError

ROOT = Path(__file__).parent.parent
QUOTE = "Ban thường vụ tỉnh uỷ chỉ đạo rà soát, bố trí cán bộ, công chức cấp xã."
ANSWER = said(
    Lead(text("**Ban thường vụ tỉnh uỷ** chỉ đạo [1].")),
    Quotation(text(QUOTE), 1),
    Items(texts("việc một [1]", "việc hai")),
    answer_id="a1",
    conversation_id="c1",
    citations=(
        Citation(
            marker=1,
            document_id="ket-luan-177-kl-tw",
            document_number="177-KL/TW",
            document_title="Kết luận của Bộ Chính trị",
            issuer="Bộ Chính trị",
            issued_on="2025-07-11",
            source_kind="official",
            in_force="in_force",
            locator="Mục 4, điểm (10)",
            quote=QUOTE,
            url="/van-ban/ket-luan-177-kl-tw#muc-4-diem-10",
            passage_id="ket-luan-177-kl-tw#muc-4-diem-10",
            start=0,
            end=len(QUOTE),
        ),
    ),
    suggestions=("Kết luận 177 giao việc gì cho Chính phủ?",),
    sources_as_of="2025-11-22",
    took_ms=12,
)
FRONT_MATTER = """---
number: 1-KL/HC
kind: Kết luận
title: Kết luận thử
issuer: Cơ quan thử
issued_on: 2025-07-11
---
1. Các xã báo cáo trước ngày 15 hằng tháng.
"""


@dataclass
class FakeCore:
    """Answers everything with ANSWER and remembers what it was asked to do."""

    asked: list[tuple[str, str | None]] = field(default_factory=list)
    ingested: list[Document] = field(default_factory=list)
    known: list[Document] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    ready: bool = True
    degraded: tuple[str, ...] = ()

    def open(self, settings: Settings, **_: object) -> FakeCore:
        self.opened += 1
        return self

    def close(self) -> None:
        self.closed += 1

    @property
    def assistant(self) -> FakeCore:
        return self

    @property
    def retention(self) -> SimpleNamespace:
        return SimpleNamespace(running=lambda _: contextlib.nullcontext())

    @property
    def store(self) -> SimpleNamespace:
        return SimpleNamespace(documents=SimpleNamespace(all=lambda: self.known))

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        if not question.strip():
            raise QuestionError("Bạn chưa nhập câu hỏi.", "empty")
        if question == "hỏng":
            raise ZeroDivisionError("inner workings")
        print("a library prints")
        self.asked.append((question, conversation_id))
        return replace(ANSWER, conversation_id=conversation_id or "c1")

    def opening_questions(self) -> tuple[str, ...]:
        return ("Hai cấp là gì?",)

    def ingest(self, documents: list[Document]) -> SimpleNamespace:
        self.ingested += documents
        return SimpleNamespace(added=[d.id for d in documents], replaced=[], unchanged=[])


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> FakeCore:
    fake = FakeCore()

    monkeypatch.setattr("bot.doors.cli.core.open_core", fake.open)
    return fake


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    def refused_with(self, *words: str) -> bool:
        """Status 2, nothing on stdout, exactly one line on stderr that holds the words."""
        one_line = self.err.endswith("\n") and self.err.count("\n") == 1
        return self.status == 2 and not self.out and one_line and all(w in self.err for w in words)


Haicap = Callable[..., Outcome]


@pytest.fixture
def haicap(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Haicap:
    def run(*words: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        status = cli.main(words)
        return Outcome(status, *capsys.readouterr())

    return run


# ask


def test_ask_json_prints_the_object_alone(core: FakeCore, haicap: Haicap) -> None:
    done = haicap("ask", "Ai chỉ đạo?", "--json")
    assert done.status == 0
    assert done.err == "a library prints\n"
    assert json.loads(done.out) == json.loads(json.dumps(to_public(ANSWER)))
    assert "thường vụ" in done.out  # not escaped
    assert core.closed == core.opened == 1


def test_ask_prints_quote_sources_and_suggestions(core: FakeCore, haicap: Haicap) -> None:
    done = haicap("ask", "Ai", "chỉ đạo?")
    assert core.asked == [("Ai chỉ đạo?", None)]
    assert "│ “Ban thường vụ tỉnh uỷ chỉ đạo rà soát" in done.out
    for fact in ("Mục 4, điểm (10), 177-KL/TW", "11/7/2025", "văn bản chính thức", "còn hiệu lực"):
        assert fact in " ".join(done.out.split())
    assert "Có thể hỏi tiếp:\n- Kết luận 177" in done.out
    assert "\x1b" not in done.out
    assert "**" not in done.out


def test_ask_reads_stdin_for_a_dash(core: FakeCore, haicap: Haicap) -> None:
    assert haicap("ask", "-", stdin="Ai chỉ đạo?\n".encode()).status == 0
    assert core.asked == [("Ai chỉ đạo?", None)]


@pytest.mark.parametrize("endless", [b"a" * 100_000, "ạ".encode() * 50_000])
def test_ask_refuses_endless_stdin_before_opening(
    core: FakeCore, haicap: Haicap, endless: bytes
) -> None:
    assert haicap("ask", "-", stdin=endless).refused_with("4000 ký tự")
    assert core.opened == 0


def test_ask_refuses_bytes_that_are_not_text(core: FakeCore, haicap: Haicap) -> None:
    assert haicap("ask", "-", stdin=b"\xff\xfe\x00").refused_with("UTF-8")
    assert haicap("ask", "Ai \udcff").refused_with("UTF-8")
    assert core.asked == []


def test_ask_reads_arguments_that_the_locale_could_not(core: FakeCore, haicap: Haicap) -> None:
    mangled = "Ai chỉ đạo?".encode().decode("ascii", "surrogateescape")
    assert haicap("ask", mangled).status == 0
    assert core.asked == [("Ai chỉ đạo?", None)]


def test_a_refused_question_is_one_line(core: FakeCore, haicap: Haicap) -> None:
    assert haicap("ask", " ").refused_with("Bạn chưa viết câu hỏi.")
    assert core.closed == 0  # it was not even opened


# Errors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ["còn thiếu LỆNH", "haicap --help"]),
        (("askk", "x"), ["không có 'askk'", "ý bạn là ask?"]),
        (("docter",), ["ý bạn là doctor?"]),
        (("nộp ở đâu",), ['ý bạn là ask "nộp ở đâu"?']),
        (("xyz",), ["không có 'xyz'; chọn: ", "ask"]),
        (("ask",), ["còn thiếu CÂU_HỎI", "haicap ask --help"]),
        (("ask", "x", "--jsn"), ["không hiểu --jsn"]),
        (("ask", "x", "--json=1"), ["--json", "'1'"]),
        (("ingest", "a.txt", "--title"), ["--title còn thiếu giá trị"]),
        (("serve", "--port", "99999"), ["HAICAP_PORT='99999'", "1 to 65535"]),
    ],
)
def test_wrong_usage_is_one_line(haicap: Haicap, words: tuple[str, ...], said: list[str]) -> None:
    assert haicap(*words).refused_with(*said)


def test_argparse_messages_left_as_they_are() -> None:
    assert translate("something new") == "something new"


def test_a_wrong_setting_is_one_line(haicap: Haicap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAICAP_RATE_LIMIT", "many")
    assert haicap("documents").refused_with("HAICAP_RATE_LIMIT='many'")


def test_an_error_of_a_package_is_one_line(
    core: FakeCore, haicap: Haicap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> Answer:
        raise IndexLockedError("chỉ mục đang do tiến trình khác giữ.\nDừng nó rồi chạy lại")

    monkeypatch.setattr(core, "ask", locked)
    assert haicap("ask", "x").refused_with("đang do tiến trình khác giữ. Dừng nó")


def test_an_unexpected_error_shows_no_traceback(core: FakeCore, haicap: Haicap) -> None:
    done = haicap("ask", "hỏng")
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert "HAICAP_LOG_LEVEL=debug" in done.err
    assert "inner workings" not in done.err


def test_debug_shows_the_traceback(
    core: FakeCore, haicap: Haicap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAICAP_LOG_LEVEL", "debug")
    done = haicap("ask", "hỏng")
    assert done.status == 1
    assert "ZeroDivisionError: inner workings" in done.err


def test_ctrl_c_is_quiet(core: FakeCore, haicap: Haicap, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Answer:
        raise KeyboardInterrupt

    monkeypatch.setattr(core, "ask", interrupted)
    assert haicap("ask", "x") == Outcome(130, "", "")
    assert core.closed == 1


def test_a_message_cannot_steer_the_terminal(haicap: Haicap) -> None:
    assert "\x1b" not in haicap("ask\x1b[31m").err


@pytest.mark.parametrize("words", [["--help"], ["ask", "--help"]])
def test_help_is_in_vietnamese(haicap: Haicap, words: list[str]) -> None:
    done = haicap(*words)
    assert done.status == 0
    assert done.err == ""
    assert "Cách dùng: haicap" in done.out
    assert not {"usage", "options", "positional", "show this"} & set(done.out.split())


# chat


def test_chat_keeps_its_conversation(core: FakeCore, haicap: Haicap) -> None:
    done = haicap("chat", stdin="một\n\n  \nhai\n/moi\nba\n/thoat\nbốn\n".encode())
    assert done.status == 0
    assert core.asked == [("một", None), ("hai", "c1"), ("ba", None)]


def test_chat_ends_with_its_input(core: FakeCore, haicap: Haicap) -> None:
    assert haicap("chat", stdin="một\n".encode()).status == 0
    assert core.closed == 1


def test_chat_goes_on_after_a_refused_line(core: FakeCore, haicap: Haicap) -> None:
    done = haicap("chat", stdin=b"\xff\xff\nhai\n")
    assert "không phải chữ UTF-8" in done.out
    assert core.asked == [("hai", None)]


# documents and ingest


def test_ingest_then_documents(core: FakeCore, haicap: Haicap, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "thu.md").write_text(FRONT_MATTER, encoding="utf-8")
    done = haicap("ingest", str(tmp_path))
    assert (done.status, done.out) == (0, "Đã thêm 1: thu\n")

    core.known = core.ingested
    listed = haicap("documents")
    assert "Kết luận 1-KL/HC\n  Kết luận thử\n  Cơ quan thử; 11/7/2025" in listed.out
    (facts,) = json.loads(haicap("documents", "--json").out)
    assert facts["number"] == "1-KL/HC"
    assert facts["url"] == "/van-ban/thu"


def test_ingest_takes_plain_text(core: FakeCore, haicap: Haicap, tmp_path: Path) -> None:
    path = tmp_path / "thu.txt"
    path.write_text("1. Các xã báo cáo trước ngày 15 hằng tháng.", encoding="utf-8")
    options = ["--title", "Thông báo", "--issuer", "Cơ quan thử", "--issued-on", "2025-07-11"]
    assert haicap("ingest", str(path), *options).status == 0
    assert core.ingested[0].metadata.title == "Thông báo"
    assert haicap("ingest", str(path)).refused_with("thu.txt", "--title")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.md", "no front matter", "front matter"),
        ("a.md", FRONT_MATTER.replace("2025-07-11", "2025-06-31"), "issued_on"),
        ("a.xlsx", "x", ".docx"),
        ("a.docx", "x", "thật ra là tệp chữ thuần"),
        ("missing/a.md", None, "a.md"),
        ("empty", None, "không có tệp nào nạp được"),
    ],
)
def test_one_refused_file_leaves_all_as_it_was(
    core: FakeCore, haicap: Haicap, tmp_path: Path, name: str, body: str | None, said: str
) -> None:
    good = tmp_path / "good.md"
    good.write_text(FRONT_MATTER, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    if body is not None:
        (tmp_path / name).write_text(body, encoding="utf-8")
    assert haicap("ingest", str(good), str(tmp_path / name)).refused_with(said)
    assert core.opened == 0


def test_ingest_options_are_for_one_plain_file(
    core: FakeCore, haicap: Haicap, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("1. Nội dung.", encoding="utf-8")
    (tmp_path / "c.md").write_text(FRONT_MATTER, encoding="utf-8")
    options = ["--title", "T", "--issuer", "I", "--issued-on", "2025-07-11"]
    two = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    assert haicap("ingest", *two, *options).refused_with("một tệp")
    assert haicap("ingest", str(tmp_path / "c.md"), *options).refused_with("c.md", "khối '---'")


# serve


def test_serve_refuses_a_taken_port_before_opening(core: FakeCore, haicap: Haicap) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert haicap("serve", "--port", port).refused_with(port, "HAICAP_PORT=")
    assert core.opened == 0


def test_serve_refuses_an_address_that_is_not_here(core: FakeCore, haicap: Haicap) -> None:
    assert haicap("serve", "--host", "192.0.2.1").refused_with("192.0.2.1", "HAICAP_HOST")


# Commands


def test_every_command_runs_what_it_names() -> None:
    for command in COMMANDS:
        assert callable(pkgutil.resolve_name(command.run)), command.name


# What takes time to import, ours too.
HEAVY = (
    *("chromadb", "fastapi", "langchain_core", "numpy", "onnxruntime", "pydantic", "rich"),
    *("sqlalchemy", "structlog", "tantivy", "telegram", "uvicorn", "yaml"),
    *("bot.opening", "bot.settings", "evals.asking", "retrieval.index"),
)
PROBE = """
import contextlib, io, json, sys
from bot.doors.cli.main import main
lines, heavy = json.load(sys.stdin)
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    statuses = [main(words) for words in lines]
print(json.dumps([statuses, [name for name in heavy if name in sys.modules]]))
"""


def loaded_by(*lines: list[str]) -> tuple[list[int], list[str]]:
    """The exit status of each command line, and which of HEAVY a process imports for them all."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        input=json.dumps([lines, HEAVY]),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HAICAP_RATE_LIMIT": "many"},
    )
    statuses, heavy = json.loads(done.stdout)
    return statuses, heavy


def test_help_and_usage_errors_import_nothing_heavy() -> None:
    helped = [["--help"], ["--version"], ["eval", "--help"], ["eval", "record", "--help"]]
    helped += [[command.name, "--help"] for command in COMMANDS]
    refused = [[], ["askk", "x"], ["bench", "--sizes", "many"], ["eval", "record", "--no-such"]]
    refused += [[command.name, "--no-such-option"] for command in COMMANDS]
    statuses, heavy = loaded_by(*helped, *refused)
    assert statuses == [0] * len(helped) + [2] * len(refused)
    assert heavy == []


def test_heavy_imports_are_seen() -> None:
    statuses, heavy = loaded_by(["documents"])  # refused by its settings
    assert statuses == [2]
    assert heavy == ["pydantic", "bot.settings"]


# Commands of other packages


def test_another_package_adds_a_command(haicap: Haicap, monkeypatch: pytest.MonkeyPatch) -> None:
    def register(commands: Commands[Parser]) -> None:
        parser = commands.add_parser("hello", help="chào")
        parser.set_defaults(run="made_up_plugin:run")

    def run(args: object, settings: Settings) -> int:
        print(settings.port)
        return 0

    module = SimpleNamespace(register=register, run=run)
    monkeypatch.setitem(sys.modules, "made_up_plugin", module)
    entries = [EntryPoint("hello", "made_up_plugin:register", cli.PLUGINS)]
    monkeypatch.setattr(cli, "entry_points", lambda group: entries)
    assert haicap("hello") == Outcome(0, "8000\n", "")
    assert "hello" in haicap("--help").out


@pytest.mark.parametrize("value", ["no_such_module:register", "json:no_such_name"])
def test_a_command_that_cannot_be_loaded_says_so(
    haicap: Haicap, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    entries = [EntryPoint("hello", value, cli.PLUGINS)]
    monkeypatch.setattr(cli, "entry_points", lambda group: entries)
    assert haicap("hello", "--any", "thing").refused_with(value, "make run")
    assert "(không nạp được)" in haicap("--help").out
    assert haicap("ask").refused_with("CÂU_HỎI")  # the others go on working


# Rendering


def test_text_is_wrapped_to_the_screen() -> None:
    text = render_answer(ANSWER, Screen(width=40))
    assert max(len(line) for line in text.split("\n")) <= 40
    quoted = " ".join(line[1:].strip() for line in text.split("\n") if line.startswith("│"))
    assert quoted == f"“{QUOTE}” [1]"


def test_colours_only_where_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Screen.of(terminal).colour
    assert not Screen.of(io.StringIO()).colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not Screen.of(terminal).colour
    assert "\x1b[1mBan thường vụ" in render_answer(ANSWER, Screen(colour=True))


def test_blocks_on_a_terminal() -> None:
    blocks = (
        Intro(text("Mở đầu:")),
        Items(texts("**một**", "*hai* 2 [1]")),
        Items(texts("ba", "bốn"), numbered=True),
        Quotation(text("dòng một"), 2, text("(trích)")),
        Field("Phí", texts("20.000 đồng [1]")),
        Field("Giấy tờ", texts("tờ khai"), listed=True),
        Fields((Field("Hạn", texts("hai ngày")),)),
        Choices((Option("Xã A", "Xã A ở đâu?"),)),
    )
    assert terminal(blocks, Screen()).split("\n\n") == [
        "Mở đầu:",
        "• một\n• hai 2 [1]",
        "1. ba\n2. bốn",
        "│ “dòng một” [2] (trích)",
        "Phí: 20.000 đồng [1]",
        "Giấy tờ:",
        "• tờ khai",
        "• Hạn: hai ngày",
        "• Xã A",
    ]
    assert terminal([Note(text("2 **x**"))], Screen(colour=True)) == "2 \x1b[1mx\x1b[22m"


def test_an_answer_cannot_steer_the_terminal() -> None:
    hostile = Note(Text.of("a\x1b]0;title\x07b\u202ec **d** > e\n- f"))
    assert terminal([hostile], Screen()) == "a ]0;title b c **d** > e - f"


def test_public_address_of_a_source() -> None:
    text = render_answer(ANSWER, Screen(), public_url="https://hoi.example")
    assert "https://hoi.example/van-ban/ket-luan-177-kl-tw#muc-4-diem-10" in text


# A process of its own: locale, pipes, signals

# The core is ours; importing the real one would be two seconds of each start.
# In place of the whole of bot.opening, whose import would be most of each start's second.
PROGRAM = """
import sys, types
sys.path.insert(0, {tests!r})
from test_bot_cli import FakeCore
sys.modules["bot.opening"] = types.SimpleNamespace(Core=FakeCore, open_core=FakeCore().open)
from bot.doors.cli import main
sys.exit(main.main())
"""


def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
    program = PROGRAM.format(tests=str(ROOT / "tests"))
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_vietnamese_in_any_locale(locale: dict[str, str]) -> None:
    out, err = start("ask", "Ai chỉ đạo?", **locale).communicate(timeout=60)
    assert "Ban thường vụ tỉnh uỷ" in out.decode("utf-8")
    assert err == b"a library prints\n"


def test_a_reader_that_leaves_is_no_error() -> None:
    process = start("ask", "x")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b"a library prints\n"
    assert process.wait(timeout=60) == 0


def test_ctrl_c_while_waiting_for_a_line() -> None:
    process = start("chat")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("một\n".encode())
    process.stdin.flush()
    while "việc hai" not in process.stdout.readline().decode():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")


def test_serve_until_told_to_stop(free_port: int) -> None:
    process = start("serve", HAICAP_PORT=str(free_port))
    try:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{free_port}" in process.stdout.readline().decode()
        reply = httpx.HTTPTransport(retries=10).handle_request(
            httpx.Request("GET", f"http://127.0.0.1:{free_port}/readyz")
        )
        assert reply.status_code == 200
    finally:
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err


# doctor


@dataclass(frozen=True)
class Finding:
    """As `bot.doors.cli.doctor.Finding`."""

    level: str
    subject: str
    detail: str
    mend: str


@pytest.mark.parametrize(("level", "status"), [("ok", 0), ("warning", 0), ("error", 1)])
def test_doctor_says_how_to_mend(
    haicap: Haicap, monkeypatch: pytest.MonkeyPatch, level: str, status: int
) -> None:
    findings = [
        Finding("ok", "Thư mục dữ liệu", "ghi được", ""),
        Finding(level, "Chỉ mục", "chưa có", "haicap serve"),
    ]
    monkeypatch.setattr("bot.doors.cli.doctor.check", lambda settings: findings)
    done = haicap("doctor")
    assert done.status == status
    assert "Chỉ mục: chưa có\n" in done.out
    assert done.out.count("Cách sửa: haicap serve") == 1

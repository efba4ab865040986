"""The command `haicap`: every subcommand is one `add_*` function and one `run_*` function."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import errno
import json
import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from bot.answer.codec import to_public
from bot.answer.rendering.terminal import Screen, printable
from bot.doors.cli.parser import Commands, Parser
from bot.doors.cli.places import add_places
from bot.doors.cli.procedures import procedure_commands
from bot.doors.cli.render import render_answer, render_document
from bot.doors.cli.telegram import beside, telegram_command
from bot.errors import BotError, QuestionError, UsageError
from bot.question.checking import check_question
from bot.settings import PREFIX, Settings
from knowledge.errors import KnowledgeError
from knowledge.models import Document
from knowledge.reading.format import Told
from knowledge.reading.formats import format_of, read_document
from prompts.errors import PromptError
from prompts.wording import load_wording
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from bot.doors.cli.asking import Asked
    from bot.opening import Core

DONE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
PLUGINS = "haicap.commands"  # entry points of packages above `bot`: register(commands) -> None
LEAVE = ("/thoat", "/thoát")
NEW_TALK = ("/moi", "/mới")

Run = Callable[[argparse.Namespace, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after `haicap`; None for those of the process.

    Returns:
        0 done, 1 failed, 2 wrong usage or refused input, 130 stopped by Ctrl-C.
    """
    _speak_utf8()
    try:
        try:
            status = _run(sys.argv[1:] if argv is None else argv)
        except SystemExit as leaving:  # --help, --version, and a server told to stop
            status = leaving.code if isinstance(leaving.code, int) else DONE
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader has all it wanted, as in `haicap documents | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (BotError, KnowledgeError, RetrievalError, PromptError) as error:
        return _complain(str(error), REFUSED)
    except Exception as error:
        if os.environ.get(f"{PREFIX}LOG_LEVEL", "").lower() == "debug":
            traceback.print_exc()
        return _complain(_unexpected(error), FAILED)
    return status


def _run(argv: Sequence[str]) -> int:
    args = _parse(argv)
    settings = Settings()
    _log_quietly(settings)
    run: Run = args.run
    return run(args, settings)


# Parsing


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = Parser(
        prog="haicap",
        description="Hai Cấp: hỏi đáp về chính quyền địa phương hai cấp, dẫn nguyên văn văn bản.",
    )
    release = f"haicap {version('haicap')}"
    parser.add_argument("--version", action="version", version=release, help="xem phiên bản")
    commands: Commands[Parser] = parser.add_subparsers(
        title="Các lệnh", metavar="LỆNH", dest="command", required=True, parser_class=Parser
    )
    for add in COMMANDS:
        add(commands)
    named = next((word for word in argv if not word.startswith("-")), None)
    if named not in commands.choices:  # a command of another package, or a list of them all
        for entry in entry_points(group=PLUGINS):
            _plug_in(entry, commands, named=entry.name == named)
    return parser.parse_args(argv)


def _plug_in(entry: EntryPoint, commands: Commands[Parser], *, named: bool) -> None:
    """Let another package add its command; one that cannot be loaded harms no other."""
    try:
        register = entry.load()
    except (ImportError, AttributeError) as error:
        if named:
            problem = f"lệnh {entry.name!r} không nạp được từ {entry.value!r} ({error})"
            raise UsageError(f"{problem}. Cài lại bằng: make run") from error
        commands.add_parser(entry.name, help="(không nạp được)")
    else:
        register(commands)


# The core


@contextlib.contextmanager
def opened_core(settings: Settings) -> Iterator[Core]:
    """The core, closed afterwards; building its index shows progress on stderr."""
    from bot.opening import open_core  # seconds of imports that --help need not wait for

    with _IndexProgress() as progress, contextlib.redirect_stdout(sys.stderr):
        core = open_core(settings, progress=progress)
    try:
        yield core
    finally:
        with contextlib.redirect_stdout(sys.stderr):
            core.close()


def asked_of(settings: Settings) -> AbstractContextManager[Asked]:
    """Whom to ask: the core, or the server that has the data folder."""
    from bot.doors.cli.asking import assistant_or_server  # it imports the core

    return assistant_or_server(lambda: opened_core(settings))


class _IndexProgress:
    """A bar on a terminal; elsewhere two plain lines. Nothing when nothing is built."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        text = TextColumn("Đang lập chỉ mục")
        self._bar = Progress(text, BarColumn(), MofNCompleteColumn(), console=console)
        self._live = console.is_terminal
        self._task: TaskID | None = None

    def __enter__(self) -> _IndexProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None and self._live:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=total)
            if self._live:
                self._bar.start()
            else:
                _note(f"Đang lập chỉ mục {total} mẩu văn bản ...")
        self._bar.update(self._task, completed=done, total=total)
        if done == total and not self._live:
            _note(f"Đã lập chỉ mục {total} mẩu văn bản.")


# serve


def add_serve(commands: Commands[Parser]) -> None:
    """`haicap serve`."""
    parser = commands.add_parser("serve", help="mở trang web và API trên máy này")
    parser.add_argument("--host", metavar="ĐỊA_CHỈ", help="thay cho HAICAP_HOST")
    parser.add_argument("--port", metavar="CỔNG", help="thay cho HAICAP_PORT")
    parser.set_defaults(run=run_serve)


def run_serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop; the port is taken before the index is opened."""
    given = {key: value for key in ("host", "port") if (value := getattr(args, key))}
    if given:
        settings = Settings(**given)
    # FastAPI and uvicorn are of no use to the other commands.
    import uvicorn

    from bot.doors.web.logs import configure_logs
    from bot.doors.web.server import server_config

    configure_logs(settings.log_level)
    signal.signal(signal.SIGTERM, _stop)  # uvicorn hands the signal on after its shutdown
    with _bound(settings) as listener, opened_core(settings) as core:
        bot = beside(core, settings)
        server = uvicorn.Server(server_config(core, settings, bot.receiver if bot else None))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"Hai Cấp: http://{host}:{settings.port} (dừng bằng Ctrl-C)", flush=True)
        with bot.running(server) if bot else contextlib.nullcontext():
            try:
                server.run(sockets=[listener])
            except OSError as error:  # somebody else began to listen meanwhile
                _refuse_address(settings, error)
    return DONE


def _stop(*_: object) -> NoReturn:
    raise SystemExit(DONE)


def _bound(settings: Settings) -> socket.socket:
    """A socket that holds the address and does not listen yet."""
    listener = None
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener:
            listener.close()
        _refuse_address(settings, error)
    return listener


def _refuse_address(settings: Settings, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        problem = f"cổng {settings.port} trên {settings.host} đang có chương trình khác dùng"
        mend = f"Dừng chương trình đó hoặc chọn cổng khác: HAICAP_PORT={settings.port + 1}"
    elif error.errno == errno.EACCES:
        problem = f"không được phép mở cổng {settings.port}"
        mend = "Chọn cổng từ 1024 trở lên: HAICAP_PORT=8000"
    else:
        problem = f"không mở được địa chỉ {settings.host!r} ({error.strerror})"
        mend = "Đặt lại HAICAP_HOST, thường là 127.0.0.1"
    raise UsageError(f"{problem}. {mend}") from error


# ask and chat


def add_ask(commands: Commands[Parser]) -> None:
    """`haicap ask`."""
    parser = commands.add_parser("ask", help="hỏi một câu")
    parser.add_argument("question", metavar="CÂU_HỎI", nargs="+", help="câu hỏi; '-' đọc từ stdin")
    parser.add_argument("--json", action="store_true", help="in câu trả lời dạng JSON")
    parser.set_defaults(run=run_ask)


def run_ask(args: argparse.Namespace, settings: Settings) -> int:
    """Print the answer to one question."""
    question = _question(args.question, settings)
    check_question(
        question, settings.max_question_chars, load_wording()
    )  # before anything is built
    with asked_of(settings) as assistant, contextlib.redirect_stdout(sys.stderr):
        answer = assistant.ask(question)
    if args.json:
        _print_json(to_public(answer))
    else:
        print(render_answer(answer, Screen.of(sys.stdout), public_url=settings.public_url))
    return DONE


def add_chat(commands: Commands[Parser]) -> None:
    """`haicap chat`."""
    parser = commands.add_parser("chat", help="trò chuyện, hỏi nhiều câu nối tiếp")
    parser.set_defaults(run=run_chat)


def run_chat(args: argparse.Namespace, settings: Settings) -> int:
    """Answer line by line until /thoat or the end of input."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # line editing; it may write to the terminal when imported
    screen = Screen.of(sys.stdout)
    asking = sys.stdin.isatty()
    conversation_id: str | None = None
    with asked_of(settings) as assistant:
        if asking:
            _greet(assistant.opening_questions(), screen)
        for line in _lines("\nBạn: " if asking else ""):
            if line.lower() in LEAVE:
                break
            if line.lower() in NEW_TALK:
                conversation_id = None
                print("Đã bắt đầu cuộc trò chuyện mới.")
                continue
            try:
                answer = assistant.ask(_readable(line), conversation_id)
            except QuestionError as error:
                print(screen.wrap(printable(error.message_vi)))
                continue
            conversation_id = answer.conversation_id
            text = render_answer(answer, screen, public_url=settings.public_url)
            print(f"\n{text}", flush=True)
    return DONE


def _greet(examples: Iterable[str], screen: Screen) -> None:
    print(screen.wrap("Hai Cấp xin chào. Bạn gõ câu hỏi rồi bấm Enter."))
    print(screen.wrap("Gõ /moi để sang chuyện khác, /thoat hoặc Ctrl-D để dừng."))
    for example in examples:
        print(screen.paint(screen.wrap(example, first="- ", rest="  "), "dim"))


def _lines(prompt: str) -> Iterator[str]:
    """Lines typed, without blank ones, until the end of input."""
    while True:
        try:
            line = input(prompt).strip()
        except EOFError:
            if prompt:
                print()
            return
        if line:
            yield line


def _question(words: Sequence[str], settings: Settings) -> str:
    """The question from the command line, or from stdin for "-"."""
    if list(words) != ["-"]:
        return _readable(" ".join(words))
    limit = 4 * settings.max_question_chars + 1024  # bytes; UTF-8 takes at most 4 a character
    raw = sys.stdin.buffer.read(limit + 1)
    if len(raw) > limit:
        raise UsageError(
            f"câu hỏi trong stdin dài hơn {settings.max_question_chars} ký tự. Hãy hỏi ngắn hơn"
        )
    return _readable(raw.decode("utf-8", "surrogateescape").strip())


def _readable(text: str) -> str:
    """The text, with bytes that the locale could not read taken as UTF-8.

    Raises:
        QuestionError: they are not UTF-8 either.
    """
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"Câu hỏi không phải chữ UTF-8 (byte thứ {error.start}). Hãy gõ lại bằng Unicode."
        raise QuestionError(message, "not_utf8") from error
    except UnicodeEncodeError:  # a narrow locale that read every byte already
        return text


# documents, ingest, doctor


def add_documents(commands: Commands[Parser]) -> None:
    """`haicap documents`."""
    parser = commands.add_parser("documents", help="liệt kê các văn bản đang có")
    parser.add_argument("--json", action="store_true", help="in danh sách dạng JSON")
    parser.set_defaults(run=run_documents)


def run_documents(args: argparse.Namespace, settings: Settings) -> int:
    """Print the documents, oldest first."""
    with opened_core(settings) as core:
        documents = core.store.documents.all()
    if args.json:
        _print_json([_document_facts(document) for document in documents])
        return DONE
    screen = Screen.of(sys.stdout)
    print("\n\n".join(render_document(document, screen) for document in documents))
    return DONE


def _document_facts(document: Document) -> dict[str, object]:
    facts = dataclasses.asdict(document.metadata)
    return {**facts, "passages": len(document.passages), "url": f"/van-ban/{document.id}"}


def add_ingest(commands: Commands[Parser]) -> None:
    """`haicap ingest`."""
    parser = commands.add_parser(
        "ingest",
        help="nạp văn bản: tệp Markdown có khối thông tin ở đầu, thư mục, hoặc tệp chữ thuần",
    )
    parser.add_argument("paths", metavar="ĐƯỜNG_DẪN", nargs="+", type=Path, help="tệp hoặc thư mục")
    parser.add_argument("--number", metavar="SỐ_HIỆU", help="số hiệu (cho tệp chữ thuần)")
    parser.add_argument("--title", metavar="TÊN", help="tên văn bản (cho tệp chữ thuần)")
    parser.add_argument("--issuer", metavar="CƠ_QUAN", help="nơi ban hành (cho tệp chữ thuần)")
    parser.add_argument("--issued-on", metavar="NGÀY", help="ngày ban hành, dạng 2025-07-11")
    parser.set_defaults(run=run_ingest)


def run_ingest(args: argparse.Namespace, settings: Settings) -> int:
    """Read every file first, so that one refused file leaves all as it was."""
    told = Told(args.number, args.title, args.issuer, args.issued_on)
    documents = [_load(path, told) for path in _files(args.paths)]
    if told.values() and len(documents) > 1:
        raise UsageError(
            f"--title, --number ... chỉ dùng cho một tệp, đang có {len(documents)} tệp"
        )
    with opened_core(settings) as core:
        report = core.ingest(documents)
    for label, ids in (
        ("Đã thêm", report.added),
        ("Đã thay", report.replaced),
        ("Không đổi", report.unchanged),
    ):
        if ids:
            print(f"{label} {len(ids)}: {', '.join(ids)}")
    return DONE


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the Markdown files in it."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
        elif inside := sorted(path.rglob("*.md")):
            files += inside
        else:
            raise UsageError(
                f"thư mục {str(path)!r} không có tệp .md nào. Chỉ ra tệp hoặc thư mục khác"
            )
    return list(dict.fromkeys(files))


def _load(path: Path, told: Told) -> Document:
    form = format_of(path)
    if form.told_inside and told.values():
        raise UsageError(
            f"{path.name}: {form.name} mang thông tin {form.told_inside}. "
            "Bỏ --number, --title, --issuer, --issued-on"
        )
    if not form.told_inside and not told.enough:
        raise UsageError(f"{path.name}: {form.name} cần đủ --title, --issuer và --issued-on")
    return read_document(path, told)


def add_doctor(commands: Commands[Parser]) -> None:
    """`haicap doctor`."""
    parser = commands.add_parser("doctor", help="kiểm tra cài đặt, dữ liệu, chỉ mục")
    parser.set_defaults(run=run_doctor)


def run_doctor(args: argparse.Namespace, settings: Settings) -> int:
    """Print what was checked and how to mend what is wrong; 1 when something is."""
    from bot.doors.cli.doctor import check  # as in opened_core

    screen = Screen.of(sys.stdout)
    signs = {
        "ok": screen.paint("tốt  ", "cyan"),
        "warning": screen.paint("chú ý", "yellow"),
        "error": screen.paint("LỖI  ", "red"),
    }
    findings = check(settings)
    for finding in findings:
        print(f"{signs[finding.level]}  {finding.subject}: {printable(finding.detail)}")
        if finding.mend:
            print(f"       Cách sửa: {printable(finding.mend)}")
    return FAILED if any(finding.level == "error" for finding in findings) else DONE


# A new command: write its add_ function and name it here.
COMMANDS: tuple[Callable[[Commands[Parser]], None], ...] = (
    add_serve,
    add_ask,
    add_chat,
    add_documents,
    add_ingest,
    add_doctor,
    add_places,
    *procedure_commands(opened_core),
    telegram_command(opened_core),
)


# Streams


def _speak_utf8() -> None:
    """UTF-8 in and out whatever the locale says; what cannot be written becomes "?"."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: haicap ask ... >&-
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream, errors in (
        (sys.stdout, "replace"),
        (sys.stderr, "replace"),
        (sys.stdin, "surrogateescape"),
    ):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _log_quietly(settings: Settings) -> None:
    """Only what went wrong, on stderr: stdout is for answers."""
    level = logging.DEBUG if settings.log_level == "debug" else logging.ERROR
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # `serve` configures it anew
    )


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _complain(message: str, status: int) -> int:
    """Say what is wrong in one line on stderr."""
    _note("haicap: " + " ".join(printable(message).split()))
    return status


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        place = repr(str(error.filename))
        return f"không dùng được {place} ({error.strerror}). Kiểm tra quyền và chỗ trống"
    return (
        f"có lỗi ngoài dự kiến ({type(error).__name__}). "
        "Chạy lại với HAICAP_LOG_LEVEL=debug để xem chi tiết"
    )


if __name__ == "__main__":
    sys.exit(main())

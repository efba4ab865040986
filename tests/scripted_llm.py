"""An OpenAI-compatible chat server on a real socket that says what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = str | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Script:
    """What the server does; `reply` may be changed between questions."""

    reply: Reply = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    told: list[Reply] = field(default_factory=list)  # those that were heard to their end
    url: str = ""

    def prompt(self) -> str:
        """All text of the last request."""
        return "\n".join(m["content"] for m in self.requests[-1]["messages"])


@contextmanager
def scripted_llm(reply: Reply = "") -> Iterator[Script]:
    """Serve until the block ends; gives the script with its address."""
    script = Script(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # a closed connection ends the stream

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            script.requests.append(json.loads(body))
            script.headers.append(dict(self.headers))
            reply = script.reply
            try:
                if callable(reply):
                    reply(self)
                else:
                    stream(self, [reply])
                script.told.append(reply)
            except OSError:
                return  # the caller hung up, as it may

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()


def open_stream(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()


def send_piece(handler: BaseHTTPRequestHandler, text: str, finish: str | None = None) -> None:
    chunk = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": text},
                "finish_reason": finish,
            }
        ],
    }
    handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
    handler.wfile.flush()


def end_stream(handler: BaseHTTPRequestHandler, tokens: int = 7) -> None:
    send_piece(handler, "", "stop")
    usage = {"prompt_tokens": 100, "completion_tokens": tokens, "total_tokens": 100 + tokens}
    last = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [],
        "usage": usage,
    }
    handler.wfile.write(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())
    handler.wfile.flush()


def stream(handler: BaseHTTPRequestHandler, pieces: list[str]) -> None:
    """A whole, well-behaved reply."""
    open_stream(handler)
    for piece in pieces:
        send_piece(handler, piece)
    end_stream(handler)


# Trouble


def status(code: int) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        body = b'{"error": {"message": "secret-of-the-server", "type": "x"}}'
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def silence(handler: BaseHTTPRequestHandler) -> None:
    """Accept, and never answer."""
    time.sleep(10)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Bytes that keep the connection alive and say nothing."""
    open_stream(handler)
    for _ in range(100):
        handler.wfile.write(b": still here\n\n")
        handler.wfile.flush()
        time.sleep(0.1)


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Half a chunk, then a reset connection."""
    open_stream(handler)
    send_piece(handler, "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp tỉnh, cấp xã ")
    handler.wfile.write(b'data: {"id": "c", "choices": [{"del')
    handler.wfile.flush()


def not_json(handler: BaseHTTPRequestHandler) -> None:
    open_stream(handler)
    handler.wfile.write(b"data: <html>502</html>\n\ndata: [DONE]\n\n")


def html_page(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    handler.wfile.write(b"<html><body>login</body></html>")


def endless(sentence: str, times: int = 100_000) -> Reply:
    """The same words again and again, whatever `max_tokens` says."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        open_stream(handler)
        for _ in range(times):
            send_piece(handler, sentence)
        end_stream(handler, times)

    return reply


def many_tokens(handler: BaseHTTPRequestHandler) -> None:
    """100,000 tokens without a full stop."""
    open_stream(handler)
    for n in range(100_000):
        send_piece(handler, f"từ{n} ")
    end_stream(handler, 100_000)

"""A 503 as bytes, for where no application stands behind the connection (yet)."""

from __future__ import annotations

import json

_HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\n{more}\r\n"
)
_PAGE = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<h1>{title}</h1><p>{detail}</p></html>"
)
_TITLE = "Hai Cấp đang bận"
_DETAIL = "Bạn vui lòng đợi vài giây rồi thử lại."
RETRY_AFTER_S = 5


def plain_refusal(request: bytes, title: str = _TITLE, detail: str = _DETAIL) -> bytes:
    """The answer to the first bytes of a request: a page for people, else a problem as JSON."""
    if b"text/html" in request.lower():
        kind, body = "text/html; charset=utf-8", _PAGE.format(title=title, detail=detail)
    else:
        kind = "application/problem+json"
        problem = {"type": "/docs#busy", "title": title, "status": 503, "detail": detail}
        body = json.dumps({**problem, "code": "busy"}, ensure_ascii=False)
    return _response("503 Service Unavailable", kind, body, f"Retry-After: {RETRY_AFTER_S}\r\n")


def alive() -> bytes:
    """The answer of /healthz."""
    return _response("200 OK", "application/json", '{"status":"ok"}')


def _response(status: str, kind: str, body: str, more: str = "") -> bytes:
    data = body.encode()
    return _HEAD.format(status=status, kind=kind, length=len(data), more=more).encode() + data

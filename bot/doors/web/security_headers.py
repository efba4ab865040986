"""Middleware that gives every response a strict content policy and its companions."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.doors.web.asgi import ResponseWatch

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address may hold the question
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",  # the default; static files and documents say otherwise
}


class SecurityHeadersMiddleware:
    """Adds the headers; with an https public address, also HSTS."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        hsts = {"Strict-Transport-Security": "max-age=31536000"}
        self.headers = {**HEADERS, **(hsts if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with the headers added."""
        if scope["type"] == "http":
            send = ResponseWatch(send, self.headers)
        await self.app(scope, receive, send)

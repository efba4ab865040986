"""Puts the web application together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from bot.doors.web import api, api_docs, duties, pages, places, procedures, webhook
from bot.doors.web.access import AccessMiddleware
from bot.doors.web.assets import Assets
from bot.doors.web.body_limit import BodyLimitMiddleware
from bot.doors.web.context import WebContext
from bot.doors.web.crash_guard import CrashGuardMiddleware
from bot.doors.web.metrics import Metrics
from bot.doors.web.problems import install_problem_handlers
from bot.doors.web.protocols import CoreLike
from bot.doors.web.rate_limit import RateLimitMiddleware
from bot.doors.web.security_headers import SecurityHeadersMiddleware
from bot.doors.web.templating import Templates
from bot.settings import Settings


def create_app(
    core: CoreLike, settings: Settings, receiver: webhook.Receiver | None = None
) -> FastAPI:
    """The application for one core; nothing is opened or read later than here.

    Args:
        core: what answers.
        settings: limits and addresses.
        receiver: takes what Telegram posts; None where no webhook is used.
    """
    assets = Assets()
    web = WebContext(core, settings, Templates(assets.url, settings.public_url), Metrics())
    app = FastAPI(
        title="Hai Cấp",
        summary="Hỏi đáp về chính quyền địa phương hai cấp, có trích dẫn nguyên văn",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the redirect would repeat the Host header, whatever it says
        middleware=_middleware(web),
    )
    app.state.web = web
    install_problem_handlers(app, web.templates)
    parts = (api, pages, places, procedures, duties, api_docs)
    for router in (*(part.router for part in parts), assets.router()):
        app.include_router(router)
    if receiver:
        app.include_router(webhook.router(receiver))
    return app


def _middleware(web: WebContext) -> list[Middleware]:
    """Outermost first: a refusal by an inner one still gets its headers and its log line."""
    settings, templates, metrics = web.settings, web.templates, web.metrics
    https = (settings.public_url or "").startswith("https:")
    return [
        Middleware(AccessMiddleware, metrics=metrics),
        Middleware(SecurityHeadersMiddleware, https=https),
        Middleware(GZipMiddleware, minimum_size=500, compresslevel=6),
        Middleware(CrashGuardMiddleware, templates=templates, log_messages=settings.log_questions),
        Middleware(
            RateLimitMiddleware,
            rate=settings.rate_limit,
            free=frozenset({webhook.PATH}),  # all of Telegram comes from a few addresses
            trusted=settings.trusted_proxies,
            templates=templates,
            metrics=metrics,
        ),
        Middleware(
            BodyLimitMiddleware,
            max_bytes=settings.max_body_bytes,
            templates=templates,
            larger={
                places.UPLOAD_PATH: places.MAX_UPLOAD_BYTES,
                webhook.PATH: webhook.MAX_UPDATE_BYTES,
            },
        ),
    ]

"""Puts the web application together."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from bot.doors.web import about, api, api_docs, duties, pages, places, procedures
from bot.doors.web.access import AccessMiddleware
from bot.doors.web.admission import AdmissionMiddleware, Bounds
from bot.doors.web.assets import Assets
from bot.doors.web.body_limit import BodyLimitMiddleware
from bot.doors.web.context import WebContext
from bot.doors.web.crash_guard import CrashGuardMiddleware
from bot.doors.web.health import HealthMiddleware
from bot.doors.web.hook import Hook
from bot.doors.web.metrics import Metrics
from bot.doors.web.problems import install_problem_handlers
from bot.doors.web.protocols import CoreLike
from bot.doors.web.rate_limit import RateLimitMiddleware
from bot.doors.web.security_headers import SecurityHeadersMiddleware
from bot.doors.web.templating import Templates
from bot.settings import Settings


def create_app(core: CoreLike, settings: Settings, hooks: Sequence[Hook] = ()) -> FastAPI:
    """The application for one core; nothing is opened or read later than here.

    Args:
        core: what answers.
        settings: limits and addresses.
        hooks: where messengers post.
    """
    assets = Assets()
    web = WebContext(core, settings, Templates(assets.url, settings.public_url), Metrics())
    app = FastAPI(
        title="Hai Cấp",
        summary="Hỏi đáp về chính quyền địa phương hai cấp, có trích dẫn nguyên văn",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the redirect would repeat the Host header, whatever it says
        middleware=_middleware(web, hooks),
    )
    app.state.web = web
    install_problem_handlers(app, web.templates)
    parts = (api, pages, about, places, procedures, duties, api_docs)
    own = (*(part.router for part in parts), assets.router())
    for router in (*own, *(hook.router for hook in hooks)):
        app.include_router(router)
    return app


def _middleware(web: WebContext, hooks: Sequence[Hook]) -> list[Middleware]:
    """Outermost first: a refusal by an inner one still gets its headers and its log line."""
    settings, templates, metrics = web.settings, web.templates, web.metrics
    https = (settings.public_url or "").startswith("https:")
    return [
        Middleware(AccessMiddleware, metrics=metrics),
        Middleware(SecurityHeadersMiddleware, https=https),
        Middleware(HealthMiddleware),
        Middleware(GZipMiddleware, minimum_size=500, compresslevel=6),
        Middleware(CrashGuardMiddleware, templates=templates, log_messages=settings.log_questions),
        Middleware(
            RateLimitMiddleware,
            rate=settings.rate_limit,
            of_routes=dict(settings.route_rate_limits),
            free=frozenset(hook.path for hook in hooks),
            trusted=settings.trusted_proxies,
            templates=templates,
            metrics=metrics,
        ),
        Middleware(
            BodyLimitMiddleware,
            max_bytes=settings.max_body_bytes,
            templates=templates,
            larger={
                places.UPLOAD_PATH: settings.upload_max_bytes + places.FORM_BYTES,
                **{hook.path: hook.max_bytes for hook in hooks},
            },
        ),
        Middleware(
            AdmissionMiddleware,
            bounds=Bounds(settings.max_working, settings.max_waiting, settings.max_wait_s),
            templates=templates,
            metrics=metrics,
        ),
    ]

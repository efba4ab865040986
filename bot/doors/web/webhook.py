"""Takes what Telegram posts; the secret proves that it is Telegram."""

from __future__ import annotations

import hmac
import json
from typing import Any, Final, Protocol

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bot.doors.web.hook import Hook
from bot.doors.web.problems import FORBIDDEN, INVALID_REQUEST, NOT_READY, ProblemError

PATH: Final = "/telegram/webhook"
MAX_UPDATE_BYTES: Final = 1_048_576
_SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 (a name)


class Receiver(Protocol):
    """Who the updates are for."""

    secret: str

    def receive(self, update: dict[str, Any]) -> bool:
        """Keep one update to be handled; False while it cannot be kept."""


def telegram_hook(receiver: Receiver) -> Hook:
    """The one endpoint."""
    made = APIRouter()

    @made.post(PATH, include_in_schema=False)
    async def webhook(request: Request) -> Response:
        """200 once the update is kept: Telegram sends it again after anything else."""
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), receiver.secret.encode()):
            raise ProblemError(FORBIDDEN)
        try:
            update = json.loads(await request.body())
        except ValueError as error:
            raise ProblemError(INVALID_REQUEST) from error
        if not isinstance(update, dict):
            raise ProblemError(INVALID_REQUEST)
        if not await run_in_threadpool(receiver.receive, update):
            raise ProblemError(NOT_READY)
        return JSONResponse({})

    return Hook(PATH, MAX_UPDATE_BYTES, made)

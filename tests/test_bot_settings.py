"""Settings: defaults, bounds, unknown names and secrets."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.errors import BotError, SettingsError
from bot.settings import PREFIX, Settings, env_example
from knowledge.store.store import open_store

ROOT = Path(__file__).parent.parent
SECRET = "do-not-print-me"


def test_defaults_work_alone() -> None:
    settings = Settings()
    assert settings.port == 8000
    assert settings.host == "127.0.0.1"
    assert settings.rate_limit == "60/minute"
    assert settings.max_question_chars == 4000
    assert settings.database_url == "sqlite:///data/haicap.sqlite3"
    assert settings.log_questions is False
    assert settings.llm_base_url is settings.chroma_url is settings.telegram_token is None


def test_environment_wins_over_env_file(tmp_path, monkeypatch) -> None:
    (tmp_path / ".env").write_text("HAICAP_PORT=9001\nHAICAP_HOST=0.0.0.0\nOTHER_TOOL=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HAICAP_PORT", "9002")
    assert (Settings().port, Settings().host) == (9002, "0.0.0.0")


def test_an_empty_value_says_nothing(tmp_path, monkeypatch) -> None:
    (tmp_path / ".env").write_text("HAICAP_PORT=9001\nHAICAP_HOST=\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HAICAP_PORT", "")
    assert (Settings().port, Settings().host) == (9001, "127.0.0.1")


def test_arguments_win_over_all(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_PORT", "9002")
    assert Settings(port=9003).port == 9003


def test_database_follows_the_data_folder(tmp_path) -> None:
    assert Settings(data_dir=tmp_path).database_url == f"sqlite:///{tmp_path}/haicap.sqlite3"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("PORT", "eighty", "1 to 65535"),
        ("RATE_LIMIT", "sixty", "N/second|minute|hour|day"),
        ("RATE_LIMIT", "0/minute", "N/second|minute|hour|day"),
        ("RATE_LIMIT", "5/fortnight", "N/second|minute|hour|day"),
        ("MAX_BODY_BYTES", "1", "1024 to 10485760"),
        ("MAX_QUESTION_CHARS", "-5", "50 to 10000"),
        ("ANSWER_RETENTION_DAYS", "0", "1 to 3650"),
        ("LOG_LEVEL", "loud", "debug, info, warning or error"),
        ("LOG_QUESTIONS", "perhaps", "true or false"),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "IP addresses or networks"),
        ("CHROMA_URL", "localhost:8000", "an http(s) address"),
        ("LLM_BASE_URL", "ftp://x", "an http(s) address"),
        ("PUBLIC_URL", "https://", "an http(s) address"),
        ("TELEGRAM_API_URL", "https://a b", "an http(s) address"),
    ],
)
def test_refused_value_is_named_in_one_line(monkeypatch, name, value, allowed) -> None:
    monkeypatch.setenv(f"HAICAP_{name}", value)
    with pytest.raises(SettingsError) as caught:
        Settings()
    message = str(caught.value)
    assert f"HAICAP_{name}={value!r}" in message
    assert allowed in message
    assert "\n" not in message
    assert isinstance(caught.value, BotError)


def test_all_refused_values_are_named_at_once(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_PORT", "x")
    monkeypatch.setenv("HAICAP_LOG_LEVEL", "y")
    with pytest.raises(SettingsError, match=r"HAICAP_PORT='x'.*HAICAP_LOG_LEVEL='y'"):
        Settings()


@pytest.mark.parametrize("name", ["HAICAP_PROT", "haicap_prot", "HAICAP_TELEGRAM_TOKN"])
def test_unknown_name_in_the_environment(monkeypatch, name) -> None:
    monkeypatch.setenv(name, SECRET)
    with pytest.raises(SettingsError, match=name.upper()) as caught:
        Settings()
    assert SECRET not in str(caught.value)


def test_unknown_name_suggests_the_nearest(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_PROT", "1")
    with pytest.raises(SettingsError, match="HAICAP_PORT"):
        Settings()


def test_unknown_name_in_env_file(tmp_path, monkeypatch) -> None:
    (tmp_path / ".env").write_text("HAICAP_NOPE=1\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="HAICAP_NOPE"):
        Settings()


def test_unknown_argument() -> None:
    with pytest.raises(SettingsError, match="HAICAP_PROT"):
        Settings(prot=1)


@pytest.mark.parametrize("name", ["llm_api_key", "telegram_token", "telegram_webhook_secret"])
def test_secrets_are_not_shown(monkeypatch, name) -> None:
    monkeypatch.setenv(f"HAICAP_{name.upper()}", SECRET)
    settings = Settings()
    assert getattr(settings, name).get_secret_value() == SECRET
    assert SECRET not in repr(settings) + str(settings)


def test_refused_secret_is_not_shown(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_TELEGRAM_WEBHOOK_SECRET", SECRET + " with spaces")
    with pytest.raises(SettingsError, match="HAICAP_TELEGRAM_WEBHOOK_SECRET") as caught:
        Settings()
    assert SECRET not in str(caught.value)


def test_password_in_database_url_is_not_shown() -> None:
    assert SECRET not in repr(Settings(database_url=f"postgresql://u:{SECRET}@localhost/db"))


def test_proxies_and_level_are_read_leniently(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    monkeypatch.setenv("HAICAP_LOG_LEVEL", "WARNING")
    settings = Settings()
    assert settings.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))
    assert settings.log_level == "warning"


def test_empty_value_means_default(monkeypatch) -> None:
    monkeypatch.setenv("HAICAP_CHROMA_URL", "")
    monkeypatch.setenv("HAICAP_PORT", "")
    assert (Settings().chroma_url, Settings().port) == (None, 8000)


def test_env_example_mirrors_the_class() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == env_example()


def test_env_example_uncommented_gives_the_defaults(tmp_path, monkeypatch) -> None:
    lines = env_example().splitlines()
    given = [line.removeprefix("#") for line in lines if line.startswith(f"#{PREFIX}")]
    assert len(given) == len(Settings.model_fields)
    before = Settings()
    (tmp_path / ".env").write_text("\n".join(given))
    monkeypatch.chdir(tmp_path)
    assert Settings() == before


def test_every_setting_says_what_it_is_and_allows() -> None:
    for field in Settings.model_fields.values():
        assert field.description
        assert field.json_schema_extra["allowed"]


def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a?b%20c #1"
    folder.mkdir()
    store = open_store(Settings(data_dir=folder).database_url)
    store.close()
    assert (folder / "haicap.sqlite3").is_file()

"""What every test shares: a clean environment, and no way to the network."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import random
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import built
import pytest
import structlog
from built import data_settings

if TYPE_CHECKING:
    from bot.opening import Core
    from bot.settings import Settings

# Model hubs must not be asked even where a test loads a model.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")


class NetworkGuard:
    """Refuses every address that is not this machine's own, and remembers who asked."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event in ("socket.connect", "socket.sendto"):
            address = args[1]
            host = address[0] if isinstance(address, tuple) else None  # AF_UNIX: a path
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = None if _is_address(args[0]) else args[0]  # a number asks no name server
        else:
            return
        if host is not None and not _is_local(host):
            self.refused.append(f"{event} {host!r}")
            raise OSError(f"tests may not use the network: {event} {host!r}")


def _name(host: object) -> str:
    return host.decode() if isinstance(host, bytes) else str(host)


def _is_address(host: object) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(_name(host).partition("%")[0]))
    return False


def _is_local(host: object) -> bool:
    name = _name(host)
    if not _is_address(name):
        return name in ("", "localhost")
    address = ipaddress.ip_address(name.partition("%")[0])
    return address.is_loopback or address.is_unspecified


_GUARD = NetworkGuard()
sys.addaudithook(_GUARD)


@pytest.fixture(autouse=True)
def network_guard() -> Iterator[NetworkGuard]:
    """Fail a test that tried the network, even when the code under test hid the error."""
    _GUARD.refused.clear()
    yield _GUARD
    tried, _GUARD.refused = _GUARD.refused, []
    if tried:
        pytest.fail(f"the test tried to use the network: {tried}")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No HAICAP_* variable, no .env and no data folder of the developer is seen.

    Returns:
        The empty folder that tests run in; `./data` is there.
    """
    built.use(tmp_path_factory)
    folder = tmp_path_factory.mktemp("cwd")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("HAICAP_")]:
            patch.delenv(name)
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The default embedder's folder, its graph built (seconds) once for all tests."""
    return built.model_folder()


@pytest.fixture(scope="session")
def built_folder() -> Iterator[Path]:
    """A data folder as the first start leaves it; tests open copies of it (see `built_copy`).

    Their cores share one embedder: opening the same graph again is 0.3 s each time.
    """
    import bot.opening  # a second or two, which few tests need

    with pytest.MonkeyPatch.context() as patch:
        folder = built.data_folder()
        patch.setattr(bot.opening, "open_embedder", built.open_embedder)
        yield folder


@pytest.fixture(scope="session")
def core(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """The real core over the bundled documents; tests only ask it, and ingest nothing."""
    from bot.opening import open_core

    opened = open_core(built_copy(built_folder, tmp_path_factory.mktemp("core") / "data"))
    yield opened
    opened.close()


def built_copy(built_folder: Path, folder: Path, **values: Any) -> Settings:
    """Settings with `folder`, a copy of the built one, as data folder."""
    shutil.copytree(built_folder, folder, symlinks=True)
    return data_settings(folder, folder / "models", **values)


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nothing listens on, and no other worker is given.

    Below the ports that the system gives to whoever asks for any.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + 200 * worker
    for port in random.sample(range(first, first + 200), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no port is free from {first} on")


@pytest.fixture(autouse=True)
def _default_logs() -> Iterator[None]:
    """`haicap serve` sets the log level of its whole process; the next test must not inherit it."""
    yield
    structlog.reset_defaults()

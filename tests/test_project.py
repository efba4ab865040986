"""The project's own files agree with each other, and the guards of the tests work."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import NetworkGuard

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
# What is installed, built or written beside the sources; git ignores it as well.
NOT_OURS = {".git", ".venv", "data", "build", "dist", "reports", "__pycache__"}
DEVELOPER_PATH = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work)/\w|[A-Z]:\\Users\\")


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def files(folder: Path = ROOT) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden_cache = path.name.endswith(("_cache", ".egg-info")) or path.name == ".hypothesis"
        if path.name in NOT_OURS or hidden_cache:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def test_one_version() -> None:
    declared = project()["project"]["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert declared == newest[1] == version("haicap")


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.findall(r"^\s*-(?!-hash=sha256:).*", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_every_dependency_with_a_hash(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    wanted = project()["project"]["dependencies"]
    if "dev" in lock:
        wanted = wanted + project()["project"]["optional-dependencies"]["dev"]
    for requirement in wanted:
        name = re.split(r"[\[<>=~! ]", requirement)[0].lower()
        assert re.search(rf"^{re.escape(name)}==", text, re.MULTILINE), name
    for entry in re.split(r"\n(?=[a-z0-9])", text):
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_both_locks_pin_the_same_versions() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_what_people_are_told_to_read_is_there() -> None:
    for name in ("README.md", "LICENSE", "CHANGELOG.md", ".env.example", "Makefile", ".ci/run"):
        assert (ROOT / name).is_file(), name
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_no_file_names_a_developers_folder() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__) and (match := DEVELOPER_PATH.search(text)):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert found == []


@pytest.mark.parametrize(
    "text", ["see /home/an/haicap", '"/work/src/x"', "/root/x", "C:\\Users\\an", "(/Users/an/x)"]
)
def test_a_developers_folder_is_seen(text: str) -> None:
    assert DEVELOPER_PATH.search(text)


def test_ci_is_a_script_that_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    subprocess.run(["bash", "-n", str(script)], check=True)


# Where the packaged llama-server does not run, building one and asking took 17 minutes.
NOT_IN_CI = {"llm"}


def test_ci_runs_every_suite_that_has_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    listed = re.search(r"^SUITES=\((.*)\)", script, re.MULTILINE)
    assert listed is not None
    markers = {m.partition(":")[0] for m in project()["tool"]["pytest"]["ini_options"]["markers"]}
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    used = {marker for marker in markers if re.search(rf"\bmark\.{marker}\b", tests)}
    assert set(listed[1].split()) == used - NOT_IN_CI, "SUITES in .ci/run"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert [suite for suite in markers if f"\ntest-{suite}:" not in makefile] == []


@pytest.mark.slow
def test_the_wheel_carries_what_the_packages_need(tmp_path: Path) -> None:
    build = ["wheel", "-qq", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path)]
    copy = tmp_path / "source"
    for path in files():  # a copy, because a build leaves folders behind
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    subprocess.run([sys.executable, "-m", "pip", *build, str(copy)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    packages = project()["tool"]["setuptools"]["packages"]["find"]["include"]
    wanted = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in files(ROOT / package.rstrip("*"))
        if path.suffix != ".pyc"
    }
    assert wanted - packed == set()


# The network guard of conftest.py


def test_the_network_is_refused(network_guard: NetworkGuard) -> None:
    with socket.socket() as client, pytest.raises(OSError, match="may not use the network"):
        client.connect(("192.0.2.1", 80))
    with pytest.raises(OSError, match="may not use the network"):
        socket.getaddrinfo("example.org", 80)
    assert len(network_guard.refused) == 2
    network_guard.refused.clear()


def test_a_hidden_refusal_is_remembered(network_guard: NetworkGuard) -> None:
    with contextlib.suppress(OSError):
        socket.create_connection(("203.0.113.1", 80), timeout=1)
    assert network_guard.refused
    network_guard.refused.clear()


def test_this_machine_is_allowed(network_guard: NetworkGuard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    assert network_guard.refused == []

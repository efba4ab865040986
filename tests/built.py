"""What takes seconds to build or open, once for all tests of a run, whatever worker runs them."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

# Nothing heavy here: most tests need none of it, and importing the core takes seconds.
if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.embedding import Embedder

_run: list[Path] = []  # the folder of this run of tests


def use(factory: pytest.TempPathFactory) -> None:
    """Build in the folder that all workers of pytest-xdist share."""
    own = factory.getbasetemp()
    _run[:] = [own.parent if "PYTEST_XDIST_WORKER" in os.environ else own]


def new_folder() -> Path:
    """An empty folder of this run, for what is no fixture."""
    return Path(tempfile.mkdtemp(dir=_run[0]))


def _once(name: str, build: Callable[[Path], object]) -> Path:
    """A folder that the first worker who asks has filled; who asks meanwhile waits."""
    folder = _run[0] / f"built-{name}"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            part = folder.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)  # of a worker that failed
            part.mkdir()
            build(part)
            part.rename(folder)
    return folder


@functools.cache
def model_folder() -> Path:
    """The default embedder's graph."""
    from retrieval.e5.model import OnnxE5

    return _once("models", OnnxE5)


@functools.cache
def data_folder() -> Path:
    """A data folder as the first start leaves it."""
    from bot.opening import open_core

    return _once("data", lambda folder: open_core(data_settings(folder, model_folder())).close())


@functools.cache
def embedder() -> Embedder:
    """The default embedder; it learns nothing from what it is asked."""
    from retrieval.embedding import open_embedder

    return open_embedder("default", model_folder())


def open_embedder(name: str, folder: Path) -> Embedder:
    """As `retrieval.embedding.open_embedder`, without opening our graph another time."""
    from retrieval.embedding import open_embedder

    ours = name == "default" and folder.resolve() == model_folder().resolve()
    return embedder() if ours else open_embedder(name, folder)


def data_settings(folder: Path, models: Path, **values: Any) -> Settings:
    """Settings with `folder` as data folder, where the embedding graph is there already."""
    from bot.settings import Settings

    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "models").exists():
        (folder / "models").symlink_to(models)
    return Settings(data_dir=folder, **values)

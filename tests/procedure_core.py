"""The real procedures on a small core, for tests of every door."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import built
from built import embedder
from fake_core import FakeCore

from bot.sources.procedures.procedures import Procedures
from knowledge.loading import load_bundled
from knowledge.store import Store
from retrieval.diacritics import Restorer


@functools.cache
def restorer() -> Restorer:
    return Restorer(own_texts=[d.text for d in load_bundled()])


def open_procedures(folder: Path) -> Procedures:
    """New procedures with a database of their own, where our records' vectors are."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built.data_folder() / "haicap.sqlite3", folder / "p.sqlite3")
    return Procedures(Store(f"sqlite:///{folder / 'p.sqlite3'}"), embedder(), restorer())


@functools.cache
def procedures() -> Procedures:
    """Our records alone; not to be changed."""
    return open_procedures(built.new_folder())


class ProcedureCore(FakeCore):
    """A core with procedures, as the web door needs it."""

    @property
    def procedures(self) -> Procedures:
        return procedures()

"""The real procedures on a small core, for tests of every door."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import built
from built import embedder
from fake_core import FakeCore

from bot.answer.draft import RecordSource
from bot.models.loader import Models
from bot.sources.procedures.confidence import Confidence
from bot.sources.procedures.placing import PlaceRecords
from bot.sources.procedures.procedures import Procedures
from bot.sources.procedures.ranking import load_ranker
from knowledge.reading.bundled import load_bundled
from knowledge.store.store import open_store
from retrieval.diacritics import Restorer

PLACE_RECORD = RecordSource(
    "dia-chi/cu-x", "x", None, "x", "2026-07-25", "Đơn vị hiện nay", "x → y", "/dia-chi?q=x"
)


@functools.cache
def restorer() -> Restorer:
    return Restorer(own_texts=[d.text for d in load_bundled()])


def open_procedures(folder: Path) -> Procedures:
    """New procedures with a database of their own, where our records' vectors are."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built.data_folder() / "haicap.sqlite3", folder / "p.sqlite3")
    store = open_store(f"sqlite:///{folder / 'p.sqlite3'}")
    models = Models(embedder().fingerprint)
    places = PlaceRecords(lambda _: PLACE_RECORD)
    confidence, ranker = Confidence.load(models), load_ranker(models)
    return Procedures(store, embedder(), restorer(), places, confidence, ranker)


@functools.cache
def procedures() -> Procedures:
    """Our records alone; not to be changed."""
    return open_procedures(built.new_folder())


class ProcedureCore(FakeCore):
    """A core with procedures, as the web door needs it."""

    @property
    def procedures(self) -> Procedures:
        return procedures()

"""Everything behind the doors, opened from the settings."""

from __future__ import annotations

import contextlib
import gc
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from bot.assistant import Assistant
from bot.conversation.conversations import Conversations
from bot.keeping.keeping import Keeping
from bot.keeping.retention import Retention
from bot.keeping.writing import Writing
from bot.question.letters import LetterReader
from bot.question.places_named import PlaceReader
from bot.question.reader import Reader
from bot.rephrasing.model import LanguageModel
from bot.rephrasing.phrased import AsComposed, Rewords
from bot.settings import Settings
from bot.sources.answering import Answering
from bot.sources.opening import FITTED, Sources
from knowledge.models import Document
from knowledge.places.resolver import open_resolver
from knowledge.reading.bundled import load_bundled
from knowledge.store.documents import IngestReport
from knowledge.store.store import Store, open_store
from prompts.wording import Wording, load_wording
from retrieval.diacritics import Restorer
from retrieval.embedding import open_embedder
from retrieval.errors import IndexLockedError, IndexMismatchError
from retrieval.index import IndexStore, Progress, SearchIndex
from retrieval.retriever import Retriever


class Core:
    """The parts that every door shares; one process owns an embedded index."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        indexes: IndexStore,
        lock: FileLock,
        models: Path = FITTED,
    ) -> None:
        """Take what `open_core` opened; `load` makes it ready."""
        self.settings, self.store, self._models = settings, store, models
        self.keeping = Keeping(store.database)
        self._indexes, self._lock = indexes, lock
        self.model = _open_model(settings)
        self.ready = False
        self.writing = Writing()
        self.retention = Retention(
            self.keeping,
            self.writing,
            settings.answer_retention_days,
            settings.conversation_retention_days,
        )

    @property
    def degraded(self) -> tuple[str, ...]:
        """What does not work while questions are answered: "writing", "damaged_documents"."""
        damaged = ("damaged_documents",) if self.damaged else ()
        return (*(("writing",) if self.writing.failing else ()), *damaged)

    def load(self, progress: Progress | None = None) -> None:
        """Open the index (built when it is missing or stale) and what stands on it."""
        index = _open_index(self.store, self._indexes, progress)
        documents = self.store.documents.all()
        self.damaged = self.store.documents.damaged()
        restorer = Restorer(own_texts=[d.text for d in documents])
        self.retriever = Retriever(documents, index, restorer)
        say, resolver = load_wording(), open_resolver()
        sources = Sources(self.store, self.retriever, resolver, say, self._models)
        self.procedures, self.router = sources.procedures, sources.router
        self.offices, self.duties = sources.offices, sources.duties
        letters = LetterReader(sources.asks)
        self.reader = Reader(
            self.retriever,
            PlaceReader(resolver),
            letters,
            sources.needs,
            sources.thing,
            sources.turns.leans,
        )
        self.assistant = Assistant(
            Conversations(
                self.keeping.turns,
                self.reader,
                sources.turns,
                sources.names_procedure,
                sources.covering,
                sources.urgent,
                say,
            ),
            Answering(self.reader, self.router, sources.refusals, say),
            self._rewording(say),
            self.keeping.answers,
            self.keeping.feedback,
            say,
            min((d.metadata.sources_as_of for d in documents), default=""),
            self.settings.max_question_chars,
            self.writing,
        )
        self.ready = True

    def _rewording(self, say: Wording) -> Rewords:
        if self.model is None:
            return AsComposed()
        from bot.rephrasing.rephraser import Phraser  # the tables of the verifier, log and all
        from bot.rephrasing.rewording import Rewording

        phraser = Phraser(
            self.model,
            self.retriever.embedder,
            self.retriever.restorer.rarity,
            say,
            self.settings.llm_context_chars,
        )
        return Rewording(phraser, self.store.documents.generation, say)

    def ingest(
        self, documents: Sequence[Document], progress: Progress | None = None
    ) -> IngestReport:
        """Store documents and let the index follow; the old one serves until the new one is whole.

        Raises:
            DocumentError: a number or id is taken twice; nothing was written.
        """
        report = self.store.documents.ingest(documents)
        gc.unfreeze()  # what stood on the old documents may go
        self.load(progress)
        return report

    def close(self) -> None:
        """Give up the data folder."""
        self.ready = False
        self.store.close()
        _owner_file(self.settings.data_dir).unlink(missing_ok=True)
        self._lock.release()


def open_core(
    settings: Settings,
    *,
    progress: Progress | None = None,
    url: str | None = None,
    models: Path = FITTED,
) -> Core:
    """Open the store and the index; build what is missing or stale.

    Args:
        settings: where everything is.
        progress: told (done, total) while passages are embedded.
        url: where this process will answer, left for other processes that find the folder taken.
        models: folder of the fitted models.

    Raises:
        IndexLockedError: another process owns the data folder.
        KnowledgeError, RetrievalError: what is wrong and how to mend it.
    """
    folder = settings.data_dir
    settings.make_data_dir()
    lock = _take(folder, url)
    gc.disable()  # what is opened stays: to look for garbage in it took an eighth of the start
    try:
        store = open_store(settings.database_url)
        store.documents.sync_bundled(load_bundled())
        indexes = IndexStore(
            folder / "index",
            open_embedder(settings.embedder, folder / "models"),
            settings.chroma_url,
        )
        core = Core(settings, store, indexes, lock, models)
        core.retention.forget()
        core.load(progress)
        indexes.clear_old()
        return core
    except BaseException:
        lock.release()
        raise
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def folder_taken(folder: Path) -> Iterator[None]:
    """Keep every other process out of a data folder while the block lasts.

    Raises:
        IndexLockedError: one has it.
    """
    lock = _take(folder, None)
    try:
        yield
    finally:
        _owner_file(folder).unlink(missing_ok=True)
        lock.release()


def _open_model(settings: Settings) -> LanguageModel | None:
    """The language model of the settings, or None when none is configured."""
    if settings.llm_base_url is None or settings.llm_model is None:
        return None
    # Its client takes a second to import, of which most installations have no use.
    from bot.rephrasing.endpoint import Endpoint

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
    where, which = settings.llm_base_url, settings.llm_model
    return LanguageModel(
        Endpoint(where, which, key, settings.llm_timeout_s, settings.llm_max_tokens)
    )


def _open_index(store: Store, indexes: IndexStore, progress: Progress | None) -> SearchIndex:
    generation = store.documents.generation()
    try:
        return indexes.open(generation)
    except IndexMismatchError:
        return indexes.build(store.documents.all(), generation, store.vectors, progress)


def _owner_file(folder: Path) -> Path:
    return folder / "owner.json"


def _take(folder: Path, url: str | None) -> FileLock:
    lock = FileLock(folder / "index.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        owner = _read_owner(folder)
        where = f" (tiến trình {owner['pid']})" if owner.get("pid") else ""
        raise IndexLockedError(
            f"Thư mục dữ liệu {str(folder)!r} đang được một tiến trình Hai Cấp khác dùng{where}. "
            "Dừng tiến trình đó, hoặc đặt HAICAP_DATA_DIR khác",
            owner.get("url"),
        ) from error
    _owner_file(folder).write_text(json.dumps({"pid": os.getpid(), "url": url}))
    return lock


def _read_owner(folder: Path) -> dict[str, str]:
    try:
        data = json.loads(_owner_file(folder).read_text())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}

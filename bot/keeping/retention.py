"""What is kept of people's use is forgotten in time, in a server that is never restarted too."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from bot.keeping.keeping import Keeping
from bot.keeping.writing import Writing
from knowledge.errors import StoreError


class Retention:
    """Forgets answers and turns past their days."""

    def __init__(
        self, keeping: Keeping, writing: Writing, answer_days: int, turn_days: int
    ) -> None:
        self._keeping, self._writing = keeping, writing
        self._answer_days, self._turn_days = answer_days, turn_days

    def forget(self) -> None:
        """Forget what is due; what cannot be written now is forgotten the next time."""
        try:
            self._keeping.answers.forget(self._answer_days)
            self._keeping.turns.forget(self._turn_days)
        except StoreError as error:
            self._writing.failed(error)

    @contextlib.contextmanager
    def running(self, every_s: float) -> Iterator[None]:
        """Forget again and again while the block lasts."""
        over = threading.Event()

        def work() -> None:
            while not over.wait(every_s):
                self.forget()

        thread = threading.Thread(target=work, name="retention", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

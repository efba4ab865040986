"""Whether what should be kept is kept: answering does not wait for it."""

from __future__ import annotations

import threading

import structlog

log = structlog.get_logger("haicap.keeping")


class Writing:
    """What became of the last attempt to keep something; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.failing = False

    def failed(self, error: Exception) -> None:
        """Nothing was kept: a full disk, or one that may only be read. Logged once."""
        with self._lock:
            first, self.failing = not self.failing, True
        if first:
            log.error("not_kept", reason=str(error))

    def worked(self) -> None:
        """It was kept."""
        self.failing = False

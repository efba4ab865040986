"""Limits on work that hold on a busy machine: the thread's own processor time is what counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail where the block works longer than `seconds`, however long it took."""
    began = time.thread_time()
    yield
    assert time.thread_time() - began < seconds

"""Keeps the token out of logs: it is part of every address that the HTTP client asks."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Final

# They log addresses, and a traceback for each answer that is no JSON, such as a proxy's 502.
_LOUD: Final = ("httpx", "httpcore", "telegram")
_HIDDEN: Final = "(token)"


def hide_token(token: str) -> None:
    """From now on no record of `logging` in this process holds the token."""
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    make = logging.getLogRecordFactory()

    def made(*args: Any, **options: Any) -> logging.LogRecord:
        record = make(*args, **options)
        text = record.getMessage()
        if token in text:
            record.msg, record.args = text.replace(token, _HIDDEN), ()
        if record.exc_info and record.exc_info[0]:
            told = "".join(traceback.format_exception(*record.exc_info))
            if token in told:
                record.exc_info, record.exc_text = None, told.replace(token, _HIDDEN)
        return record

    logging.setLogRecordFactory(made)

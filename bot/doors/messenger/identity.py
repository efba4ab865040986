"""People and chats as opaque keys: without the key file nobody can tell who they are."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

_KEY_BYTES: Final = 32
_SHOWN: Final = 32  # hexadecimal digits of a key: 128 bits
_UPDATE_SHOWN: Final = 16


class Identities:
    """A keyed hash for each person and chat; the same ones after a restart."""

    def __init__(self, key_file: Path) -> None:
        """Read the key of a messenger, or make one that only its owner can read."""
        self._key = _read_key(key_file)

    def person(self, user_id: int | str) -> str:
        """The opaque key of a user."""
        return self._hash(f"person:{user_id}")

    def chat(self, chat_id: int | str) -> str:
        """The opaque key of a chat."""
        return self._hash(f"chat:{chat_id}")

    def update(self, update_id: int, content: str) -> str:
        """The key of an update; ids alone begin anew after a week without any."""
        return f"{update_id}:{self._hash(content)[:_UPDATE_SHOWN]}"

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:_SHOWN]


def _read_key(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) == _KEY_BYTES:
            return key
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)  # cut short by a full disk: of no use
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key

"""What an answer of the language model took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Usage:
    """What one answer took; tokens are the server's count, or None where it gives none."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float = 0.0
    pieces: int = 0

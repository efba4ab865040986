"""Where a messenger posts what people write to it, for the application to take in."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter


@dataclass(frozen=True, slots=True)
class Hook:
    """A path with its own largest body; one messenger is many people: no rate limits it."""

    path: str
    max_bytes: int
    router: APIRouter

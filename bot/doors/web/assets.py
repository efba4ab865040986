"""Static files: few and small, kept in memory, addressed by the hash of their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.doors.web.problems import NOT_FOUND, ProblemError

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_FOREVER = "public, max-age=31536000, immutable"
_CHECK_FIRST = "no-cache"


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    content: bytes
    media_type: str
    version: str  # changes with the content


class Assets:
    """All files of a folder by name."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._assets = {path.name: _load(path) for path in folder.iterdir() if path.is_file()}

    def url(self, name: str) -> str:
        """Address of a file that may be cached for ever."""
        return f"/static/{name}?v={self._assets[name].version}"

    def router(self) -> APIRouter:
        """The routes that serve the files."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/static/{name}", self._serve, methods=["GET", "HEAD"])
        router.add_api_route("/robots.txt", self._robots, methods=["GET", "HEAD"])
        return router

    def _serve(self, name: str, request: Request) -> Response:
        asset = self._assets.get(name)
        if asset is None:
            raise ProblemError(NOT_FOUND)
        same = request.query_params.get("v") == asset.version
        etag = f'"{asset.version}"'
        headers = {"Cache-Control": _FOREVER if same else _CHECK_FIRST, "ETag": etag}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, headers=headers, media_type=asset.media_type)

    def _robots(self, request: Request) -> Response:
        return self._serve("robots.txt", request)


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, _TYPES[path.suffix], version)

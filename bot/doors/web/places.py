"""Places on the web: look-up page, table conversion, and the API."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.answer.draft import RecordSource
from bot.answer.rendering.html import unnumbered
from bot.doors.web.context import AnyWeb, WebContext
from bot.doors.web.problems import INVALID_REQUEST, NOT_READY, Problem, ProblemError, wants_page
from bot.settings import Settings
from bot.sources.places.apart import convert_apart
from bot.sources.places.converting import Done, Limits
from bot.sources.places.drafts import PlaceDrafts
from bot.sources.places.records import PAGE, day
from knowledge.places.errors import PlaceTableError
from knowledge.places.models import Commune, PlaceResolution, Province
from knowledge.places.resolver import open_resolver
from knowledge.text import clean
from prompts.wording import load_wording

router = APIRouter()
UPLOAD_PATH = f"{PAGE}/bang"
FORM_BYTES = 16_384  # of the form around the file
MAX_CHARS = 1_000  # of an address
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BUSY = replace(
    NOT_READY,
    title="Đang đổi một bảng khác",
    detail="Bạn vui lòng thử lại sau ít giây.",
    headers={"Retry-After": "10"},
)
# One table at a time: it is all computing, and people who ask should not wait for it.
_CONVERTING = threading.Lock()
_Q = Query(description="Địa chỉ, tên đơn vị, hoặc câu có địa chỉ", max_length=MAX_CHARS)


class PlaceUnitOut(BaseModel):
    """A unit of today."""

    name: str
    kind: str
    province: str
    code: str
    since: str | None = None


class OldPlaceOut(BaseModel):
    """A unit of before."""

    name: str
    kind: str
    level: str
    district: str | None
    province: str
    code: str


class PlaceOptionOut(BaseModel):
    """One of the places that a name may mean."""

    name: str
    address: str
    new: list[PlaceUnitOut]


class AlsoOut(OldPlaceOut):
    """An old unit of the same name as a unit of today."""

    new: list[PlaceUnitOut]


class PlaceOut(BaseModel):
    """What a text means as a place."""

    status: str
    matched: str
    level: str
    old: OldPlaceOut | None
    new: list[PlaceUnitOut]
    options: list[PlaceOptionOut]
    near: list[str]
    how: str
    check: bool
    also: list[AlsoOut]
    as_of: str


@router.get(
    "/api/places/resolve", response_model=PlaceOut, summary="Xã, phường, huyện, tỉnh cũ nay là gì"
)
def resolve(q: str = _Q) -> JSONResponse:
    """The unit of today, all it may be, or that it is not known."""
    return JSONResponse(open_resolver().resolve(_checked(q)).to_dict())


@router.api_route(PAGE, methods=["GET", "HEAD"], include_in_schema=False)
def page(web: AnyWeb, q: str = Query("", max_length=MAX_CHARS)) -> HTMLResponse:
    """Look a place up; the general facts; the form for a table."""
    text = clean(q).strip()
    if not any(c.isalnum() for c in text):
        return _page(web)
    return _page(web, query=text, found=open_resolver().resolve(text))


@router.post(UPLOAD_PATH, include_in_schema=False)
async def convert(request: Request, web: AnyWeb) -> Response:
    """The uploaded table with the units of today, to download."""
    async with request.form(max_files=1, max_fields=4) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            return _refused(web, request, "Bạn chưa chọn tệp.")
        name, data = upload.filename, await upload.read()
    try:
        done = await run_in_threadpool(_converted, data, name, web.settings)
    except PlaceTableError as error:
        return _refused(web, request, f"{error}.")
    path = PurePath(name)
    out = quote(f"{path.stem[:80]}-moi{path.suffix.lower()}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{out}",
        "X-Haicap-Rows": str(done.rows),
        "X-Haicap-To-Check": str(done.to_check),
    }
    return Response(done.content, media_type=_TYPES[done.kind], headers=headers)


def _converted(data: bytes, name: str, settings: Settings) -> Done:
    if not _CONVERTING.acquire(blocking=False):
        raise ProblemError(_BUSY)
    try:
        limits = Limits(
            settings.upload_max_rows,
            settings.upload_max_cells,
            settings.upload_timeout_s,
            settings.upload_memory_mb,
        )
        return convert_apart(data, name, limits)
    finally:
        _CONVERTING.release()


def _checked(q: str) -> str:
    text = clean(q).strip()
    if "\0" in q or not any(c.isalnum() for c in text):
        raise ProblemError(_invalid("q: chưa có địa chỉ."))
    return text


def _invalid(detail: str) -> Problem:
    return replace(INVALID_REQUEST, detail=detail)


def _refused(web: WebContext, request: Request, detail: str) -> Response:
    if wants_page(request.scope):
        return _page(web, status=422, notice=detail)
    raise ProblemError(_invalid(detail))


def _page(
    web: WebContext,
    *,
    status: int = 200,
    query: str = "",
    found: PlaceResolution | None = None,
    notice: str = "",
) -> HTMLResponse:
    answers = PlaceDrafts(open_resolver(), load_wording())
    shown = _shown(answers, found) if found else None
    commune = found.commune if found else None
    offices = web.core.offices.of(commune.code) if commune else ()
    html = web.templates.render(
        "places.html",
        query=query,
        shown=shown,
        offices=[(office, day(office.as_of)) for office in offices],
        notice=notice,
        facts=_facts(answers),
        max_chars=MAX_CHARS,
        max_rows=web.settings.upload_max_rows,
        upload_path=UPLOAD_PATH,
    )
    return HTMLResponse(html, status, {"X-Robots-Tag": "noindex"} if query else None)


def _shown(answers: PlaceDrafts, found: PlaceResolution) -> dict[str, Any]:
    draft = answers.describe(found)
    unit = found.new[0] if len(found.new) == 1 else None
    units = []
    if isinstance(unit, Province):
        units = answers.resolver.catalogue.by_province[unit.code]
    made_of = answers.records.made_of(unit) if isinstance(unit, Commune) else []
    return {
        "status": load_wording()(f"places.status.{found.status}"),
        "pieces": unnumbered(draft.blocks),
        "made_of": made_of if found.status != "current" else [],
        "units": units,
        "records": [
            (source.field, source.quote.split("; "))
            for source in draft.sources
            if isinstance(source, RecordSource) and "?" in source.url  # the others stand below
        ],
        "suggestions": draft.suggestions,
    }


def _facts(answers: PlaceDrafts) -> dict[str, Any]:
    catalogue = answers.resolver.catalogue
    overlay = catalogue.overlay
    return {
        "as_of": catalogue.as_of,
        "since": day(overlay.since.isoformat()),
        "overlay": overlay,
        "law_date": day(overlay.law_date.isoformat()),
        "provinces": sorted(catalogue.provinces.values(), key=lambda p: (p.kind, p.code)),
        "province_counts": catalogue.province_counts(),
        "counts": catalogue.counts(),
        "sizes": {code: len(units) for code, units in catalogue.by_province.items()},
    }

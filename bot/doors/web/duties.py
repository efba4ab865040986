"""Duties on the web: the page with its filters, the files, and the API."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.doors.web.context import ReadyWeb, WebContext
from bot.doors.web.problems import INVALID_REQUEST, ProblemError
from knowledge.duties.choosing import Wanted, read_day
from knowledge.duties.models import Duty
from knowledge.duties.payload import payload
from knowledge.duties.writing import FileKind, write
from knowledge.text import clean

router = APIRouter()
PAGE = "/viec-duoc-giao"
MAX_CHARS = 200  # of a body's or a document's name
_TYPES: dict[FileKind, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in _TYPES.values()}}
}


class DueOut(BaseModel):
    """By when; `words` is verbatim, `text[start:end]` of the document."""

    kind: Literal["date", "month", "recurring", "event", "none"]
    words: str
    start: int
    end: int
    first: str | None
    last: str | None
    every: Literal["day", "week", "month", "quarter", "year"] | None
    weekday: int | None
    day: int | None
    month: int | None
    hour: int | None


class DutyOut(BaseModel):
    """Who, with whom, what, by when; `deed` is verbatim, `text[start:end]` of the document."""

    id: str
    bearer: str
    partners: str
    directed: str
    under: str
    deed: str
    due: DueOut
    overdue: bool
    document_id: str
    document: str
    passage_id: str
    locator: str
    start: int
    end: int
    url: str


def _text(description: str) -> Any:
    return Query(max_length=MAX_CHARS, pattern=r"^[^\x00]*$", description=description)


_Body = Annotated[str, _text("Cơ quan làm, phối hợp hoặc được chỉ đạo; gõ không dấu được")]
_Document = Annotated[str, _text("Số hiệu hoặc id của văn bản")]
_Day = Annotated[str, _text("Ngày, dạng 2025-07-31")]
_Before = Annotated[str, _text("Hạn trước ngày này")]
_Overdue = Annotated[bool, Query(description="Chỉ việc đã qua ngày cuối")]
_On = Annotated[str, _text("Tính quá hạn vào ngày này; mặc định: hôm nay")]
_Format = Annotated[Literal["json", "csv", "xlsx", "ics"], Query(description="Dạng trả về")]


@router.get(
    "/api/duties",
    response_model=list[DutyOut],
    responses=_FILES,
    summary="Việc được giao: ai, với ai, làm gì, hạn nào",
)
def duties(
    web: ReadyWeb,
    agency: _Body = "",
    document: _Document = "",
    due_from: _Day = "",
    due_before: _Before = "",
    overdue: _Overdue = False,
    on: _On = "",
    format: _Format = "json",
) -> Response:
    """The duties of all documents that fit, those that end first before the others."""
    today, before = _day("on", on) or date.today(), _day("due_before", due_before)
    wanted = Wanted(
        clean(agency).strip(),
        clean(document).strip(),
        _day("due_from", due_from),
        before - timedelta(days=1) if before else None,
        overdue,
    )
    found = web.core.duties.chosen(wanted, today)
    if format == "json":
        return JSONResponse([payload(duty, today) for duty in found])
    headers = {"Content-Disposition": f'attachment; filename="viec-duoc-giao.{format}"'}
    data = write(format, found, today, web.settings.public_url or "")
    return Response(data, media_type=_TYPES[format], headers=headers)


@router.api_route(PAGE, methods=["GET", "HEAD"], include_in_schema=False)
def page(
    request: Request,
    web: ReadyWeb,
    co_quan: _Body = "",
    van_ban: _Document = "",
    tu: _Day = "",
    den: _Day = "",
    qua_han: bool = False,
    ngay: _Day = "",
) -> HTMLResponse:
    """The duties with a form to choose among them; complete without JavaScript."""
    given = {"tu": tu, "den": den, "ngay": ngay}
    days = {name: read_day(text) for name, text in given.items()}
    wrong = [text for name, text in given.items() if text.strip() and days[name] is None]
    today = days["ngay"] or date.today()
    wanted = Wanted(
        clean(co_quan).strip(), clean(van_ban).strip(), days["tu"], days["den"], qua_han
    )
    found = () if wrong else web.core.duties.chosen(wanted, today)
    html = _rendered(web, wanted, found, today, days["ngay"], wrong)
    headers = {"X-Robots-Tag": "noindex"} if request.query_params else None
    return HTMLResponse(html, 422 if wrong else 200, headers)


def _rendered(
    web: WebContext,
    wanted: Wanted,
    found: tuple[Duty, ...],
    today: date,
    on: date | None,
    wrong: list[str],
) -> str:
    return web.templates.render(
        "duties.html",
        wanted=wanted,
        duties=found,
        today=today,
        on=on,
        wrong=wrong,
        bodies=web.core.duties.bodies(),
        documents=web.core.store.documents.all(),
        page=PAGE,
        max_chars=MAX_CHARS,
        download=f"/api/duties?{urlencode(_asked(wanted, on))}",
    )


def _asked(wanted: Wanted, on: date | None) -> list[tuple[str, str]]:
    """The filters as the API takes them; an empty one last, so that more can be added."""
    before = wanted.to_day + timedelta(days=1) if wanted.to_day else None
    days = (("due_from", wanted.from_day), ("due_before", before), ("on", on))
    said = [
        ("agency", wanted.body),
        ("document", wanted.document),
        *((name, day.isoformat()) for name, day in days if day),
        ("overdue", "true" if wanted.overdue else ""),
    ]
    return [(name, value) for name, value in said if value]


def _day(name: str, text: str) -> date | None:
    day = read_day(text) if text.strip() else None
    if text.strip() and day is None:
        detail = f"{name}: không phải một ngày. Viết như 2025-07-31."
        raise ProblemError(replace(INVALID_REQUEST, detail=detail))
    return day

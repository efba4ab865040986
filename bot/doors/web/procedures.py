"""Procedures on the web: finder, record, sheet to print, volunteer script, and the API."""

from __future__ import annotations

import io
import re
from typing import Annotated, Any, Protocol, cast

import segno
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.doors.web.context import ReadyWeb, WebContext
from bot.doors.web.problems import NOT_FOUND, ProblemError
from bot.sources.procedures.procedures import Procedures
from bot.sources.procedures.view import card, view
from knowledge.procedures.models import Procedure

router = APIRouter()
MAX_RESULTS = 20
_ID = re.compile(r"[A-Za-z0-9.-]{1,100}")  # a word of ours, or the portal's code
_QUIET_ZONE = 2  # modules around a QR code; 4 is the standard's, the sheet's margin is the rest
_Text = Annotated[
    str, Query(max_length=1000, pattern=r"^[^\x00]*$", description="Việc cần làm, hoặc mã thủ tục")
]


class _ProcedureCore(Protocol):
    @property
    def procedures(self) -> Procedures: ...


class ProcedureOut(BaseModel):
    """A record; `certainty` says how sure each field is, empty values are not verified."""

    kind: str
    id: str
    name: str
    codes: list[str]
    field: str
    url: str
    origin: str
    certainty: str
    as_of: str
    sources: list[dict[str, str]]
    decided_by: dict[str, Any]
    decided_before: dict[str, Any]
    where: dict[str, Any]
    ways: list[dict[str, Any]]
    boundary: dict[str, Any]
    any_commune: dict[str, Any]
    time_limit: dict[str, Any]
    fee: dict[str, Any]
    papers: dict[str, Any]
    steps: dict[str, Any]
    legal_basis: dict[str, Any]
    notes: dict[str, Any]
    warnings: list[str]
    place: dict[str, Any] | None


class ProcedureHitOut(BaseModel):
    """A record that fits, with how well (0 to 1)."""

    id: str
    name: str
    score: float
    codes: list[str]
    field: str
    origin: str
    url: str


@router.get(
    "/api/procedures",
    response_model=list[ProcedureHitOut],
    summary="Tìm thủ tục theo lời thường hoặc mã; không có q thì liệt kê bản ghi của Hai Cấp",
)
def find(web: ReadyWeb, q: _Text = "") -> JSONResponse:
    """The records that fit, best first."""
    procedures = procedures_of(web)
    if not q.strip():
        return JSONResponse([_hit(p, 1.0) for p in procedures.catalogue.own])
    return JSONResponse(
        [_hit(h.procedure, round(h.share, 4)) for h in procedures.find(q, MAX_RESULTS)]
    )


@router.get(
    "/api/procedures/{procedure_id}", response_model=ProcedureOut, summary="Một thủ tục, đủ mục"
)
def one(procedure_id: str, web: ReadyWeb) -> JSONResponse:
    """One record with the certainty of each field."""
    procedures = procedures_of(web)
    return JSONResponse(card(view(_found(procedures, procedure_id), procedures.say)))


@router.api_route("/thu-tuc", methods=["GET", "HEAD"], include_in_schema=False)
def finder(web: ReadyWeb, q: _Text = "") -> HTMLResponse:
    """Search, our records by field, and how many the portal has in each of its fields."""
    procedures = procedures_of(web)
    hits = procedures.find(q, MAX_RESULTS) if q.strip() else []
    portal = procedures.catalogue.portal_fields()
    return _page(
        web,
        "procedures.html",
        query=q.strip(),
        hits=[view(hit.procedure, procedures.say) for hit in hits],
        fields=procedures.catalogue.fields(),
        portal={field: len(found) for field, found in portal.items()},
    )


@router.api_route("/thu-tuc/linh-vuc", methods=["GET", "HEAD"], include_in_schema=False)
def field_page(web: ReadyWeb, ten: _Text = "") -> HTMLResponse:
    """The portal's procedures of one of its fields."""
    found = procedures_of(web).catalogue.portal_fields().get(ten)
    if found is None:
        raise ProblemError(NOT_FOUND)
    return _page(web, "procedure_field.html", field=ten, procedures=found)


@router.api_route("/thu-tuc/quy-dinh-chung", methods=["GET", "HEAD"], include_in_schema=False)
def rules(web: ReadyWeb) -> HTMLResponse:
    """The general rules on filing."""
    return _page(web, "procedure_rules.html", rules=procedures_of(web).catalogue.rules)


@router.api_route("/thu-tuc/{procedure_id}", methods=["GET", "HEAD"], include_in_schema=False)
def record(procedure_id: str, web: ReadyWeb) -> HTMLResponse:
    """One record; it prints on one A5 sheet."""
    return _record_page(web, "procedure.html", procedure_id)


@router.api_route(
    "/thu-tuc/{procedure_id}/huong-dan", methods=["GET", "HEAD"], include_in_schema=False
)
def script(procedure_id: str, web: ReadyWeb) -> HTMLResponse:
    """The record as steps to read aloud and a checklist of papers."""
    return _record_page(web, "procedure_script.html", procedure_id)


@router.api_route(
    "/thu-tuc/{procedure_id}/qr.svg", methods=["GET", "HEAD"], include_in_schema=False
)
def qr_code(procedure_id: str, request: Request, web: ReadyWeb) -> Response:
    """A QR code to the record's page."""
    procedure = _found(procedures_of(web), procedure_id)
    address = (web.settings.public_url or str(request.base_url).rstrip("/")) + procedure.url
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=_QUIET_ZONE, omitsize=True, xmldecl=False, light="#fff"
    )
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def _record_page(web: WebContext, name: str, procedure_id: str) -> HTMLResponse:
    procedures = procedures_of(web)
    procedure = _found(procedures, procedure_id)
    shown, catalogue = view(procedure, procedures.say), procedures.catalogue
    return _page(
        web,
        name,
        shown=shown,
        procedure=procedure,
        rule=catalogue.rule("khong-phu-thuoc-dia-gioi") if shown.by_rule else None,
        say=procedures.say,
    )


def procedures_of(web: WebContext) -> Procedures:
    """The procedures of the core behind the door."""
    return cast(_ProcedureCore, web.core).procedures


def _found(procedures: Procedures, procedure_id: str) -> Procedure:
    found = procedures.catalogue.get(procedure_id) if _ID.fullmatch(procedure_id) else None
    if found is None:
        raise ProblemError(NOT_FOUND)
    return found


def _hit(procedure: Procedure, score: float) -> dict[str, Any]:
    return {
        "id": procedure.id,
        "name": procedure.name,
        "score": score,
        "codes": list(procedure.shown_codes),
        "field": procedure.field,
        "origin": procedure.origin,
        "url": procedure.url,
    }


def _page(web: WebContext, name: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(web.templates.render(name, **values))

"""Who is behind the page, where its answers come from and of what date, what is kept."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from bot.doors.web.context import ReadyWeb
from bot.doors.web.procedures import procedures_of
from knowledge.places.resolver import open_resolver

router = APIRouter(include_in_schema=False)


@router.api_route("/gioi-thieu", methods=["GET", "HEAD"])
def about(web: ReadyWeb) -> HTMLResponse:
    """The page of that; every number on it is a setting or counted from what is there."""
    catalogue = procedures_of(web).catalogue
    html = web.templates.render(
        "about.html",
        documents=list(reversed(web.core.store.documents.all())),
        own=len(catalogue.own),
        portal=sum(map(len, catalogue.portal_fields().values())),  # as the finder counts them
        portal_as_of=max((one.as_of for one in catalogue.portal), default=""),
        places_as_of=open_resolver().catalogue.as_of,
        settings=web.settings,
    )
    return HTMLResponse(html)

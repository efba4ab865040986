"""The page /docs, made here from the OpenAPI schema: the usual one loads scripts from a CDN."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from bot.doors.web.context import AnyWeb
from bot.doors.web.problems import PROBLEMS

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Operation:
    """One line of the schema, flattened for the page."""

    method: str
    path: str
    summary: str
    parameters: tuple[dict[str, Any], ...]
    request_schema: str  # JSON, or empty
    response_schema: str


@router.get("/docs")
def docs(request: Request, web: AnyWeb) -> HTMLResponse:
    """The operations, their bodies and the errors."""
    operations = list(_operations(request.app.openapi()))
    return HTMLResponse(web.templates.render("docs.html", operations=operations, problems=PROBLEMS))


def _operations(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield _operation(schema, method, path, operation)


def _operation(schema: dict[str, Any], method: str, path: str, found: dict[str, Any]) -> Operation:
    answer = found.get("responses", {}).get("200", {})
    return Operation(
        method.upper(),
        path,
        found.get("summary", ""),
        tuple(found.get("parameters", ())),
        _body(schema, found.get("requestBody", {})),
        _body(schema, answer),
    )


def _body(schema: dict[str, Any], part: dict[str, Any]) -> str:
    content = part.get("content", {}).get("application/json", {}).get("schema", {})
    if not content:
        return ""
    return json.dumps(_outline(schema, content), ensure_ascii=False, indent=2)


def _outline(schema: dict[str, Any], node: dict[str, Any]) -> Any:
    """The shape of a value: types in the place of values."""
    if "$ref" in node:
        return _outline(schema, schema["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]])
    if "properties" in node:
        return {name: _outline(schema, child) for name, child in node["properties"].items()}
    if node.get("type") == "array":
        return [_outline(schema, node.get("items", {}))]
    if "anyOf" in node:
        return " | ".join(str(_outline(schema, child)) for child in node["anyOf"])
    return " | ".join(node["enum"]) if "enum" in node else node.get("type", "any")

"""`haicap documents`: which documents there are."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from bot.answer.rendering.screen import Screen
from bot.doors.cli.core import opened_core
from bot.doors.cli.render import render_document
from bot.settings import Settings
from knowledge.models import Document

DONE = 0


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the documents, oldest first."""
    with opened_core(settings) as core:
        documents = core.store.documents.all()
    if args.json:
        facts = [_document_facts(document) for document in documents]
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return DONE
    screen = Screen.of(sys.stdout)
    print("\n\n".join(render_document(document, screen) for document in documents))
    return DONE


def _document_facts(document: Document) -> dict[str, object]:
    facts = dataclasses.asdict(document.metadata)
    return {**facts, "passages": len(document.passages), "url": document.metadata.url}

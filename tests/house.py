"""The house as the imports draw it: rooms, the arrows between them, and floors.

`python tests/house.py` writes docs/house.md anew; tests/test_architecture.py holds the page to the
code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("knowledge", "retrieval", "prompts", "bot", "evals")
PAGE = ROOT / "docs" / "house.md"
BUT_DOORS = 2  # parts of a module's name that make a room: "bot.question"


@dataclass(frozen=True)
class Import:
    """One import statement: who imports what, and whether inside a function."""

    importer: str
    target: str
    late: bool
    typing_only: bool

    @property
    def top(self) -> str:
        return self.target.partition(".")[0]


Sources = dict[str, str]  # module name -> source
Arrows = dict[str, set[str]]  # room -> rooms that it imports


def project_sources() -> Sources:
    sources: Sources = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            sources[name if parts[-1] != "__init__" else f"{name}.__init__"] = path.read_text(
                "utf-8"
            )
    return sources


def imports_of(sources: Sources) -> list[Import]:
    return _all_imports(tuple(sources.items()))


@lru_cache(4)
def _all_imports(listed: tuple[tuple[str, str], ...]) -> list[Import]:
    sources = dict(listed)
    return [found for module, source in listed for found in _imports(module, source, sources)]


def rooms(sources: Sources, package: str) -> list[str]:
    """The files and folders right below a package."""
    names = {room_of(m) for m in sources if m.startswith(f"{package}.")}
    return sorted(names - {f"{package}.__init__"})


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:BUT_DOORS])


def arrows(sources: Sources, package: str) -> Arrows:
    """Which rooms of a package import which."""
    found: Arrows = {room: set() for room in rooms(sources, package)}
    for one in imports_of(sources):
        importer, target = room_of(one.importer), room_of(one.target)
        if importer in found and target in found and importer != target and not one.typing_only:
            found[importer].add(target)
    return found


def floors(drawn: Arrows) -> list[list[str]]:
    """Rooms from the ground up, each above all that it imports.

    Raises:
        ValueError: rooms import each other.
    """
    left, placed, result = dict(drawn), set[str](), list[list[str]]()
    while left:
        floor = sorted(room for room, below in left.items() if below <= placed)
        if not floor:
            raise ValueError(f"rooms import each other: {sorted(left)}")
        result.append(floor)
        placed.update(floor)
        for room in floor:
            del left[room]
    return result


def page(sources: Sources) -> str:
    """docs/house.md."""
    parts = [
        "# Ngôi nhà, vẽ từ các dòng import",
        "`python tests/house.py` vẽ lại trang này; `tests/test_architecture.py` giữ nó đúng "
        "với mã. "
        "Phòng là tệp hay thư mục ngay dưới gói. Mũi tên A → B: A gọi B. "
        "Tầng trên chỉ gọi tầng dưới.",
    ]
    for package in PACKAGES:
        drawn = arrows(sources, package)
        count = sum(len(below) for below in drawn.values())
        parts.append(f"## {package}/: {len(drawn)} phòng, {count} mũi tên")
        rows = ["| tầng | phòng | gọi |", "| ---: | --- | --- |"]
        for number, floor in reversed(list(enumerate(floors(drawn), 1))):
            rows += [
                f"| {number} | {_short(room)} | {', '.join(map(_short, sorted(drawn[room])))} |"
                for room in floor
            ]
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _short(room: str) -> str:
    folder = (ROOT / room.replace(".", "/")).is_dir()
    return f"`{room.split('.')[-1]}{'/' if folder else '.py'}`"


def _imports(module: str, source: str, sources: Sources) -> Iterator[Import]:
    known = {name.removesuffix(".__init__") for name in sources}

    def targets(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.removesuffix(".__init__").split(".")
                drop = node.level - (1 if module.endswith(".__init__") else 0)
                base = ".".join([*package[: len(package) - drop], *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base

    def walk(node: ast.AST, late: bool, typing_only: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            for target in targets(child):
                yield Import(module.removesuffix(".__init__"), target, late, typing_only)
            inside = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                for part in child.body:
                    yield from walk(ast.Module([part], []), inside, typing_only=True)
                for part in child.orelse:
                    yield from walk(ast.Module([part], []), inside, typing_only)
            else:
                yield from walk(child, inside, typing_only)

    yield from walk(ast.parse(source), late=False, typing_only=False)


if __name__ == "__main__":
    PAGE.write_text(page(project_sources()), encoding="utf-8")

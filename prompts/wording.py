"""Ready wording by name: a name is the file, then the keys inside it, as "refusals.plain"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from prompts.errors import PromptError
from prompts.template import Template, Value
from prompts.text import Text

FOLDER = Path(__file__).parent / "wording"
SUFFIX = ".vi.yaml"

Entry = Template | tuple[Template, ...]

# Of libyaml where there is one: 8 ms for all files, not 47.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Wording:
    """The sentences of one language."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read and check every file of `folder`.

        Raises:
            PromptError: no mapping, an entry without text, or one that is no template.
        """
        self._entries = {
            f"{path.name.removesuffix(SUFFIX)}.{name}": entry
            for path in sorted(folder.glob(f"*{SUFFIX}"))
            for name, entry in _entries(path)
        }

    def __call__(self, name: str, /, **values: Value) -> str:
        """The words of a wording, without its looks: for labels, suggestions and errors.

        Raises:
            PromptError: no such wording, or the variables given are not those it has.
        """
        return self.text(name, **values).words

    def text(self, name: str, /, **values: Value) -> Text:
        """A wording with its variables filled in, each by words, a text or a marker.

        Raises:
            PromptError: no such wording, or the variables given are not those it has.
        """
        try:
            found = self._entries.get(name)
            return (found if isinstance(found, Template) else self.template(name)).fill(values)
        except PromptError as error:
            raise PromptError(f"{name}: {error}") from error

    def template(self, name: str) -> Template:
        """A wording with its variables unfilled."""
        found = self._entries.get(name)
        if not isinstance(found, Template):
            raise PromptError(f"no wording called {name!r}")
        return found

    def lines(self, name: str) -> tuple[str, ...]:
        """A wording that is a list."""
        found = self._entries.get(name)
        if not isinstance(found, tuple):
            raise PromptError(f"no list of wording called {name!r}")
        return tuple(template.fill({}).words for template in found)

    def names(self) -> frozenset[str]:
        """All names, lists included."""
        return frozenset(self._entries)


@cache
def load_wording() -> Wording:
    """The wording that ships with the product."""
    return Wording(FOLDER)


def _entries(path: Path) -> Iterator[tuple[str, Entry]]:
    # All scalars are text: else a name such as "no" would be a truth value.
    loaded = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 (safe)
    if not isinstance(loaded, dict):
        raise PromptError(f"{path.name}: not a mapping of names to wording")
    for name, value in _flatten(loaded):
        try:
            yield name, _entry(value)
        except PromptError as error:
            raise PromptError(f"{path.name}: {name}: {error}") from error


def _flatten(entries: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in entries.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _entry(value: object) -> Entry:
    if isinstance(value, list) and value:
        return tuple(_template(line) for line in value)
    return _template(value)


def _template(value: object) -> Template:
    if not isinstance(value, str) or not value.strip():
        raise PromptError("no text")
    return Template.read(value.strip())

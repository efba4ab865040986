"""Ready wording by name, its variables checked when it is loaded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from prompts.errors import PromptError

WORDING_FILE = Path(__file__).parent / "wording.vi.yaml"
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")


class Wording:
    """The sentences of one language."""

    def __init__(self, path: Path = WORDING_FILE) -> None:
        """Read and check `path`.

        Raises:
            PromptError: no mapping, an entry without text, or a brace that is no variable.
        """
        # All scalars are text: else a name such as "no" would be a truth value.
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 (safe)
        if not isinstance(entries, dict):
            raise PromptError(f"{path.name}: not a mapping of names to wording")
        self._texts = {name: _checked(path, name, text) for name, text in _flatten(entries)}

    def __call__(self, name: str, /, **values: object) -> str:
        """The wording `name` with its variables filled in.

        Raises:
            PromptError: no such wording, or the variables given are not those it has.
        """
        text = self.text(name)
        wanted = set(_VARIABLE.findall(text))
        if wanted != set(values):
            raise PromptError(f"{name}: has variables {sorted(wanted)}, was given {sorted(values)}")
        return _VARIABLE.sub(lambda m: str(values[m[1]]), text)

    def text(self, name: str) -> str:
        """The wording with its variables unfilled."""
        found = self._texts.get(name)
        if not isinstance(found, str):
            raise PromptError(f"no wording called {name!r}")
        return found

    def lines(self, name: str) -> tuple[str, ...]:
        """A wording that is a list."""
        found = self._texts.get(name)
        if not isinstance(found, tuple):
            raise PromptError(f"no list of wording called {name!r}")
        return found

    def names(self) -> frozenset[str]:
        """All names, lists included."""
        return frozenset(self._texts)


@cache
def load_wording() -> Wording:
    """The wording that ships with the product."""
    return Wording()


def _flatten(entries: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for name, value in entries.items():
        if isinstance(value, dict):
            flat += _flatten(value, f"{prefix}{name}.")
        else:
            flat.append((f"{prefix}{name}", value))
    return flat


def _checked(path: Path, name: str, text: object) -> str | tuple[str, ...]:
    if isinstance(text, list) and text and all(isinstance(t, str) and t.strip() for t in text):
        return tuple(t.strip() for t in text)
    if not isinstance(text, str) or not text.strip():
        raise PromptError(f"{path.name}: {name}: no text")
    if _BRACE.search(_VARIABLE.sub("", text)):
        raise PromptError(f"{path.name}: {name}: a brace that is no {{variable}}")
    return text.strip()

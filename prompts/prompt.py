"""Prompts: Markdown files with front matter, checked when they are loaded."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from prompts.errors import PromptError

FOLDER = Path(__file__).parent
_KEYS = {"purpose": str, "version": int, "variables": list}
_FILE = re.compile(r"---\n(?P<front>.*?)\n---\n(?P<body>.*)", re.DOTALL)
_PARTS = re.compile(r"# system\n(?P<system>.*?)\n# user\n(?P<user>.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_HASH_CHARS = 12


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt; `system` and `user` hold {variables}."""

    name: str
    purpose: str
    version: int
    variables: frozenset[str]
    system: str
    user: str
    hash: str  # of the whole file

    @property
    def id(self) -> str:
        """What is recorded with an answer, such as "rephrase@1:0a1b2c3d4e5f"."""
        return f"{self.name}@{self.version}:{self.hash}"

    def check(self, given: set[str]) -> None:
        """Refuse values that are not exactly its variables.

        Raises:
            PromptError: one is missing or unknown.
        """
        if given != self.variables:
            raise PromptError(
                f"{self.name}: has variables {sorted(self.variables)}, was given {sorted(given)}"
            )


def read_prompt(path: Path) -> Prompt:
    """Read and check one prompt file.

    Raises:
        PromptError: no front matter, a wrong or unknown key, a missing part, or a variable that is
            declared and not used or used and not declared.
    """
    text = path.read_text("utf-8")
    match = _FILE.fullmatch(text)
    if not match:
        raise PromptError(f"{path.name}: no front matter between two lines of ---")
    front = _front(path, match["front"])
    parts = _PARTS.fullmatch(match["body"].strip())
    if not parts or not parts["system"].strip() or not parts["user"].strip():
        raise PromptError(f"{path.name}: needs '# system' and '# user', each with text")
    declared = frozenset(map(str, front["variables"]))
    used = frozenset(_VARIABLE.findall(match["body"]))
    if declared != used:
        odd = sorted(declared ^ used)
        raise PromptError(f"{path.name}: variables declared and used differ: {odd}")
    if re.search(r"[{}]", _VARIABLE.sub("", match["body"])):
        raise PromptError(f"{path.name}: a brace that is no {{variable}}")
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_CHARS]
    return Prompt(
        path.stem,
        front["purpose"],
        front["version"],
        declared,
        parts["system"].strip(),
        parts["user"].strip(),
        digest,
    )


def _front(path: Path, text: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PromptError(f"{path.name}: front matter: {' '.join(str(error).split())}") from error
    if not isinstance(front, dict) or set(front) != set(_KEYS):
        raise PromptError(f"{path.name}: front matter needs exactly {', '.join(_KEYS)}")
    for key, kind in _KEYS.items():
        if not isinstance(front[key], kind) or not front[key]:
            raise PromptError(f"{path.name}: {key}: {front[key]!r} is no {kind.__name__}")
    return front


@cache
def load_prompt(name: str) -> Prompt:
    """A prompt that ships with the product."""
    return read_prompt(FOLDER / f"{name}.md")

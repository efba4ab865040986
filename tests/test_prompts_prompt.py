"""Prompt files: checked when they are loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prompts.errors import PromptError
from prompts.prompt import FOLDER, load_prompt, read_prompt

GOOD = "---\npurpose: thử\nversion: 2\nvariables: [a]\n---\n# system\n\nNói {a}.\n\n# user\n\nHỏi\n"


def prompt(folder: Path, text: str) -> Path:
    path = folder / "thu.md"
    path.write_text(text, "utf-8")
    return path


def test_a_prompt_is_read(tmp_path: Path) -> None:
    read = read_prompt(prompt(tmp_path, GOOD))
    assert (read.name, read.purpose, read.version) == ("thu", "thử", 2)
    assert (read.system, read.user) == ("Nói {a}.", "Hỏi")
    assert re.fullmatch(r"thu@2:[0-9a-f]{12}", read.id)
    assert read_prompt(prompt(tmp_path, GOOD + " ")).hash != read.hash


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("---\npurpose", "purpose", "front matter"),
        ("purpose: thử\n", "", "exactly"),
        ("purpose: thử", "purpose: thử\nmore: 1", "exactly"),
        ("version: 2", "version: hai", "version"),
        ("purpose: thử", "purpose: ''", "purpose"),
        ("purpose: thử", "purpose: [", "front matter"),
        ("[a]", "[a, b]", "'b'"),
        ("[a]", "[b]", "differ"),
        ("{a}", "{a} {c}", "'c'"),
        ("{a}", "{a} {", "brace"),
        ("{a}", "{a} {A}", "brace"),
        ("# user", "# người", "# user"),
        ("Hỏi", "", "# user"),
    ],
)
def test_a_wrong_prompt_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(PromptError, match=re.escape(problem)) as refused:
        read_prompt(prompt(tmp_path, GOOD.replace(old, new, 1)))
    assert "thu.md" in str(refused.value)


@pytest.mark.parametrize("given", [set(), {"a", "b"}, {"b"}])
def test_values_must_be_the_variables(tmp_path: Path, given: set[str]) -> None:
    with pytest.raises(PromptError, match="thu"):
        read_prompt(prompt(tmp_path, GOOD)).check(given)


def test_prompts_that_ship() -> None:
    names = [path.stem for path in FOLDER.glob("*.md")]
    assert names
    for name in names:
        shipped = load_prompt(name)
        assert not re.search(r"\[\d+\]", shipped.system)  # an echoed rule must bear no marker

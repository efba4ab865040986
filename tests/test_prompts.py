"""Wording: checked when it is loaded, filled in by name, plain Vietnamese."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from bot.question import rules
from knowledge.text import fold, has_diacritics
from prompts.errors import PromptError
from prompts.wording import Wording, load_wording

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "prompts").glob("*.yaml"))


def texts(say: Wording) -> list[str]:
    found = []
    for name in sorted(say.names()):
        try:
            found.append(say.text(name))
        except PromptError:
            found += say.lines(name)
    return found


def wording(folder: Path, text: str) -> Wording:
    path = folder / "thu.yaml"
    path.write_text(text, "utf-8")
    return Wording(path)


# Loading


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not a mapping"),
        ("- a\n- b", "not a mapping"),
        ("chỉ chữ", "not a mapping"),
        ("a:", "a: no text"),
        ("a: ''", "a: no text"),
        ("a: '  '", "a: no text"),
        ("a: []", "a: no text"),
        ("a: ['x', '']", "a: no text"),
        ("a: {b: {c: ''}}", "a.b.c: no text"),
        ("a: 'x {'", "a: a brace"),
        ("a: '{}'", "a: a brace"),
        ("a: '{Tên}'", "a: a brace"),
        ("a: '{{x}}'", "a: a brace"),
        ("a: '{x:>10}'", "a: a brace"),
        ("a: '{x!r}'", "a: a brace"),
    ],
)
def test_wrong_wording_is_refused_when_loaded(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(PromptError, match=re.escape(problem)) as refused:
        wording(tmp_path, text)
    assert "thu.yaml" in str(refused.value)


def test_variables_must_be_those_it_has(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: {b: 'Có {count} việc ở {place}, {count} lần'}\nc: Không biến")
    assert say("a.b", count=3, place="xã") == "Có 3 việc ở xã, 3 lần"
    assert say("c") == "Không biến"
    for given in ({}, {"count": 3}, {"count": 3, "place": "xã", "more": 1}):
        with pytest.raises(PromptError, match=r"a\.b"):
            say("a.b", **given)
    with pytest.raises(PromptError):
        say("c", count=1)


def test_a_value_is_never_read_as_wording(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: 'Bạn hỏi {question} {n}'")
    assert say("a", question="{n} {x} \\1", n=2) == "Bạn hỏi {n} {x} \\1 2"


def test_every_scalar_is_text(tmp_path: Path) -> None:
    say = wording(tmp_path, "yes: 5\nno: on\n2025: null")
    assert [say(name) for name in ("yes", "no", "2025")] == ["5", "on", "null"]


def test_texts_and_lists_are_asked_for_apart(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: chữ\nb: [' một ', hai]")
    assert say.text("a") == "chữ"
    assert say.lines("b") == ("một", "hai")
    assert say.names() == {"a", "b"}
    for call in (say.text, say.lines):
        with pytest.raises(PromptError, match="'z'"):
            call("z")
    with pytest.raises(PromptError):
        say.text("b")
    with pytest.raises(PromptError):
        say.lines("a")


# The wording that ships


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_shipped_wording_is_clean(path: Path) -> None:
    for text in texts(Wording(path)):
        assert unicodedata.is_normalized("NFC", text), text
        assert text == text.strip()
        assert "  " not in text, text
        assert not re.search(r"<\w|https?://(?!\{)|^#|\]\(", text, re.MULTILINE), text


def test_sentences_are_short_and_have_their_marks() -> None:
    say = load_wording()
    for name in (n for n in say.names() if n.startswith(("reply.", "question_error."))):
        text = say.text(name)
        assert text[-1] in ".?!", name
        assert has_diacritics(text)
        for sentence in re.split(r"(?<=[.?!])\s", text):
            assert len(sentence.split()) <= 35, f"{name}: {sentence}"


def test_self_harm_gets_numbers_to_call() -> None:
    text = load_wording().text("reply.self_harm")
    assert all(number in text for number in ("115", "113", "111"))


def test_opening_questions_are_whole_questions() -> None:
    opening = load_wording().lines("opening")
    assert 4 <= len(opening) <= 6
    assert len(set(opening)) == len(opening)
    assert all(q[0].isupper() and len(q) <= 100 for q in opening)


def _asked_for(source: str) -> set[str]:
    """Wording names in code: say("name"), .text("name"), .lines("name"); f-strings as patterns."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function = ast.unparse(node.func)
        if not re.search(r"(?:^|\.)_?say(?:\.text|\.lines)?$", function):
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant):
            names.add(re.escape(str(first.value)))
        elif isinstance(first, ast.JoinedStr):
            parts = [
                re.escape(v.value) if isinstance(v, ast.Constant) else ".+" for v in first.values
            ]
            names.add("".join(map(str, parts)))
    return names


def test_every_wording_that_code_asks_for_is_there() -> None:
    sources = "\n".join(p.read_text("utf-8") for p in sorted((ROOT / "bot").rglob("*.py")))
    shipped = {name for path in FILES for name in Wording(path).names()}
    missing = [
        name for name in _asked_for(sources) if not any(re.fullmatch(name, s) for s in shipped)
    ]
    assert missing == []


def test_a_missing_wording_is_seen() -> None:
    code = 'self._say("no.such"); say(f"lead.{kind}"); self._say.lines("opening"); other("x")'
    assert _asked_for(code) == {r"no\.such", r"lead\..+", "opening"}


def test_ready_replies_all_have_wording() -> None:
    for name in (*rules.names("replies"), *rules.names("courtesy")):
        assert load_wording().text(f"reply.{name}")


def test_folding_wording_changes_letters_only() -> None:
    for text in texts(load_wording()):
        assert len(fold(text)) == len(text)

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
from prompts.sources import date_text
from prompts.text import Text, reference
from prompts.wording import Wording, load_wording

ROOT = Path(__file__).parent.parent
SAY = load_wording()


def sources(say: Wording) -> list[str]:
    """Every wording as its file has it."""
    found: list[str] = []
    for name in sorted(say.names()):
        try:
            found.append(say.template(name).source)
        except PromptError:
            found += say.lines(name)
    return found


def wording(folder: Path, text: str) -> Wording:
    (folder / "thu.vi.yaml").write_text(text, "utf-8")
    return Wording(folder)


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
        ("a: '**x'", "a: * or **"),
        ("a: 'x* y'", "a: * or **"),
        ("a: '**x *y** z'", "a: * or **"),
        ('a: "x\\ny"', "a: a line break"),
    ],
)
def test_wrong_wording_is_refused_when_loaded(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(PromptError, match=re.escape(problem)) as refused:
        wording(tmp_path, text)
    assert "thu.vi.yaml" in str(refused.value)


def test_variables_must_be_those_it_has(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: {b: 'Có {count} việc ở {place}, {count} lần'}\nc: Không biến")
    assert say("thu.a.b", count=3, place="xã") == "Có 3 việc ở xã, 3 lần"
    assert say("thu.c") == "Không biến"
    for given in ({}, {"count": 3}, {"count": 3, "place": "xã", "more": 1}):
        with pytest.raises(PromptError, match=r"thu\.a\.b"):
            say("thu.a.b", **given)
    with pytest.raises(PromptError):
        say("thu.c", count=1)


def test_looks_stand_around_words_and_variables(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: 'Nay là **{new} (*mã {code}*)** {marker}.'")
    text = say.text("thu.a", new="xã A", code=1, marker=reference(2))
    assert [(s.words, s.bold, s.italic, s.marker) for s in text.spans] == [
        ("Nay là ", False, False, 0),
        ("xã A (", True, False, 0),
        ("mã 1", True, True, 0),
        (")", True, False, 0),
        (" ", False, False, 0),
        ("[2]", False, False, 2),
        (".", False, False, 0),
    ]
    assert text.words == "Nay là xã A (mã 1) [2]."
    assert text.markers == (2,)


@pytest.mark.parametrize("value", ["{n} {x} \\1", "**a** *b", "[1]", "> c\n- d\n\n1. e", "<b>"])
def test_a_value_is_never_read_as_wording(tmp_path: Path, value: str) -> None:
    say = wording(tmp_path, "a: 'Bạn hỏi {question} {n}'")
    text = say.text("thu.a", question=value, n=2)
    assert text == Text.of(f"Bạn hỏi {value} 2")
    assert (text.markers, len(text.spans)) == ((), 1)


def test_every_scalar_is_text(tmp_path: Path) -> None:
    say = wording(tmp_path, "yes: 5\nno: on\n2025: null")
    assert [say(f"thu.{name}") for name in ("yes", "no", "2025")] == ["5", "on", "null"]


def test_texts_and_lists_are_asked_for_apart(tmp_path: Path) -> None:
    say = wording(tmp_path, "a: chữ\nb: [' một ', hai]")
    assert say("thu.a") == "chữ"
    assert say.lines("thu.b") == ("một", "hai")
    assert say.names() == {"thu.a", "thu.b"}
    for call in (say, say.text, say.lines, say.template):
        with pytest.raises(PromptError, match="'z'"):
            call("z")
    with pytest.raises(PromptError):
        say("thu.b")
    with pytest.raises(PromptError):
        say.lines("thu.a")


@pytest.mark.parametrize(
    ("iso", "shown"),
    [("2025-07-01", "1/7/2025"), ("2025-06", "tháng 6/2025"), ("2025", "2025"), ("", ""),
     ("tháng 6/2026", "tháng 6/2026")],
)  # fmt: skip
def test_dates_are_as_people_write_them(iso: str, shown: str) -> None:
    assert date_text(iso) == shown


# The wording that ships


def test_shipped_wording_is_clean() -> None:
    for text in sources(SAY):
        assert unicodedata.is_normalized("NFC", text), text
        assert text == text.strip()
        assert "  " not in text, text
        words = re.sub(r"<(?:tel:\d+|https://[\w.]+)>", "", text)  # addresses outside
        assert not re.search(r"<\w|https?://(?!\{)|^#|\]\(", words, re.MULTILINE), text


def test_sentences_are_short_and_have_their_marks() -> None:
    for name in (n for n in SAY.names() if n.startswith(("replies.", "questions.error."))):
        text = SAY.template(name).source
        assert text[-1] in ".?!", name
        assert has_diacritics(text)
        for sentence in re.split(r"(?<=[.?!])\s", text):
            assert len(sentence.split()) <= 35, f"{name}: {sentence}"


def test_self_harm_gets_numbers_to_call() -> None:
    text = SAY("replies.self_harm")
    assert all(number in text for number in ("115", "113", "111"))


def test_opening_questions_are_whole_questions() -> None:
    opening = SAY.lines("questions.opening")
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
        if re.search(r"(?:^|\.|\))_?say(?:\.text|\.lines)?$|^load_wording\(\)", function):
            names |= _pattern(node.args[0])
    return names


def _pattern(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {re.escape(str(node.value))}
    if isinstance(node, ast.IfExp):
        return _pattern(node.body) | _pattern(node.orelse)
    if not isinstance(node, ast.JoinedStr):
        return set()
    parts = [re.escape(v.value) if isinstance(v, ast.Constant) else ".+" for v in node.values]
    return {"".join(map(str, parts))}


def all_asked_for() -> set[str]:
    code = "\n".join(p.read_text("utf-8") for p in sorted((ROOT / "bot").rglob("*.py")))
    code += "\n" + (ROOT / "prompts" / "sources.py").read_text("utf-8")
    pages = "\n".join(p.read_text("utf-8") for p in (ROOT / "bot").rglob("*.html"))
    return _asked_for(code) | {re.escape(n) for n in re.findall(r'say\("([\w.]+)"', pages)}


def test_every_wording_that_code_asks_for_is_there() -> None:
    missing = [
        name for name in all_asked_for() if not any(re.fullmatch(name, s) for s in SAY.names())
    ]
    assert missing == []


def test_a_missing_wording_is_seen() -> None:
    code = 'self._say("no.such"); say(f"lead.{kind}"); self._say.lines("opening"); other("x")'
    assert _asked_for(code) == {r"no\.such", r"lead\..+", "opening"}


def test_ready_replies_all_have_wording() -> None:
    for name in (*rules.names("replies"), *rules.names("courtesy")):
        assert SAY(f"replies.{name}")


def test_folding_wording_changes_letters_only() -> None:
    for text in sources(SAY):
        assert len(fold(text)) == len(text)

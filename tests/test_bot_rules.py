"""Words as data: every example holds, and every alternative is needed by one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rule_alternatives import Example, holds, needless

from bot.conversation.slips import mended
from bot.conversation.words import from_english
from bot.errors import RuleError
from bot.question.rule_language import Entry, parse, pattern
from bot.question.rules import (
    FOLDER,
    Rule,
    Rules,
    agrees,
    load_rules,
    means,
    names,
    phrases,
    read_rules,
    search,
)

ROOT = Path(__file__).parent.parent
MAX_PATTERN_CHARS = 6_000  # of regular expressions in Python files of bot/
_IS_PATTERN = re.compile(r"\(\?|\\[bdswBDSW]|\[\^|\||[*+]\$|\]\{|\]\+|\]\*")

RULES = load_rules()


def test_every_example_holds() -> None:
    wrong = []
    for rule in RULES.by_name.values():
        for text in rule.matches:
            example = Example.of(text, rule.marks == "typed")
            found = search(rule.name, example.text)
            if not holds(example, found.span() if found else None):
                wrong.append(f"{rule.name}: should match {text!r}: {found}")
        for text in rule.refuses:
            if found := search(rule.name, Example.of(text, rule.marks == "typed").text):
                wrong.append(f"{rule.name}: should not match {text!r}: {found[0]!r}")
    assert wrong == []


def test_every_alternative_is_needed_by_an_example() -> None:
    assert list(needless(RULES)) == []


def test_an_alternative_that_no_example_needs_is_seen() -> None:
    rule = _rule("[xin] cảm ơn (bạn|anh)", matches=("«xin cảm ơn bạn»", "cảm ơn anh"))
    assert list(needless(Rules({"x": rule}, {}))) == []
    more = _rule("[xin] (cảm|cám) ơn (bạn|anh)", matches=("«xin cảm ơn bạn»", "cảm ơn anh"))
    assert list(needless(Rules({"x": more}, {}))) != []


def _rule(*says: str, matches: tuple[str, ...]) -> Rule:
    return Rule("x", tuple(Entry(parse(text)) for text in says), marks="typed", matches=matches)


@pytest.mark.parametrize(
    ("template", "text", "found"),
    [
        ("[rất] cảm ơn [bạn|anh]", "xin rất cảm ơn bạn", "rất cảm ơn bạn"),
        ("(a|b) ... d", "a x y, z d", "a x y, z d"),
        ("a .. d", "a x y z t u v d", None),
        ("a ... d", "a? d", None),
        ("^[thế|vậy]* còn", "thế, vậy còn phí", "thế, vậy còn"),
        ("(thế|vậy)* còn", "còn", None),
        ("^[chào|bạn]*$", " chào bạn! ", " chào bạn! "),
        ("^[chào|bạn]*$", "chào em", None),
        ("còn", "tôi cònx", None),
        ("tầng #", "tầng 12", "tầng 12"),
        ("số #", "số 47-kh/bcđ, mục 4", "số 47-kh/bcđ"),
        ("mấy @", "mấy việc", "mấy việc"),
        ("tỉnh[,] thành phố", "tỉnh, thành phố", "tỉnh, thành phố"),
    ],
)
def test_template(template: str, text: str, found: str | None) -> None:
    match = re.search(pattern([Entry(parse(template))], {}), text)
    assert (match and match[0]) == found


@pytest.mark.parametrize("template", ["(a", "a)", "a|b", "*", "[a", "{A}", "(a]"])
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises(RuleError):
        parse(template)


@pytest.mark.parametrize(
    "body",
    [
        "x: [a]",
        "x: {says: [a], say: [b]}",
        "x: {says: ['(a']}",
        "- a",
        "x: {says: [{say: a, if: b}]}",
    ],
)
def test_a_file_that_cannot_be_read_is_refused(body: str, tmp_path: Path) -> None:
    (tmp_path / "lists.yaml").write_text("particles: [à]", "utf-8")
    (tmp_path / "topic.yaml").write_text(body, "utf-8")
    with pytest.raises(RuleError):
        read_rules(tmp_path)


def test_no_rule_stands_twice_in_a_file() -> None:
    for path in FOLDER.glob("*.yaml"):
        written = re.findall(r"^(\w+):", path.read_text("utf-8"), re.MULTILINE)
        assert len(written) == len(set(written)), path


def test_every_english_follow_up_has_a_meaning() -> None:
    for name in names("english"):
        for text in RULES.rule(f"english.{name}").matches:
            assert from_english(f"And {text}, please?") == means(f"english.{name}")


def test_usual_follow_ups_are_read_through_a_slip() -> None:
    assert "nộp chỗ nào" in phrases("usual.asked")
    assert mended("nộp chỗ nàoo vậy?") == "nộp chỗ nào"


def test_marks_that_were_typed_decide_where_a_rule_says_so() -> None:
    assert agrees("replies.self_harm", "Tôi muốn tự tử")
    assert agrees("replies.self_harm", "toi muốn tu tử")
    assert not agrees("replies.self_harm", "Tôi muốn từ từ đã")
    assert agrees("replies.identity", "bán là ai")


def test_patterns_in_python_files_stay_few() -> None:
    counted = {
        str(path.relative_to(ROOT)): sum(map(len, _patterns(ast.parse(path.read_text("utf-8")))))
        for path in sorted((ROOT / "bot").rglob("*.py"))
    }
    assert sum(counted.values()) <= MAX_PATTERN_CHARS, {k: n for k, n in counted.items() if n}


def test_patterns_are_counted_wherever_they_stand() -> None:
    code = 'import re\n"""a|b"""\nA = re.compile("abc")\nB = (("x", r"y\\b"),)\nC = "no pattern"'
    assert list(_patterns(ast.parse(code))) == ["abc", r"y\b"]


def _patterns(tree: ast.AST) -> Iterator[str]:
    """Literals given to `re`, and others that are written like a pattern; docstrings are none."""
    said = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # docstrings and other words that nothing reads
    given = {id(c) for call in ast.walk(tree) if _of_re(call) for c in ast.walk(call)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in given or (id(node) not in said and _IS_PATTERN.search(node.value)):
            yield node.value


def _of_re(node: ast.AST) -> bool:
    """Whether a call is of `re`, by its first argument: `re.compile("...")`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    )

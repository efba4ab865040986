"""Cases: what an official name tells of first, again, lost, foreign and the others."""

from __future__ import annotations

import pytest

from knowledge.procedures.cases import CaseRule, load_case_rules, plain
from knowledge.procedures.facts import load_facts
from knowledge.procedures.models import CASES

RULES = load_case_rules()


def test_every_case_has_one_rule() -> None:
    assert [rule.case for rule in RULES.rules] == list(CASES)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.case)
def test_examples_match_and_not_examples_do_not(rule: CaseRule) -> None:
    assert [e for e in rule.examples if not rule.holds(plain(e))] == []
    assert [e for e in rule.not_examples if rule.holds(plain(e))] == []


def test_a_name_that_speaks_of_no_case_is_of_the_first() -> None:
    assert RULES.cases("Giải quyết hưởng chế độ thai sản") == ("first",)
    assert RULES.cases("Thủ tục đăng ký lại khai sinh có yếu tố nước ngoài") == ("again", "foreign")


def test_names_of_one_matter_have_one_stem() -> None:
    stems = {
        RULES.stem(name)
        for name in (
            "Thủ tục đăng ký khai tử",
            "Đăng ký lại khai tử",
            "Thủ tục đăng ký khai tử lưu động",
        )
    }
    assert len(stems) == 2  # "lại" is taken out with its verb
    assert RULES.stem("Thủ tục đăng ký giám hộ") == RULES.stem("Thủ tục đăng ký giám hộ (cấp xã)")


def test_every_shipped_procedure_has_a_case() -> None:
    found = load_facts()
    assert all(p.cases for p in found)
    assert {case for p in found for case in p.cases} == set(CASES)

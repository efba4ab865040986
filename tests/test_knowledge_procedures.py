"""Procedure records: the schema, what is verified in them, and the catalogue."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest

from knowledge.procedures.catalogue import Catalogue, codes_of, find_codes, plain_name
from knowledge.procedures.errors import ProcedureError
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import (
    BUNDLED_PROCEDURES,
    load_groups,
    load_procedure,
    load_procedures,
    load_rules,
    set_by_province,
)
from knowledge.procedures.models import FIELDS

MARK = re.compile(r"\([FMNQTV]\)|[–-] [FMNQTV]\)|\bM:")


@pytest.fixture(scope="module")
def records():
    return load_procedures()


def test_there_is_a_record_for_every_procedure(records) -> None:
    assert len(records) == 54
    assert {"khai-sinh", "ho-chieu", "doi-giay-to-sau-sap-nhap", "ma-so-thue"} <= {
        p.id for p in records
    }


def test_no_collectors_mark_is_left(records) -> None:
    for record in records:
        texts = [record.name, *record.aliases, *(c.text for c in record.codes)]
        texts += [part.text for name in FIELDS for part in record.parts(name)]
        assert not [text for text in texts if MARK.search(text)], record.id


def test_memory_records_show_nothing(records) -> None:
    memory = {p.id for p in records if p.memory}
    assert memory == {
        "chuyen-truong",
        "khieu-nai-to-cao",
        "chan-nuoi",
        "moi-truong",
        "giay-phep-lai-xe",
    }
    for record in records:
        if record.memory:
            assert not any(record.shown(name) for name in FIELDS)
            assert record.shown_codes == ()


def test_a_fee_set_by_the_province_has_no_number(records) -> None:
    checked = 0
    for record in records:
        for part in record.shown("fee"):
            if set_by_province(part.text):
                checked += 1
                assert not re.search(r"\d[\d.]* ?(?:đồng|đ\b|%)", part.text), record.id
    assert checked > 15


def test_numbers_that_may_have_changed_are_marked(records) -> None:
    by_id = {p.id: p for p in records}
    for record_id, field in (
        ("ho-chieu", "fee"),
        ("ly-lich-tu-phap", "time_limit"),
        ("thue-ho-kinh-doanh", "notes"),
        ("huu-tri-xa-hoi", "notes"),
        ("an-toan-thuc-pham", "fee"),
        ("giay-phep-xay-dung", "time_limit"),
    ):
        assert any(part.confirm for part in by_id[record_id].shown(field)), record_id


def test_aliases_are_many_and_everyday(records) -> None:
    assert min(len(p.aliases) for p in records) >= 6
    said = {alias for p in records for alias in p.aliases}
    assert {"làm giấy khai sinh", "sang tên sổ đỏ", "mở quán", "xin giấy độc thân"} <= said
    assert {"đổi hộ khẩu", "làm căn cước"} <= said


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("level: commune", "level: district", "level"),
        ("field: Hộ tịch", "field: ''", "field"),
        ("field: Hộ tịch", "field: Hộ tịch\nnoi_nop: xã", "noi_nop"),
        ('as_of: "2026-06"', 'as_of: "2026-13"', "checked.0.as_of"),
        ("  - Trong ngày", "  - Trong ngày (F)", "time_limit.0"),
        ("  - Trong ngày", "  - có thể: 3", "time_limit.0"),
        ("  - Luật Hộ tịch", "  - 12", "legal_basis.0"),
        ("mỗi tỉnh một mức.", "mức 8.000 đồng.", "fee"),
        ("  scope: residence", "  scope: nearby", "boundary.scope"),
        ("level: commune", "level: commune\nmemory: true", "decided_by"),
        ("covers: [first]", "covers: [first, stolen]", "covers.1"),
        ("name: Đăng ký khai tử", "name: [", "tệp"),
    ],
)  # fmt: skip
def test_a_wrong_record_names_file_and_field(tmp_path, old, new, field) -> None:
    text = (BUNDLED_PROCEDURES / "khai-tu.yaml").read_text("utf-8")
    assert old in text
    path = tmp_path / "khai-tu.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ProcedureError) as caught:
        load_procedure(path)
    assert caught.value.source == "khai-tu.yaml"
    assert caught.value.field.startswith(field)
    assert "khai-tu.yaml" in str(caught.value)


def test_two_records_may_not_share_a_code_or_an_alias(tmp_path) -> None:
    for name in ("khai-sinh", "khai-tu"):
        shutil.copy(BUNDLED_PROCEDURES / f"{name}.yaml", tmp_path)
    assert len(load_procedures(tmp_path)) == 2
    path = tmp_path / "khai-tu.yaml"
    path.write_text(path.read_text("utf-8").replace("1.000656", "1.001193"), "utf-8")
    with pytest.raises(ProcedureError, match=r"1\.001193"):
        load_procedures(tmp_path)


def test_groups_and_rules_name_what_exists(records) -> None:
    ids = {p.id for p in records}
    assert {member for group in load_groups() for member in group.members} <= ids
    assert {"khong-phu-thuoc-dia-gioi", "ba-cach-nop"} <= {rule.id for rule in load_rules()}


def test_codes_are_found_in_any_writing(records) -> None:
    catalogue = Catalogue(records)
    assert find_codes("thủ tục 1.001193, 2.000528.000.00.00.H01 và 3.14") == (
        "1.001193",
        "2.000528",
    )
    assert catalogue.by_code("1.001193").id == "khai-sinh"
    assert catalogue.by_code("1.014063").id == "can-cuoc"
    assert catalogue.by_code("1.010820").id == "nguoi-co-cong"  # inside 1.010801–1.010833
    assert catalogue.by_code("9.999999") is None
    assert len(codes_of(catalogue.get("nguoi-co-cong"))) == 33


def test_ours_take_in_a_row_with_the_same_code_or_name(records) -> None:
    own = {p.id: p for p in records}
    same_code = replace(own["khai-tu"], id="1.000656", name="Khác", origin="portal")
    same_name = replace(
        own["khai-sinh"], id="a", name="Thủ tục đăng ký KẾT HÔN (trong nước).", codes=()
    )
    new = replace(own["khai-sinh"], id="b", name="Việc mới", codes=())
    catalogue = Catalogue(records, portal=[same_code, same_name, new])
    assert [p.id for p in catalogue.portal] == ["b"]
    assert catalogue.get("a") is None
    assert catalogue.get("1.000656").id == "khai-tu"
    assert plain_name("Thủ tục  Đăng ký kết hôn.") == "dang ky ket hon"


def test_every_record_says_which_cases_it_covers(records) -> None:
    catalogue = Catalogue(records, portal=load_facts())
    for record in records:
        assert record.cases, record.id
        for case, other in record.neighbours:
            assert case not in record.cases, record.id
            assert catalogue.neighbour(record, case) not in (None, record), (record.id, other)


@pytest.mark.parametrize(
    ("record", "case", "other"),
    [
        ("ho-chieu", "lost", "1.010386"),
        ("thuong-tru", "split", "1.010038"),
        ("thuong-tru", "cancel", "1.003197"),
        ("tam-tru", "notify", "2.001159"),
        ("can-cuoc", "confirm", "1.012566"),
        ("dang-ky-xe", "lost", "1.013080"),
        ("so-do-lan-dau", "lost", "mat-so-do"),
        ("ket-hon", "foreign", "ket-hon-nuoc-ngoai"),
    ],
)
def test_a_case_that_a_record_does_not_cover_has_its_own(records, record, case, other) -> None:
    catalogue = Catalogue(records, portal=load_facts())
    assert catalogue.neighbour(catalogue.get(record), case).id == other

"""The portal's procedures that ship: their fields, what is gone, and how people say them."""

from __future__ import annotations

import json

import pytest

from knowledge.procedures.bodies import standing, with_levels
from knowledge.procedures.catalogue import Catalogue
from knowledge.procedures.errors import ProcedureError
from knowledge.procedures.facts import FACTS_FILE, load_facts
from knowledge.procedures.loading import load_procedures
from knowledge.procedures.models import FIELDS
from knowledge.procedures.people import load_peoples_words
from knowledge.text import fold

FACTS = {p.id: p for p in load_facts()}
WRITTEN = {row["code"]: row for row in map(json.loads, FACTS_FILE.read_text("utf-8").splitlines())}


def texts(procedure, name):
    return [part.text for part in procedure.shown(name)]


def test_every_line_is_a_record_by_its_code() -> None:
    assert len(FACTS) == len(WRITTEN) == 808
    for code, found in FACTS.items():
        assert (found.origin, found.as_of) == ("portal", "2026-06")
        assert found.publisher == "Cổng Dịch vụ công quốc gia"
        assert found.url == f"/thu-tuc/{code}"
        assert {p.certainty for n in FIELDS for p in found.parts(n)} <= {"reported", "unverified"}
        assert found.shown("decided_by")
        assert bool(found.shown("where")) == bool(WRITTEN[code]["ways"])


def test_fields_are_as_the_portal_has_them() -> None:
    found = FACTS["1.010386"]
    assert texts(found, "decided_by") == ["Công an cấp xã"]
    assert texts(found, "where")[0] == "Công an cấp xã"
    assert (found.level, found.desk) == ("police_commune", "police")
    assert texts(found, "time_limit") == ["1 ngày làm việc"]
    assert texts(found, "legal_basis")[-1] == "Quyết định 5568/QĐ-BCA"


def test_times_that_differ_name_their_way() -> None:
    assert texts(FACTS["1.000028"], "time_limit") == [
        "1 ngày làm việc (trực tiếp, trực tuyến, dịch vụ bưu chính)",
        "2 ngày làm việc (trực tuyến, dịch vụ bưu chính)",
    ]


def test_every_time_and_fee_of_a_way_is_kept() -> None:
    for code, row in WRITTEN.items():
        for key, name in (("time", "time_limit"), ("fee", "fee")):
            told = " ".join(texts(FACTS[code], name))
            assert all(way[key] in told for way in row["ways"] if way.get(key)), code


def test_the_level_that_ended_leaves_the_name_and_becomes_a_caveat() -> None:
    assert FACTS["1.010385"].name == "Trình báo mất hộ chiếu phổ thông"
    assert "district_level" in FACTS["1.010385"].flags
    assert not [p.id for p in FACTS.values() if "cấp huyện" in p.name]
    assert FACTS["1.010727"].name == "Cấp giấy phép môi trường (cấp tỉnh)"


def test_what_names_a_gone_body_is_flagged() -> None:
    for code, row in WRITTEN.items():
        if row.get("names_gone_body"):
            assert FACTS[code].flags, code
    shown = [t for p in FACTS.values() for n in ("decided_by", "where") for t in texts(p, n)]
    assert not [t for t in shown if "huyện" in t or "thị trấn" in t]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Bảo hiểm xã hội cấp Tỉnh, Bảo hiểm xã hội cấp huyện", "Bảo hiểm xã hội cấp tỉnh"),
        ("Ủy ban Nhân dân xã, phường, thị trấn.", "Ủy ban nhân dân cấp xã"),
        ("UBND các quận, huyện", ""),
        ("Công an huyện", ""),
        ("UBND cấp xã - tỉnh Quảng Trị", "UBND cấp xã"),
        ("chứng thực tiến hành chụp từ bản chính", ""),
    ],
)
def test_bodies_that_still_stand(written, left) -> None:
    assert standing(written) == left


def test_who_decides_bears_the_level_that_its_name_does_not_tell() -> None:
    assert with_levels("Sở Tư pháp", "Cấp tỉnh") == "Sở Tư pháp (cấp tỉnh)"
    assert with_levels("Công an cấp xã", "Cấp xã") == "Công an cấp xã"
    assert with_levels("", "Cấp bộ, Cấp xã") == "Cấp bộ, cấp xã"


def test_a_wrong_line_names_itself(tmp_path) -> None:
    path = tmp_path / "portal.jsonl"
    first = FACTS_FILE.read_text("utf-8").splitlines()[0]
    path.write_text(first + "\n" + first.replace("Cấp tỉnh", "Cấp huyện"), "utf-8")
    with pytest.raises(ProcedureError, match="dòng 2") as caught:
        load_facts(path)
    assert caught.value.field.startswith("level")


# How people say them


def test_many_procedures_have_everyday_names() -> None:
    said = load_peoples_words().aliases
    assert len(said) >= 250
    assert said.keys() <= FACTS.keys()
    assert "tách khẩu" in said["1.010038"]
    assert "CT07" in said["1.010041"]
    assert "báo mất hộ chiếu" in said["1.010386"]
    communes = [p for p in FACTS.values() if p.level in ("commune", "police_commune")]
    assert sum(p.id in said for p in communes) >= 0.5 * len(communes)


def test_no_everyday_name_is_that_of_another_record() -> None:
    own = {fold(phrase) for p in load_procedures() for phrase in (p.name, *p.aliases)}
    said = [fold(a) for aliases in load_peoples_words().aliases.values() for a in aliases]
    names = {fold(p.name) for p in FACTS.values()}
    assert [a for a in said if a in own] == []
    own_names = {(p.id, fold(a)) for p in FACTS.values() for a in p.aliases if fold(a) in names}
    assert [a for i, a in own_names if fold(FACTS[i].name) != a] == []


def test_a_phrase_of_two_procedures_is_refused(tmp_path) -> None:
    path = tmp_path / "aliases.yaml"
    path.write_text('"1.000001": [a b, c d]\n"1.000002": [e f, A B]\n', "utf-8")
    with pytest.raises(ProcedureError, match="A B"):
        load_peoples_words(aliases=path)


def test_cases_written_by_hand_name_what_exists() -> None:
    words = load_peoples_words()
    catalogue = Catalogue(load_procedures(), portal=FACTS.values())
    assert words.covers.keys() | words.neighbours.keys() <= FACTS.keys()
    for code, neighbours in words.neighbours.items():
        for case, other in neighbours:
            assert case not in FACTS[code].cases, code
            assert catalogue.get(other), (code, other)

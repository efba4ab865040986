"""One record from several: what ours shows stays, the portal fills in, the newest row wins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from knowledge.procedures.catalogue import Catalogue, codes_of
from knowledge.procedures.facts import load_facts
from knowledge.procedures.loading import load_procedures
from knowledge.procedures.merging import filled, joined
from knowledge.procedures.models import FIELDS, Check, Code, Part

OWN = {p.id: p for p in load_procedures()}
FACTS = {p.id: p for p in load_facts()}
CATALOGUE = Catalogue(OWN.values(), portal=FACTS.values())


def part(text, certainty="reported"):
    return Part(text, certainty)


def row(**values):
    return replace(FACTS["1.010038"], **values)


def test_what_ours_shows_stays_and_the_rest_is_the_portals_word_with_its_date() -> None:
    own = replace(OWN["thuong-tru"], fee=(part("Chưa rõ", "unverified"),), notes=())
    portal = row(fee=(part("Miễn phí"),), notes=(part("Cần có mặt"),), time_limit=(part("1 giờ"),))
    found = filled(own, [portal], whole=True)
    assert found.fee == (Part("Miễn phí", "reported", as_of="2026-06"),)
    assert found.notes == (Part("Cần có mặt", "reported", as_of="2026-06"),)
    assert found.time_limit == own.time_limit
    assert {p.certainty for p in found.papers} == {"verified"}


def test_no_shown_part_of_ours_is_ever_replaced() -> None:
    for found in CATALOGUE.own:
        for name in FIELDS:
            if OWN[found.id].shown(name):
                assert found.parts(name) == OWN[found.id].parts(name), (found.id, name)


def test_a_record_that_only_remembers_is_no_memory_once_the_portal_says_it() -> None:
    merged = [CATALOGUE.get(i) for i in ("giay-phep-lai-xe", "moi-truong")]
    for found in merged:
        assert OWN[found.id].memory
        assert not found.memory
        assert found.shown("where")
        assert found.checked == (Check("Cổng Dịch vụ công quốc gia", "2026-06"),)
        assert {p.certainty for n in FIELDS for p in found.shown(n)} == {"reported"}
    still = [p.id for p in CATALOGUE.own if p.memory]
    assert still == ["chan-nuoi", "chuyen-truong", "khieu-nai-to-cao"]  # no row bears their codes


def test_a_code_that_only_we_remember_gives_way_to_the_row_that_bears_it() -> None:
    assert CATALOGUE.by_code("3.000347").id == "3.000347"
    assert CATALOGUE.by_code("1.004222").id == "thuong-tru"


@pytest.mark.parametrize(
    "broad", ["can-cuoc", "dang-ky-xe", "bhxh-bhyt", "giay-phep-lai-xe", "moi-truong"]
)
def test_the_procedures_of_a_broad_record_stay_findable(broad) -> None:
    codes = codes_of(OWN[broad])
    assert len(codes) > 1
    assert [c for c in codes if CATALOGUE.get(c).id != c] == []
    assert {CATALOGUE.get(c) for c in codes} <= set(CATALOGUE.all)


def test_the_one_procedure_of_a_record_stands_nowhere_else() -> None:
    for found in CATALOGUE.own:
        codes = codes_of(OWN[found.id])
        if len(codes) == 1 and codes[0] in FACTS:
            assert CATALOGUE.get(codes[0]) is found
    assert len(CATALOGUE.portal) > 700


def test_values_of_a_broad_record_that_differ_are_told_by_name() -> None:
    limits = [p.text for p in CATALOGUE.get("moi-truong").shown("time_limit")]
    assert limits == [
        "Cấp giấy phép môi trường (cấp tỉnh): 30 ngày",
        "Tham vấn trong đánh giá tác động môi trường (cấp xã): 15 ngày",
    ]
    same = [p.text for p in CATALOGUE.get("giay-phep-lai-xe").shown("time_limit")]
    assert same == ["5 ngày làm việc"]


def test_a_code_for_a_part_of_the_matter_never_speaks_for_the_whole() -> None:
    """Ours is of all schools; its code, as its own remark says, of one kind."""
    moved = replace(
        row(), id="2.002481", name="Chuyển trường THCS", codes=(Code("2.002481", "reported"),)
    )
    catalogue = Catalogue(OWN.values(), portal=[moved])
    found = catalogue.get("chuyen-truong")
    assert not found.memory
    assert found.shown("time_limit")
    assert all(p.text.startswith("Chuyển trường THCS: ") for p in found.shown("time_limit"))
    assert catalogue.get("2.002481") in catalogue.portal


def test_one_of_several_codes_never_speaks_for_the_others() -> None:
    own = replace(OWN["can-cuoc"], fee=())
    found = filled(own, [FACTS["1.014062"]], whole=False)
    assert all(p.text.startswith(f"{FACTS['1.014062'].name}: ") for p in found.fee)


# Rows of one code


def test_the_newer_row_wins_per_field() -> None:
    old = row(fee=(part("1 đồng"),), papers=(part("Tờ khai"),))
    new = row(fee=(part("2 đồng"),), papers=(), checked=(Check("Cổng", "2026-09"),))
    for found in (joined(old, new), joined(new, old)):
        assert found.fee == (part("2 đồng"),)
        assert found.papers == (Part("Tờ khai", "reported", as_of="2026-06"),)
        assert found.as_of == "2026-06"
        assert len(found.checked) == 2


def test_of_one_month_the_import_wins_and_keeps_our_words() -> None:
    shipped = FACTS["1.010038"]
    imported = replace(shipped, aliases=(), papers=(part("CT01"),), steps=(part("Bước 1"),))
    found = joined(shipped, imported)
    assert found.papers == (part("CT01"),)
    assert found.steps == (part("Bước 1"),)
    assert found.aliases == shipped.aliases
    assert joined(shipped, replace(imported, fee=())).fee == shipped.fee


def test_an_import_goes_into_our_record_too() -> None:
    imported = replace(
        FACTS["1.004222"], papers=(part("CT01"),), steps=(part("Bước 1: nộp"),), source_url="https://x"
    )  # fmt: skip
    catalogue = Catalogue(OWN.values(), portal=[*FACTS.values(), imported])
    found = catalogue.get("thuong-tru")
    assert found.papers == OWN["thuong-tru"].papers
    assert found.steps == (Part("Bước 1: nộp", "reported", as_of="2026-06"),)
    assert found.source_url == "https://x"


# What the districts did


def test_what_a_commune_took_over_is_not_found_twice() -> None:
    ids = {p.id for p in CATALOGUE.all}
    assert "1.010386" in ids
    assert "1.010385" not in ids
    assert CATALOGUE.get("1.010385")  # by its code it still is


def test_neighbours_are_read_off_the_names() -> None:
    guardian = CATALOGUE.get("1.004837")
    assert CATALOGUE.neighbour(guardian, "cancel").id == "1.004845"
    assert CATALOGUE.neighbour(guardian, "foreign").id == "1.001669"
    assert CATALOGUE.neighbour(CATALOGUE.get("1.001669"), "cancel").id == "2.000756"
    assert CATALOGUE.neighbour(guardian, "lost") is None
    assert CATALOGUE.neighbour(guardian, "first") is None  # its own
    assert Code("1.004837", "reported") in guardian.codes

"""Old and new communes, districts and provinces, through the resolver that the product opens."""

from __future__ import annotations

import ast
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.places.errors import PlaceDataError
from knowledge.places.resolver import open_resolver
from knowledge.places.spelling.keys import name_key
from knowledge.places.units.facts import OVERLAY_FILE, PROVINCES_FILE, load_facts, load_overlay

ROOT = Path(__file__).parent.parent
SAI_GON = "Phường Sài Gòn, Thành phố Hồ Chí Minh"


@pytest.fixture(scope="module")
def places():
    return open_resolver()


def now(found):
    return [unit.address for unit in found.new]


# The data


def test_todays_counts(places):
    catalogue = places.catalogue
    assert catalogue.province_counts() == {"thành phố": 7, "tỉnh": 27}
    assert catalogue.counts() == {"xã": 2_611, "phường": 697, "đặc khu": 13}
    assert len({unit.code for unit in catalogue.communes.values()}) == 3_321


def test_counts_of_1_july_2025_are_those_of_our_facts(places):
    catalogue = places.catalogue
    changed = {c.province: len(c.communes) for c in catalogue.overlay.changes}
    for code, facts in load_facts().items():
        counts = catalogue.counts(catalogue.provinces[code])
        moved = changed.get(code, 0)
        before = counts | {"xã": counts["xã"] + moved, "phường": counts["phường"] - moved}
        assert before == facts.communes, facts.name
        assert catalogue.provinces[code].short == facts.name


def test_merged_provinces_are_those_of_the_installed_data(places):
    catalogue = places.catalogue
    merged: dict[str, set[str]] = {}
    for unit in catalogue.old:
        if unit.level == "province":
            merged.setdefault(catalogue.province_of(unit).code, set()).add(unit.short)
    for code, province in catalogue.provinces.items():
        assert set(province.merged_from or (province.short,)) == merged[code]
        assert province.seat in (province.merged_from or (None,))


def test_units_before(places):
    levels = [unit.level for unit in places.catalogue.old]
    assert levels.count("province") == 63
    assert levels.count("district") == 696 == places.catalogue.overlay.districts_before
    assert levels.count("commune") == 10_035


def test_names_are_those_of_vietnam_provinces(places):
    """Two independent lists agree on every name; that one's codes are those of a draft."""
    data = pytest.importorskip("vietnam_provinces")
    path = Path(next(iter(data.__path__))) / "data" / "nested-divisions.json"
    listed = {
        (f"{province['code']:02d}", name_key(ward["name"]))
        for province in json.loads(path.read_text("utf-8"))
        for ward in province["wards"]
    }
    ours = {
        (u.province.code, name_key(u.was or u.name)) for u in places.catalogue.communes.values()
    }
    assert ours == listed


def test_dong_nai_is_a_city_with_ten_more_wards(places):
    assert now(places.resolve("tỉnh Đồng Nai")) == ["Thành phố Đồng Nai"]
    assert places.resolve("tỉnh Đồng Nai").old.name == "Tỉnh Đồng Nai"
    found = places.resolve("xã Trảng Bom, tỉnh Đồng Nai")
    assert (found.status, now(found)) == ("resolved", ["Phường Trảng Bom, Thành phố Đồng Nai"])
    assert found.new[0].since == "2026-04-30"
    town = places.resolve("thị trấn Trảng Bom, huyện Trảng Bom, Đồng Nai")
    assert now(town) == ["Phường Trảng Bom, Thành phố Đồng Nai"]
    assert places.resolve("phường Trảng Bom, Đồng Nai").status == "current"


def test_a_corrected_code(places):
    assert places.resolve("xã Ba Chẽ, Quảng Ninh").new[0].code == "06978"


@pytest.mark.parametrize(
    ("file", "load", "change", "named"),
    [
        (OVERLAY_FILE, load_overlay, {"as_of": "hôm nay"}, "as_of"),
        (OVERLAY_FILE, load_overlay, {"xa": 1}, "xa"),
        (PROVINCES_FILE, load_facts, {"provinces": {"01": {"name": "Hà Nội"}}}, "kind"),
    ],
)
def test_a_broken_data_file_is_named_with_its_field(tmp_path, file, load, change, named):
    data = yaml.safe_load(file.read_text("utf-8")) | change
    path = tmp_path / file.name
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(PlaceDataError, match=named) as refused:
        load(path)
    assert file.name in str(refused.value)


# Any spelling


@pytest.mark.parametrize(
    "text",
    [
        "phường Bến Nghé, quận 1, TP.HCM",
        "phuong ben nghe quan 1 tphcm",
        "P. Bến Nghé, Q.1",
        "p bến nghé q1 tp hcm",
        "P.Bến Nghé,Q1,TPHCM",
        "45 Lê Lợi, P. Bến Nghé, Q1, TPHCM",
        "12/3 đường Nguyễn Huệ, phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh",
        "12 Lê Lợi, Bến Nghé, Quận 1",
        "Bến Nghé, Quận 1, Sài Gòn",
        "TP. HCM, Q.1, P. Bến Nghé",
        "PHƯỜNG BẾN NGHÉ - QUẬN 1 - TP HỒ CHÍ MINH",
        "Bên Nghé, quận 1",
        "phường Bến Nghé (quận 1)",
        "Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?",
        "phường Bê\u0301n Nghe\u0301, Quận 1",
    ],
)
def test_one_ward_in_many_spellings(places, text):
    found = places.resolve(text)
    assert (found.status, now(found)) == ("resolved", [SAI_GON])
    assert found.old.address == "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh"
    assert found.new[0].code == "26740"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phường 5 quận 3", "Phường Bàn Cờ, Thành phố Hồ Chí Minh"),
        ("P5 Q3", "Phường Bàn Cờ, Thành phố Hồ Chí Minh"),
        ("F.5/Q.3", "Phường Bàn Cờ, Thành phố Hồ Chí Minh"),
        ("Phường 05, Quận 03", "Phường Bàn Cờ, Thành phố Hồ Chí Minh"),
        ("huyện Côn Đảo", "Đặc khu Côn Đảo, Thành phố Hồ Chí Minh"),
        ("xã Ea H’leo huyện Ea H'Leo Dak Lak", "Xã Ea H'Leo, Tỉnh Đắk Lắk"),
        ("xã Tân Thành, huyện Tân Thạnh, Long An", "Xã Nhơn Ninh, Tỉnh Tây Ninh"),
        ("xa hoa binh thanh pho hoa binh tinh hoa binh", "Phường Tân Hòa, Tỉnh Phú Thọ"),
        ("Phương Tú, Ứng Hòa, Hà Nội", "Xã Vân Đình, Thành phố Hà Nội"),
        ("phường Vĩ Dạ, TP Huế", "Phường Vỹ Dạ, Thành phố Huế"),
    ],
)
def test_spellings_that_are_easily_misread(places, text, expected):
    found = places.resolve(text)
    assert found.status in ("resolved", "current")
    assert now(found) == [expected]


def test_numbers_in_names(places):
    roman = places.resolve("phường Mỹ Đình II, quận Nam Từ Liêm")
    assert roman.old is places.resolve("phường Mỹ Đình 2, quận Nam Từ Liêm").old
    assert roman.how == "exact"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("phường Bến Nghé, quận 1", "exact"),
        ("phuong ben nghe, quan 1", "unmarked"),
        ("phường Cầu Dền, quận Hai Bà Trưng", "former_name"),
        ("xã Bến Nghé, quận 1", "other_kind"),
        ("xã Hùng Sơn, huyện Đại Từ", "other_kind"),
    ],
)
def test_how_it_was_found_is_said(places, text, how):
    found = places.resolve(text)
    assert (found.status, found.how) == ("resolved", how)
    assert found.check == (how not in ("exact", "unmarked"))


# Statuses


def test_a_split_ward_gives_all_of_them(places):
    found = places.resolve("phường Hoàng Liệt, quận Hoàng Mai, Hà Nội")
    assert found.status == "candidates"
    assert found.check
    assert {u.name for u in found.new} == {
        "Phường Hoàng Liệt",
        "Phường Định Công",
        "Phường Hoàng Mai",
        "Phường Yên Sở",
    }
    assert found.commune is None


def test_a_name_of_today_that_was_split_before_says_so(places):
    found = places.resolve("phường Hoàng Liệt, Hà Nội")
    assert (found.status, now(found)) == ("current", ["Phường Hoàng Liệt, Thành phố Hà Nội"])
    assert found.check
    assert found.also[0].split
    old = places.resolve("phường Hoàng Liệt, Hà Nội", old_first=True)
    assert old.status == "candidates"
    assert len(old.new) == 4


def test_a_name_in_several_provinces_asks_which(places):
    found = places.resolve("xã Phú Hoà")
    assert found.status == "ambiguous"
    assert found.new
    assert len({o.unit.address for o in found.options}) == len(found.options) > 1
    assert len(places.resolve("huyện Châu Thành").options) > 5


def test_districts_give_their_wards_of_today(places):
    assert {u.name for u in places.resolve("Q1").new} == {
        "Phường Sài Gòn",
        "Phường Tân Định",
        "Phường Bến Thành",
        "Phường Cầu Ông Lãnh",
    }
    found = places.resolve("Thị xã Dĩ An, Bình Dương")
    assert found.old.name == "Thành phố Dĩ An"
    assert all(u.province.short == "Hồ Chí Minh" for u in found.new)
    assert places.resolve("TP Hải Dương").old.level == "district"


def test_provinces(places):
    found = places.resolve("tỉnh Bình Dương")
    assert (found.status, now(found)) == ("resolved", ["Thành phố Hồ Chí Minh"])
    assert places.resolve("Bình Dương").old.level == "province"
    assert places.resolve("Thừa Thiên Huế").new[0].name == "Thành phố Huế"
    assert places.resolve("BRVT").new[0].name == "Thành phố Hồ Chí Minh"
    assert places.resolve("tỉnh Phú Thọ").status == "current"
    assert places.resolve("tỉnh Lào Cai").new[0].seat == "Yên Bái"


def test_unknown_names_offer_near_ones(places):
    found = places.resolve("phường Bến Ngé, quận 1")
    assert found.status == "unknown"
    assert found.new == ()
    assert found.near[0] == "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh"
    assert places.resolve("phường Abcxyz, quận 1").status == "unknown"
    assert places.resolve("").status == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "phường Bến Nghé, quận Ba Đình",
        "phường Bến Nghé, Cà Mau",
        "phường Bến Nghé, tỉnh Cà Mau",
        "P. Bến Nghé, Quận 1, HN",
    ],
)
def test_a_ward_where_it_never_was_is_not_guessed(places, text):
    found = places.resolve(text)
    assert found.status == "unknown"
    assert "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh" in found.near


def test_the_contract(places):
    told = places.resolve("phường Bến Nghé, quận 1").to_dict()
    assert told["status"] == "resolved"
    assert told["matched"] == "phường Bến Nghé, quận 1"
    assert told["old"]["district"] == "Quận 1"
    assert told["as_of"] == "2026-07-25"
    assert told["new"] == [
        {
            "name": "Phường Sài Gòn",
            "kind": "phường",
            "province": "Thành phố Hồ Chí Minh",
            "code": "26740",
            "since": "2025-07-01",
        }
    ]
    json.dumps(told)


# Sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "các xã trung tâm phải làm gì",
        "Kết luận giao việc cho xã trung tâm",
        "xã hội hoá giáo dục",
        "phường hội ngày xưa",
        "tỉnh uỷ, thành uỷ giao nhiệm vụ gì",
        "bí thư cấp xã còn khuyết",
        "Xã còn khuyết bí thư thì phải có người thay trước lúc nào?",
        "phường hỗ trợ người dân",
        "chinh quyen dia phuong 2 cap",
        "cơ quan ba đình",
        "quận huyện nói chung",
        "xã đoàn kết, hoà bình",
        "giáo viên thuộc diện biên chế",
        "mạng máy tính xã trục trặc",
        "đường Cao Bằng",
        "y = sin(2x) + x^3",
    ],
)
def test_ordinary_words_are_no_places(places, sentence):
    assert places.find(sentence) is None
    assert places.find(sentence.lower()) is None


def test_places_in_sentences(places):
    found = places.find("Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?")
    assert found.matched == "phường Bến Nghé quận 1"
    assert found.commune.address == SAI_GON
    many = places.find_all("chuyển từ phường Bến Nghé, quận 1 về xã Trảng Bom, Đồng Nai")
    assert [f.new[0].name for f in many] == ["Phường Sài Gòn", "Phường Trảng Bom"]
    assert [p.short for p in places.provinces("Bến Tre, Trà Vinh và Vĩnh Long")] == [
        "Bến Tre",
        "Trà Vinh",
        "Vĩnh Long",
    ]


# Quality of the code itself


def test_the_geocoder_is_never_loaded():
    """Our own reading of the data: the package that can ask an online service stays out."""
    code = (
        "import sys, socket\n"
        "def refuse(*a): raise AssertionError('network')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from knowledge.places.resolver import open_resolver\n"
        "places = open_resolver()\n"
        "places.resolve('12 Lê Lợi, phường Hoàng Liệt, quận Hoàng Mai, Hà Nội')\n"
        "bad = {'vietnamadminunits', 'geopy', 'shapely', 'pandas', 'numpy'} & set(sys.modules)\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_no_socket_is_opened(places, monkeypatch):
    def refuse(*_):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert places.resolve("99 Trần Phú, phường Hoàng Liệt, quận Hoàng Mai, Hà Nội").new


def test_nothing_here_imports_the_package_that_geocodes():
    paths = list((ROOT / "knowledge" / "places").rglob("*.py"))
    assert len(paths) > 20
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(n.startswith("vietnamadminunits") for n in names), path.name


def test_a_look_up_is_fast(places):
    texts = [u.address for u in places.catalogue.old[:: len(places.catalogue.old) // 400]]
    took = []
    for text in texts:
        started = time.process_time()
        places.resolve(text)
        took.append(time.process_time() - started)
    assert sorted(took)[int(len(took) * 0.95)] < 0.005


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("phường xã quận 1Q.,/-đĐệhànộI\n'()\u0301\u200b"), max_size=80)
)
def test_any_text_gets_an_answer(text):
    found = open_resolver().resolve(text)
    assert found.status in ("resolved", "candidates", "ambiguous", "unknown", "current")
    assert text[found.start : found.end] == found.matched or found.status == "unknown"
    open_resolver().find(text)


def test_long_text_is_no_trouble(places):
    started = time.process_time()
    places.resolve("phường Bến Nghé quận 1, " * 5_000)
    places.find("xã " * 20_000)
    assert time.process_time() - started < 2

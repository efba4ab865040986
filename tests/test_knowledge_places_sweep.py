"""Every unit that the installed data knows, in several styles: nothing wrong is said silently."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.places.resolver import open_resolver
from knowledge.text import fold

pytestmark = pytest.mark.slow
KINDS = {"phường": "P. ", "xã": "X. ", "thị trấn": "TT ", "đặc khu": "ĐK "}
DISTRICTS = {"quận": "Q. ", "huyện": "H. ", "thị xã": "TX ", "thành phố": "TP "}


def shortened(unit):
    district = unit.district
    return (
        f"12/3 Lê Lợi, {KINDS[unit.kind]}{unit.short}, "
        f"{DISTRICTS[district.kind]}{district.short}, {unit.province.short}"
    )


STYLES = {
    "full": lambda u: u.address,
    "without marks": lambda u: fold(u.address),
    "without commas": lambda u: fold(u.address).replace(",", ""),
    "shortened, with a street": shortened,
    "shortened, without marks": lambda u: fold(shortened(u)),
    "without the province": lambda u: f"{u.name}, {u.district.name}",
    "without the district": lambda u: f"{u.name}, {u.province.name}",
}


@pytest.mark.parametrize("style", STYLES)
def test_every_old_commune(style):
    places = open_resolver()
    today = set(places.catalogue.communes)
    counts: Counter[str] = Counter()
    for unit in places.catalogue.old:
        if unit.level != "commune":
            continue
        text = STYLES[style](unit)
        found = places.resolve(text)
        counts[found.status] += 1
        assert all(u.code in today for u in found.new), text
        covers = {u.code for u in unit.into} <= {u.code for u in found.new}
        assert covers or found.check, text
        if unit.split and style == "full":
            assert found.status == "candidates", text
        if style == "full":
            assert found.old is unit, text
    print(f"{style}: {dict(counts)}")
    assert counts.total() == 10_035
    assert counts["unknown"] == 0


def test_every_unit_of_today():
    places = open_resolver()
    counts: Counter[str] = Counter()
    for unit in places.catalogue.communes.values():
        found = places.resolve(unit.address)
        assert (found.status, found.new) == ("current", (unit,)), unit.address
        plain = places.resolve(fold(unit.address))
        assert unit in plain.new, unit.address
        counts[plain.status] += 1
    print(f"today, without marks: {dict(counts)}")
    for province in places.catalogue.provinces.values():
        assert places.resolve(province.name).new == (province,)


def test_every_old_district_and_province():
    places = open_resolver()
    for unit in places.catalogue.old:
        if unit.level == "commune":
            continue
        found = places.resolve(unit.address)
        kept = unit.level == "province" and found.status == "current"
        assert kept or found.old is unit, unit.address

"""Offices from tables: what a cell may hold, what is refused, and what stays in the store."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from knowledge.offices.catalogue import Offices, remove, take_in
from knowledge.offices.columns import COLUMNS, HEADINGS
from knowledge.offices.errors import OfficeError
from knowledge.offices.models import Office, Opening
from knowledge.offices.reading import OfficeFile, read_offices, template
from knowledge.offices.week import SATURDAY, SUNDAY, days_in, week_of
from knowledge.places.resolver import open_resolver
from knowledge.store.store import Store, open_store

WEEKDAYS = (0, 1, 2, 3, 4)
MORNING, AFTERNOON = ("07:30", "11:30"), ("13:30", "17:00")
SAIGON = "26740"
GOOD = {
    "code": SAIGON,
    "kind": "một cửa",
    "address": "45 Lê Duẩn",
    "hours": "Thứ Hai đến thứ Sáu: 7h30-11h30, 13h30-17h00",
    "phones": "028 3829 1234",
    "as_of": "2026-11-01",
    "source": "UBND phường Sài Gòn",
}


def table(*rows: dict[str, str], bom: bool = False) -> bytes:
    lines = [",".join(f'"{HEADINGS[column]}"' for column in COLUMNS)]
    lines += [",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in rows]
    return ("\ufeff" * bom + "\r\n".join(lines)).encode()


def read(*rows: dict[str, str], as_of: str = "", bom: bool = False) -> OfficeFile:
    return read_offices(table(*rows, bom=bom), "x.csv", open_resolver(), as_of)


def problem_of(**changed: str) -> str:
    """What is told of a row that is good but for this."""
    file = read(GOOD | changed)
    assert not file.offices
    (problem,) = file.problems
    assert problem.row == 2
    return str(problem)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'x.sqlite3'}")


# Hours


@pytest.mark.parametrize(
    ("hours", "week"),
    [
        (
            "Thứ Hai đến thứ Sáu: 7h30-11h30, 13h30-17h00; Thứ Bảy: 7h30 - 11h30",
            (Opening(WEEKDAYS, (MORNING, AFTERNOON)), Opening((SATURDAY,), (MORNING,))),
        ),
        ("T2-T6 07:30-11:30, 13:30-17:00", (Opening(WEEKDAYS, (MORNING, AFTERNOON)),)),
        (
            "Từ thứ 2 đến thứ 6, sáng 7 giờ 30 đến 11 giờ 30, chiều 13g30 đến 17g",
            (Opening(WEEKDAYS, (MORNING, AFTERNOON)),),
        ),
        ("thu 3 va thu 5: 7h30-11h30", (Opening((1, 3), (MORNING,)),)),
        ("Hằng ngày 7h30-11h30", (Opening((*WEEKDAYS, SATURDAY, SUNDAY), (MORNING,)),)),
        (
            "Thứ hai: sáng 7h30-11h30\nchiều 13h30-17h",
            (Opening((0,), (MORNING,)), Opening((0,), (AFTERNOON,))),
        ),
    ],
)
def test_hours_are_read(hours: str, week: tuple[Opening, ...]) -> None:
    assert week_of(hours) == week


@pytest.mark.parametrize(
    "hours",
    [
        "",
        "Giờ hành chính",
        "Sáng 7h30-11h30",  # on which days?
        "Thứ Hai đến thứ Sáu",
        "Thứ Bảy tuần chẵn: 7h30-11h30",
        "Thứ 2, 4, 6: 7h30-11h30",
        "T2-T6 7h30-17h, T7 7h30-11h30",
        "T2-T6: 17h-7h30",
        "T2-T6: 7h30-25h",
        "T2-T6: 7h30-11h30; thứ Bảy nghỉ",
    ],
)
def test_hours_that_say_more_than_is_read_stay_text(hours: str) -> None:
    assert week_of(hours) == ()


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("thu 7 co lam khong", (SATURDAY,)),
        ("chu nhat", (SUNDAY,)),
        ("cuoi tuan co ai truc", (SATURDAY, SUNDAY)),
        ("tu thu hai den thu tu", (0, 1, 2)),
        ("thu tuc o xa", ()),
    ],
)
def test_days_in_words(words: str, days: tuple[int, ...]) -> None:
    assert days_in(words) == days


# Tables


@pytest.mark.parametrize("bom", [False, True])
def test_a_good_row(bom: bool) -> None:
    file = read(GOOD, bom=bom)
    assert file.problems == ()
    (office,) = file.offices
    assert office.name == "Trung tâm Phục vụ hành chính công phường Sài Gòn"
    assert office.phones == ("02838291234",)
    assert office.on(0) == (MORNING, AFTERNOON)
    assert office.on(SUNDAY) == ()


def test_xlsx_with_numbers_and_dates() -> None:
    book = Workbook()
    book.active.append([HEADINGS[column] for column in COLUMNS])
    values = {**GOOD, "code": 4, "phones": 2838291234, "as_of": date(2026, 11, 1)}
    book.active.append([values.get(column) for column in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    (office,) = read_offices(out.getvalue(), "x.xlsx", open_resolver()).offices
    assert (office.commune, office.phones, office.as_of) == (
        "00004",
        ("02838291234",),
        "2026-11-01",
    )


def test_a_commune_by_name_and_province() -> None:
    (office,) = read(GOOD | {"code": "", "commune": "p. sai gon", "province": "TPHCM"}).offices
    assert office.commune == SAIGON


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "99999"}, "cột 'Mã xã': không có xã mã 99999"),
        ({"code": "abc"}, "cột 'Mã xã': 'abc' không phải mã xã"),
        ({"code": ""}, "cột 'Mã xã': còn trống"),
        ({"code": "", "commune": "Xã Không Có Đâu"}, "cột 'Xã, phường': không thấy xã"),
        ({"code": "", "commune": "Phường Bến Nghé", "province": "TPHCM"}, f"hoặc mã {SAIGON}"),
        ({"code": "", "commune": "Xã Tân Hà"}, "cột 'Tỉnh, thành phố': có 4 nơi"),
        ({"commune": "Phường Bến Thành", "province": "TPHCM"}, "không phải Phường Bến Thành"),
        ({"kind": "trường học"}, "Viết một trong: một cửa, UBND, công an"),
        ({"phones": "12 34"}, "cột 'Điện thoại'"),
        ({"email": "khong phai"}, "cột 'Email'"),
        ({"website": "javascript:alert(1)"}, "cột 'Trang web'"),
        ({"as_of": ""}, "cột 'Ngày cập nhật': còn trống"),
        ({"as_of": "32/11/2026"}, "không phải ngày"),
        ({"as_of": (date.today() + timedelta(days=2)).isoformat()}, "chưa tới"),
        ({"source": ""}, "cột 'Nguồn': còn trống"),
        ({"address": "", "hours": "", "phones": ""}, "không có gì để trả lời"),
        ({"address": "x" * 501}, "dài 501 ký tự"),
    ],
)
def test_a_bad_cell_is_told_with_its_place(changed: dict[str, str], told: str) -> None:
    assert told in problem_of(**changed)


def test_numbers_and_mail_of_bad_rows_are_not_told() -> None:
    told = [problem_of(phones="0912 345 67"), problem_of(email="lan.nguyen.gmail.com")]
    assert not any("345" in one or "lan" in one for one in told)


def test_good_rows_stand_beside_bad_ones() -> None:
    file = read(GOOD, GOOD | {"kind": "?"}, GOOD | {"kind": "công an"})
    assert [office.kind for office in file.offices] == ["one_stop", "police"]
    assert file.bad_rows == 1
    assert file.problems[0].row == 3


def test_an_office_written_twice_is_told() -> None:
    assert "đã có ở dòng trên" in str(read(GOOD, GOOD).problems[0])


def test_a_row_with_a_cell_too_many_is_told() -> None:
    data = table(GOOD) + b',"x"'
    file = read_offices(data, "x.csv", open_resolver())
    assert not file.offices
    assert "dấu phẩy trong ngoặc kép" in str(file.problems[0])


def test_the_day_of_the_file_is_for_rows_without_one() -> None:
    file = read(GOOD | {"as_of": ""}, GOOD | {"kind": "UBND"}, as_of="2026-10-01")
    assert [office.as_of for office in file.offices] == ["2026-10-01", "2026-11-01"]


def test_a_table_without_headings_is_refused() -> None:
    with pytest.raises(OfficeError, match="--template"):
        read_offices("26740,một cửa,45 Lê Duẩn".encode(), "x.csv", open_resolver())


def test_the_template_is_an_empty_table() -> None:
    assert read_offices(template(), "x.csv", open_resolver()) == OfficeFile((), ())


# The store


def offices(*rows: dict[str, str]) -> tuple[Office, ...]:
    return read(*rows).offices


def test_what_is_taken_in_is_read_back(store: Store) -> None:
    given = offices(GOOD, GOOD | {"kind": "UBND"})
    assert take_in(store.records, given) == 0
    assert Offices.stored(store.records).of(SAIGON) == given


def test_a_newer_table_replaces_those_of_its_kind_alone(store: Store) -> None:
    branch = GOOD | {"name": "Chi nhánh 2"}
    take_in(store.records, offices(GOOD, branch, GOOD | {"kind": "công an"}))
    assert take_in(store.records, offices(GOOD | {"address": "1 Lê Lợi"})) == 2
    left = Offices.stored(store.records).of(SAIGON)
    assert [(o.kind, o.address) for o in left] == [
        ("one_stop", "1 Lê Lợi"),
        ("police", "45 Lê Duẩn"),
    ]


def test_a_commune_is_removed(store: Store) -> None:
    take_in(store.records, offices(GOOD, GOOD | {"code": "26743"}))
    assert remove(store.records, SAIGON) == 1
    assert [o.commune for o in Offices.stored(store.records).all] == ["26743"]
    assert remove(store.records, SAIGON) == 0

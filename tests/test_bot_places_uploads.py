"""What strangers upload: broken files are refused with a reason, greedy ones end, none runs."""

from __future__ import annotations

import csv
import io
import random
import zipfile

import pytest
from fake_core import FakeCore
from openpyxl import Workbook, load_workbook
from starlette.testclient import TestClient

from bot.doors.web.app import create_app
from bot.settings import Settings
from bot.sources.places.converting import Limits, convert_file
from knowledge.places.errors import PlaceTableError

LIMITS = Limits(rows=1_000, cells=20_000, timeout_s=30, memory_mb=512)
FAST, SLOW, AT_THE_DOOR = 300, 4_000, 20
HEADER, OLD = ["stt", "địa chỉ"], "P. Bến Nghé, Q1"


def xlsx(*rows: list[object], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for place, shown in (formats or {}).items():
        book.active[place].number_format = shown
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


WHOLE = {"a.xlsx": xlsx(HEADER, [1, OLD]), "a.csv": f'stt,địa chỉ\n1,"{OLD}"\n'.encode()}
PARTS = parts_of(WHOLE["a.xlsx"])


def mutated(number: int) -> tuple[str, bytes]:
    """A file broken in a way that the number decides."""
    chance = random.Random(number)
    name = chance.choice(("a.xlsx", "a.xlsx", "a.csv"))
    if name == "a.xlsx" and chance.random() < 0.6:  # a whole ZIP of broken XML
        part = chance.choice(list(PARTS))
        return name, zipped({**PARTS, part: broken(PARTS[part], chance)})
    return name, broken(WHOLE[name], chance)


def broken(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made))
        match chance.randrange(5):
            case 0:
                made[at] = chance.randrange(256)
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = chance.choice((b"-1", b"9" * 30, b"<", b'"', b"\x00", b"&x;", b"="))
            case 3:
                made[at:at] = made[max(at - 30, 0) : at]
            case _:
                made = made[: max(at, 1)]
        if not made:
            return b"x"
    return bytes(made)


def outcome(name: str, data: bytes) -> str:
    try:
        convert_file(data, name, LIMITS)
    except PlaceTableError as error:
        return "refused" if error.problem and error.mend else "without a reason"
    return "converted"


@pytest.fixture
def client() -> TestClient:
    app = create_app(
        FakeCore(), Settings(rate_limit="off", upload_max_rows=100, upload_timeout_s=300)
    )
    return TestClient(app, raise_server_exceptions=False)


def upload(client: TestClient, data: bytes, name: str, **headers: str):
    return client.post("/dia-chi/bang", files={"file": (name, data)}, headers=headers)


def test_a_broken_file_is_converted_or_refused_with_a_reason() -> None:
    came = [outcome(*mutated(number)) for number in range(FAST)]
    assert set(came) == {"refused", "converted"}


@pytest.mark.slow
def test_thousands_of_broken_files_are_converted_or_refused() -> None:
    came = [outcome(*mutated(number)) for number in range(FAST, FAST + SLOW)]
    assert set(came) == {"refused", "converted"}


@pytest.mark.slow
def test_no_broken_file_is_a_failure_of_the_server(client: TestClient) -> None:
    for number in range(AT_THE_DOOR):
        name, data = mutated(number)
        response = upload(client, data, name)
        assert response.status_code in (200, 422), number
        assert response.status_code == 200 or len(response.json()["detail"]) > 20


def test_a_file_that_takes_too_long_is_given_up() -> None:
    app = create_app(FakeCore(), Settings(rate_limit="off", upload_timeout_s=1))
    rows = "địa chỉ\n" + "\n".join(f'"xã Lạ {n}, Bình Tân, Tân Phú"' for n in range(9_000))
    response = upload(TestClient(app), rows.encode(), "a.csv")
    assert response.status_code == 422
    assert "giây" in response.json()["detail"] or "thời gian" in response.json()["detail"]


@pytest.mark.slow
def test_a_file_that_takes_too_much_memory_is_given_up() -> None:
    """40 MB of text in half a megabyte of file: converted where memory is given, else refused."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for n in range(9_900):
        sheet.append([f"{OLD} {n} {'x' * 4_500}" if n else "địa chỉ"])
    data = io.BytesIO()
    book.save(data)
    came = {}
    for mb in (256, 4_096):
        own = Settings(rate_limit="off", upload_timeout_s=300, upload_memory_mb=mb)
        came[mb] = upload(TestClient(create_app(FakeCore(), own)), data.getvalue(), "a.xlsx")
    assert came[4_096].status_code == 200
    assert came[256].status_code == 422
    assert len(came[256].json()["detail"]) > 20


@pytest.mark.parametrize(
    ("setting", "said"), [({"upload_max_rows": 100}, "dòng"), ({"upload_max_cells": 1_000}, "ô")]
)
def test_the_limits_are_settings(setting: dict[str, int], said: str) -> None:
    app = create_app(FakeCore(), Settings(rate_limit="off", upload_timeout_s=300, **setting))
    rows = "a,b,c,d,e,f,g,h,i,địa chỉ\n" + "1,2,3,4,5,6,7,8,9,xã A\n" * 101
    response = upload(TestClient(app), rows.encode(), "a.csv")
    assert response.status_code == 422
    assert said in response.json()["detail"]


RUNS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1", "＝1+1", "x;=1+1", "x\t@a")
HARMLESS = ("-5", "+84 912", "a-b", "số 5, -2", "12/QĐ-UBND", "a=b")


@pytest.mark.parametrize("text", RUNS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_separator_lets_a_formula_out_of_a_csv(text: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([[*HEADER, text], ["1", OLD, text]])
    content = convert_file(out.getvalue().encode(), "a.csv", LIMITS).content.decode("utf-8-sig")
    for other in (",", ";", "\t"):
        for row in csv.reader(io.StringIO(content), delimiter=other):
            assert not any(cell.strip(" \"'").startswith(tuple("=+-@＝")) and cell[0] != "'"
                           for cell in row if cell)  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_names_are_left_as_they_are(text: str) -> None:
    content = convert_file(f'địa chỉ;ghi\n"{OLD}";"{text}"\n'.encode(), "a.csv", LIMITS).content
    assert text in [row[1] for row in csv.reader(io.StringIO(content.decode()), delimiter=";")]


@pytest.mark.parametrize("text", RUNS)
def test_a_formula_in_an_xlsx_stays_text(text: str) -> None:
    content = convert_file(f'địa chỉ;ghi\n"{OLD}";"{text}"\n'.encode(), "a.csv", LIMITS).content
    assert content.startswith("\ufeff".encode())  # Excel reads UTF-8 by it alone
    made = convert_file(xlsx(HEADER, [f" {text}", OLD]), "a.xlsx", LIMITS).content
    cell = load_workbook(io.BytesIO(made)).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_codes_keep_their_zeros() -> None:
    sheet = xlsx(["mã", "địa chỉ"], [70, OLD], [5, "Hà Nội"], formats={"A2": "00000"})
    made = load_workbook(io.BytesIO(convert_file(sheet, "a.xlsx", LIMITS).content)).active
    assert (made["A2"].value, made["A3"].value) == ("00070", 5)
    text = convert_file("mã,địa chỉ\n00070,phường Hàng Bạc\n".encode(), "a.csv", LIMITS).content
    assert "\r\n00070," in text.decode()


def test_a_table_without_addresses_is_refused_with_what_it_has(client: TestClient) -> None:
    response = upload(client, "họ tên,điểm\nAn,5\nBình,7\n".encode(), "a.csv")
    assert response.status_code == 422
    assert "họ tên, điểm" in response.json()["detail"]
    assert upload(client, b"x,y", "a.csv").status_code == 422

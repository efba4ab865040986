"""Reading and writing tables of addresses."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from knowledge.places.errors import PlaceTableError
from knowledge.places.tables.files import read_table, write_table
from knowledge.places.tables.table import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, guarded


def xlsx(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_csv_dialects(delimiter, bom):
    rows = [["stt", "địa chỉ"], ["1", f"phường A{delimiter} quận 1"], ["2", 'có "ngoặc"']]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    table = read_table((bom + out.getvalue()).encode(), "a.csv")
    assert table.rows == rows
    assert table.delimiter == delimiter
    again = write_table(table)
    assert again.startswith("\ufeff".encode())  # whatever came: Excel knows UTF-8 by it
    assert read_table(again, "a.csv").rows == rows


def test_one_column_whose_commas_nobody_quoted():
    text = "địa chỉ\nphường Bến Nghé, quận 1\nxã A, huyện B, tỉnh C\n"
    table = read_table(text.encode(), "a.csv")
    assert table.rows[1:] == [["phường Bến Nghé, quận 1"], ["xã A, huyện B, tỉnh C"]]


def test_a_quotation_mark_out_of_place_spoils_one_row_only():
    lines = ["stt,địa chỉ", '1,"phường A, quận 1', "2,xã B", '3,"xã C, huyện D"']
    table = read_table("\n".join(lines).encode(), "a.csv")
    assert [row[0] for row in table.rows] == ["stt", "1", "2", "3"]
    assert table.rows[3] == ["3", "xã C, huyện D"]
    assert table.broken == {1}


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        ("phường Bến Nghé".encode("cp1258", "ignore") + b"\xd2\xec", "a.csv", "UTF-8"),
        ("địa chỉ".encode("utf-16"), "a.csv", "UTF-8"),
        (b"", "a.csv", "không có dòng nào"),
        (b"a\0b", "a.csv", "không phải tệp chữ"),
        (b"not a zip", "a.xlsx", "không đọc được"),
        (b"x", "a.pdf", ".csv"),
        (b"x" * (MAX_FILE_BYTES + 1), "a.csv", "tối đa 10 MB"),
        (b"a\n" * (MAX_ROWS + 1), "a.csv", "dòng"),
        (b"," * (MAX_COLUMNS + 1), "a.csv", "không có dòng nào"),
        (b"a" + b",b" * MAX_COLUMNS, "a.csv", "cột"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, name, said):
    with pytest.raises(PlaceTableError, match=r"a\.") as refused:
        read_table(data, name)
    assert said in str(refused.value)


def test_a_zip_that_unpacks_too_far_is_refused(monkeypatch):
    monkeypatch.setattr("knowledge.places.tables.xlsx_file.MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(PlaceTableError, match="quá lớn"):
        read_table(xlsx([["a"]]), "a.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(PlaceTableError, match="không đọc được"):
        read_table(out.getvalue(), "a.xlsx")


def test_xlsx_keeps_types_and_runs_nothing():
    rows = [["địa chỉ", "ngày", "số"], ["=1+1", date(2026, 1, 2), 3.5], [None, None, True]]
    table = read_table(xlsx(rows), "a.xlsx")
    table.rows[1][0] = "=HYPERLINK(1)"
    sheet = load_workbook(io.BytesIO(write_table(table))).active
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=HYPERLINK(1)"
    assert sheet["C2"].value == 3.5
    assert sheet["B2"].value.date() == date(2026, 1, 2)
    assert sheet["C3"].value is True


@pytest.mark.parametrize("text", ["=1", "+A1", "-A1", "@x", "\t=1", " =1", "-2+3+cmd|x", "-"])
def test_formulas_are_quoted(text):
    assert guarded(text).startswith("'")
    assert guarded(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["-5", "+84 912 345 678", "xã A", "1=2", "", "-1.500,25"])
def test_plain_values_are_left_alone(text):
    assert guarded(text) == text

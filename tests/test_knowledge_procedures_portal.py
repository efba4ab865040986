"""The importer: what is raw in an export of the national portal, and what is broken."""

from __future__ import annotations

import gzip
import json

import pytest

from knowledge.procedures.bodies import gone_bodies
from knowledge.procedures.errors import PortalFileError
from knowledge.procedures.portal import (
    BY_PROVINCE,
    from_payload,
    month_in_name,
    read_portal,
    to_payload,
)

HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_ROW = {
    "ma_thu_tuc": "1.000001",
    "ten_thu_tuc": "Cấp giấy phép thử.",
    "linh_vuc": "Thử",
    "cap_thuc_hien": "Cấp xã",
    "co_quan_thuc_hien": "Không có thông tin",
    "co_quan_co_tham_quyen": "",
    "so_quyet_dinh": "1/QĐ",
    "cach_thuc_thuc_hien": HEAD + "Trực tiếp5 Ngày làm việcMiễn phí",
    "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn theo mẫu1 bản chính"
    "Bản vẽ0 bản chính,1 bản sao",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnNghị định 118/2025/NĐ-CP118/2025",
    "detail_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/abc",
}


def row(**values):
    return {**_ROW, **values}


def write(tmp_path, *rows, name="tt-2026-06.jsonl"):
    path = tmp_path / name
    lines = [
        r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in rows
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def one(tmp_path, **values):
    return read_portal(write(tmp_path, row(**values))).procedures[0]


def texts(parts):
    return [(part.text, part.certainty) for part in parts]


def test_a_clean_row(tmp_path) -> None:
    found = one(tmp_path)
    assert (found.id, found.name, found.origin) == (
        "1.000001", "Cấp giấy phép thử", "portal",
    )  # fmt: skip
    assert texts(found.time_limit) == [("5 ngày làm việc", "reported")]
    assert texts(found.fee) == [("Miễn phí", "reported")]
    assert [p.text for p in found.papers] == ["Đơn theo mẫu", "Bản vẽ"]
    assert "118/2025" in found.legal_basis[0].text
    assert found.as_of == "2026-06"
    assert found.flags == ()


def test_a_time_without_a_unit_is_no_day(tmp_path) -> None:
    found = one(tmp_path, cach_thuc_thuc_hien=HEAD + "Trực tiếp1Miễn phíTrực tuyến1Miễn phí")
    assert found.shown("time_limit") == ()
    assert found.parts("time_limit")
    assert [way for way, _ in found.ways] == ["desk", "online"]
    export = read_portal(write(tmp_path, row(cach_thuc_thuc_hien=HEAD + "Trực tiếp1Miễn phí")))
    assert export.without_unit == 1


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("5 Ngày8,000 VNĐ", "8.000 đồng"),
        ("5 Ngày150,000 Việt Nam Đồng(một giấy)", "150.000 đồng (một giấy)"),
        ("18,000 VNĐ", None),  # 1 and 8,000, or 18,000
        ("5 Ngày120 VNĐ", None),  # a cell run together
        ("5 Ngày làm việcMiễn phí(Không)", "Miễn phí"),
        ("5 NgàyMiễn phí(Theo Luật phí (2015))Nộp (tại bàn)", "Theo Luật phí (2015)"),
        ("5 Ngày150,000 VNĐ(do Hội đồng nhân dân tỉnh quyết định)", BY_PROVINCE),
        ("1Miễn phí(Mức lệ phí cụ thể do HĐND tỉnh quyết định)", BY_PROVINCE),
    ],
)
def test_fees(tmp_path, cell, shown) -> None:
    found = one(tmp_path, cach_thuc_thuc_hien=f"{HEAD}Trực tiếp{cell}")
    assert [p.text for p in found.shown("fee")] == ([shown] if shown else [])


def test_different_times_name_their_way(tmp_path) -> None:
    cells = "Trực tiếp18 Ngày làm việcMiễn phíDịch vụ bưu chính4 Ngày làm việcMiễn phí"
    found = one(tmp_path, cach_thuc_thuc_hien=HEAD + cells)
    assert [p.text for p in found.time_limit] == [
        "18 ngày làm việc (trực tiếp)",
        "4 ngày làm việc (dịch vụ bưu chính)",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Ủy ban nhân dân cấp huyện",
        "Phòng Tư pháp",
        "UBND quận",
        "Công an huyện A",
        "Uỷ ban nhân dân thị xã",
    ],
)
def test_a_body_that_is_gone_is_flagged_and_not_named(tmp_path, name) -> None:
    found = one(tmp_path, co_quan_co_tham_quyen=name)
    assert found.flags == ("authority_gone",)
    assert name not in [p.text for p in found.shown("decided_by")]


def test_a_body_that_is_gone_in_the_text_is_flagged(tmp_path) -> None:
    found = one(tmp_path, trinh_tu_thuc_hien="trình Ủy ban nhân dân cấp huyện thẩm định")
    assert found.flags == ("text_names_gone_body",)
    assert gone_bodies("Sở Tư pháp; Thuế tỉnh, thành phố") == ()


def test_a_name_under_more_than_two_codes_of_one_decision_is_dropped(tmp_path) -> None:
    def named(code, decision="1/QĐ", name="Hỗ trợ  sản xuất"):
        return row(ma_thu_tuc=code, so_quyet_dinh=decision, ten_thu_tuc=name)

    three = [named("1.000001"), named("1.000002"), named("1.000003", name="Hỗ trợ sản xuất.")]
    export = read_portal(
        write(tmp_path, *three, named("1.000004", "2/QĐ"), named("1.000005", "2/QĐ"))
    )
    assert [p.codes[0].text for p in export.procedures] == ["1.000004", "1.000005"]
    assert [r.codes for r in export.repeated] == [("1.000001", "1.000002", "1.000003")]


def test_broken_lines_are_reported_by_number_and_the_rest_is_taken(tmp_path) -> None:
    path = write(
        tmp_path,
        row(),
        b"{broken",
        b"[1, 2]",
        b"",
        row(ma_thu_tuc="abc"),
        row(ma_thu_tuc="1.000002", ten_thu_tuc=" . "),
        b'{"ma_thu_tuc": "1.000009", "ten_thu_tuc": "\xff"}',
        row(),
        row(ma_thu_tuc="1.000003", linh_vuc=None, thanh_phan_ho_so=7),
        b"[" * 100_000,
    )
    export = read_portal(path)
    assert [p.codes[0].text for p in export.procedures] == ["1.000001", "1.000003"]
    assert [problem.line for problem in export.problems] == [2, 3, 5, 6, 7, 8, 10]


def test_a_very_long_line_is_skipped(tmp_path) -> None:
    export = read_portal(write(tmp_path, b'{"a": "' + b"x" * 3_000_000 + b'"}', row()))
    assert [p.line for p in export.problems] == [1]
    assert len(export.procedures) == 1


def test_gzip_whole_and_cut(tmp_path) -> None:
    rows = [row(ma_thu_tuc=f"1.{n:06d}", ten_thu_tuc=f"Việc {n * n}") for n in range(400)]
    packed = gzip.compress(b"\n".join(json.dumps(r).encode() for r in rows))
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(packed)
    assert len(read_portal(path).procedures) == 400
    path.write_bytes(packed[: len(packed) // 2])
    export = read_portal(path)
    assert 0 < len(export.procedures) < 400
    assert "tệp nén hỏng" in export.problems[-1].problem


@pytest.mark.parametrize("content", [b"", b"\n\n", b"not json\n", b"\x00\x01\x02" * 50])
def test_a_file_without_a_procedure_is_refused(tmp_path, content) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(PortalFileError, match=r"x\.jsonl"):
        read_portal(path)


def test_a_missing_file_is_refused(tmp_path) -> None:
    with pytest.raises(PortalFileError, match=r"none\.jsonl"):
        read_portal(tmp_path / "none.jsonl")


def test_the_store_gives_back_what_it_was_given(tmp_path) -> None:
    found = one(tmp_path, co_quan_co_tham_quyen="UBND cấp huyện")
    assert from_payload(json.loads(json.dumps(to_payload(found)))) == found


def test_the_month_is_read_off_the_name() -> None:
    assert month_in_name("thu-tuc-dvcqg-2026-06.jsonl.gz") == "2026-06"
    assert month_in_name("thu-tuc-2026-13.jsonl") is None

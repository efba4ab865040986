"""What a directive says about itself: read where it stands, and empty where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from directive_files import BODY, CLOSING, HEAD, READ, SIGNATURE, TEXT, TITLE

from knowledge.errors import DocumentError
from knowledge.reading.format import Told
from knowledge.reading.formats import read, read_document


def reading(folder: Path, text: str, name: str = "van-ban.txt", **told: str):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path, Told(**told))


def directive(
    *, head: str | None = None, title: str | None = None, body: str = "", end: str | None = None
) -> str:
    parts = (
        "\n".join(HEAD) if head is None else head,
        "\n".join(TITLE) if title is None else title,
        body or "\n".join(BODY),
        "\n".join((*CLOSING, *SIGNATURE)) if end is None else end,
    )
    return "\n\n".join(parts)


def test_everything_is_read_with_where_it_stands(tmp_path: Path) -> None:
    found = reading(tmp_path, TEXT)
    assert {key: found.values[key] for key in READ} == READ
    assert found.origins["number"] == "dòng 3: “Số: 12/QĐ-UBND”"
    assert found.origins["issued_on"].startswith("dòng 6")
    assert (found.missing, found.was_read) == ((), True)
    assert found.document().metadata.signer_role == "Chủ tịch"


def test_what_is_told_goes_before_what_is_read(tmp_path: Path) -> None:
    found = reading(tmp_path, TEXT, number="9/QĐ-UBND", title="Lịch")
    assert (found.values["number"], found.values["title"]) == ("9/QĐ-UBND", "Lịch")
    assert found.origins["title"] == "dòng lệnh"
    assert found.values["issuer"] == READ["issuer"]


def test_front_matter_goes_before_what_is_read(tmp_path: Path) -> None:
    header = "---\ntitle: Lịch\nissuer: Xã Ví Dụ\nissued_on: 2026-01-06\nsigner: Người khác\n---\n"
    found = reading(tmp_path, header + TEXT, "a.md")
    assert not found.was_read
    meta = found.document().metadata
    assert (meta.title, meta.issued_on, meta.signer) == ("Lịch", "2026-01-06", "Người khác")
    assert meta.signer_role is None  # the role in the text is another person's
    assert meta.number == "12/QĐ-UBND"


def test_nothing_is_read_of_a_press_report(tmp_path: Path) -> None:
    header = "---\ntitle: Tin\nissuer: Báo\nissued_on: 2026-01-06\nsource_kind: press\n---\n"
    meta = reading(tmp_path, header + TEXT, "a.md").document().metadata
    assert (meta.number, meta.signer, meta.legal_bases) == (None, None, ())


def test_what_cannot_be_read_is_empty_and_refused_by_name(tmp_path: Path) -> None:
    found = reading(tmp_path, "Hôm nay trời đẹp.\nXã họp về việc tiếp công dân.")
    assert found.missing == ("title", "issuer", "issued_on")
    with pytest.raises(DocumentError, match="--title, --issuer, --issued-on"):
        found.document()


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Số: 118/2025/NĐ-CP", "118/2025/NĐ-CP"),
        ("Số 177-KL/TW", "177-KL/TW"),
        ("Luật số: 72/2025/QH15", "72/2025/QH15"),
        ("Nghị quyết số: 76/2025/UBTVQH15", "76/2025/UBTVQH15"),
        ("Số:  05 /2026/ NQ-HĐND", "05/2026/NQ-HĐND"),
        ("Số: 12/QĐ-UBND     Ví Dụ, ngày 05 tháng 01 năm 2026", "12/QĐ-UBND"),
        ("Số: 87/KT", "87/KT"),
        ("Số:      /QĐ-UBND", None),
        ("Số: ......./KH-UBND", None),
        ("(Kèm theo Quyết định số 15/QĐ-UBND ngày 1/2/2026)", None),
    ],
)
def test_numbers_as_letterheads_have_them(tmp_path: Path, line: str, number: str | None) -> None:
    head = "\n".join((*HEAD[:2], line, *HEAD[3:5]))
    found = reading(tmp_path, directive(head=head))
    if number is None and "Kèm" in line:
        assert found.values.get("number") in (None, "15/QĐ-UBND")  # never another form
    else:
        assert found.values.get("number") == number
    if number is None and "/" in line and "Kèm" not in line:
        assert any("dự thảo" in note for note in found.notes)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Hà Nội, ngày 18 tháng 11 năm 2025", "2025-11-18"),
        ("Hà Nội, ngày 1 tháng\n9 năm 2025", "2025-09-01"),
        ("Hà Nội, ngày      tháng     năm 2026", None),
        ("Theo lịch họp ngày 5/1/2026", None),
    ],
)
def test_dates_as_letterheads_have_them(tmp_path: Path, line: str, day: str | None) -> None:
    head = "\n".join((*HEAD[:5], line))
    assert reading(tmp_path, directive(head=head)).values.get("issued_on") == day


@pytest.mark.parametrize("line", ["ngày 31 tháng 02 năm 2026", "ngày 10 tháng 13 năm 2026"])
def test_an_impossible_date_is_refused(tmp_path: Path, line: str) -> None:
    head = "\n".join((*HEAD[:5], f"Ví Dụ, {line}"))
    with pytest.raises(DocumentError, match="không có trong lịch") as refused:
        reading(tmp_path, directive(head=head))
    assert refused.value.field == "issued_on"


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Quyết định này có hiệu lực kể từ ngày ký.", "2026-01-05"),
        ("Quyết định này có hiệu lực thi hành từ ngày ký ban hành.", "2026-01-05"),
        ("Quyết định này có hiệu lực thi hành kể từ ngày 01 tháng 3 năm 2026.", "2026-03-01"),
        ("Quyết định này có hiệu lực từ ngày 15/02/2026.", "2026-02-15"),
        ("Quyết định này có hiệu lực thi\nhành từ ngày 17 tháng 11 năm 2026.", "2026-11-17"),
        ("Quyết định này có hiệu lực sau 10 ngày kể từ ngày ký.", None),
        ("Quyết định này có hiệu lực thi hành sau 45 ngày.", None),
        ("Quyết định số 7/QĐ-UBND có hiệu lực từ ngày 01/02/2026 hết hiệu lực.", None),
        ("Sửa Điều 5: “Quyết định này có hiệu lực từ ngày 01/02/2020”.", None),
        ("Quyết định này có hiệu lực từ ngày ký. Quy định này có hiệu lực từ ngày 1/9/2026.", None),
    ],
)
def test_the_day_of_effect(tmp_path: Path, sentence: str, day: str | None) -> None:
    found = reading(tmp_path, directive(body=f"Điều 1. Việc.\nĐiều 2. Hiệu lực\n{sentence}"))
    assert found.values.get("effective_from") == day


def test_an_exception_of_the_day_of_effect_is_told(tmp_path: Path) -> None:
    body = "Điều 1. Quyết định này có hiệu lực từ ngày 01/3/2026, trừ khoản 2 Điều 3."
    found = reading(tmp_path, directive(body=body))
    assert found.values["effective_from"] == "2026-03-01"
    assert any("ngày khác" in note for note in found.notes)


@pytest.mark.parametrize(
    ("lines", "signer", "role"),
    [
        ("TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nLê Thị Mẫu", "Lê Thị Mẫu", "Phó Chủ tịch"),
        ("T/M BỘ CHÍNH TRỊ\nTHƯỜNG TRỰC BAN BÍ THƯ\nTrần Văn Thử", "Trần Văn Thử", "Thường trực Ban Bí thư"),
        ("BỘ TRƯỞNG\n\n\nĐỗ Thị Ánh Mẫu", "Đỗ Thị Ánh Mẫu", "Bộ trưởng"),
        ("TL. CHỦ TỊCH\nCHÁNH VĂN PHÒNG\nNgô Mẫu", "Ngô Mẫu", "Chánh Văn phòng"),
        ("CHỦ TỊCH\n", None, None),
        ("TM. BÊN A\nGIÁM ĐỐC\nNguyễn Văn Một\nTM. BÊN B\nCHỦ TỊCH\nNguyễn Văn Hai", None, None),
    ],
)  # fmt: skip
def test_who_signed(tmp_path: Path, lines: str, signer: str | None, role: str | None) -> None:
    values = reading(tmp_path, directive(end=f"Nơi nhận:\n- Lưu: VT.\n{lines}")).values
    assert (values.get("signer"), values.get("signer_role")) == (signer, role)


def test_a_title_ends_where_a_sentence_begins(tmp_path: Path) -> None:
    title = "THÔNG BÁO\nLịch cấp căn cước lưu động"
    body = "Công an xã thông báo lịch như sau:\n1. Ngày 25/6/2026 tại thôn Một."
    values = reading(tmp_path, directive(title=title, body=body)).values
    assert values["title"] == "Thông báo lịch cấp căn cước lưu động"


def test_a_letter_has_its_subject_behind_vv(tmp_path: Path) -> None:
    head = "\n".join((*HEAD[:2], "Số: 9/UBND-VP", "V/v rà soát\nhộ nghèo", *HEAD[3:]))
    found = reading(tmp_path, f"{head}\n\nKính gửi: Các thôn.\n\nXã đề nghị các thôn rà soát.")
    assert found.values["kind"] == "Công văn"
    assert found.values["title"] == "Công văn về việc rà soát hộ nghèo"


@pytest.mark.parametrize(
    ("head", "issuer"),
    [
        ("UBND TỈNH MINH HỌA\nSỞ NỘI VỤ", "Sở Nội vụ, UBND tỉnh Minh Họa"),
        ("HỘI ĐỒNG NHÂN DÂN\nPHƯỜNG THÍ DỤ", "Hội đồng nhân dân phường Thí Dụ"),
        ("CHÍNH PHỦ", "Chính phủ"),
        ("TỈNH ỦY MINH HỌA\nBAN TỔ CHỨC\n*", "Ban Tổ chức, Tỉnh ủy Minh Họa"),
        ("UBND XÃ VÍ DỤ   CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "UBND xã Ví Dụ"),
    ],
)
def test_issuers_as_letterheads_have_them(tmp_path: Path, head: str, issuer: str) -> None:
    text = directive(head=f"{head}\nSố: 3/QĐ-X\nNơi Nào, ngày 2 tháng 3 năm 2026")
    assert reading(tmp_path, text).values["issuer"] == issuer


# Secrets


@pytest.mark.parametrize(
    "stamp",
    ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "[MẬT]", "M Ậ T", "Độ mật: Tối mật", "Mức độ mật: MẬT", "| MẬT |", "TOI MAT"],
)  # fmt: skip
def test_a_stamped_text_is_refused(tmp_path: Path, stamp: str) -> None:
    for head in (f"{stamp}\n{chr(10).join(HEAD)}", "\n".join((*HEAD[:3], stamp, *HEAD[3:]))):
        with pytest.raises(DocumentError, match="văn bản mật"):
            reading(tmp_path, directive(head=head))


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("QUYẾT ĐỊNH\nBan hành danh mục bí mật nhà nước độ\nTỐI MẬT\ntrong lĩnh vực thử", ""),
        ("QUYẾT ĐỊNH\nVỀ BẢO VỆ BÍ MẬT NHÀ NƯỚC", "Điều 1. Bảo vệ bí mật nhà nước, danh mục tối mật."),
        ("KẾ HOẠCH\nGiữ bí mật", "1. Dấu mật\nMẬT\nlà dấu đóng trên văn bản mật."),
        ("KẾ HOẠCH\nNuôi ong lấy mật", "1. Mật\nMật ong được bán tại chợ."),
    ],
)  # fmt: skip
def test_a_text_that_speaks_of_secrets_is_taken(tmp_path: Path, title: str, body: str) -> None:
    assert reading(tmp_path, directive(title=title, body=body)).values["number"] == "12/QĐ-UBND"


def test_a_secret_with_front_matter_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    header = "---\ntitle: T\nissuer: I\nissued_on: 2026-01-06\n---\n"
    path.write_text(f"{header}TỐI MẬT\n{TEXT}", encoding="utf-8")
    with pytest.raises(DocumentError, match="TỐI MẬT"):
        read_document(path)

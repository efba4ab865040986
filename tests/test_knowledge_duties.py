"""Who is to do what by when, read off texts of forms that people write; bodies are invented."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from knowledge.duties.choosing import Duties, Wanted, read_day
from knowledge.duties.extraction import duties_of
from knowledge.duties.models import Duty
from knowledge.duties.writing import write
from knowledge.models import Document
from knowledge.reading.bundled import load_bundled
from knowledge.reading.formats import read_document

TODAY = date(2025, 8, 15)
HEAD = """---
id: thu
number: 9/KH-UBND
kind: Kế hoạch
title: Kế hoạch thử
issuer: Uỷ ban nhân dân xã Thử
issued_on: 2025-07-02
source_kind: {kind}
---

"""


@pytest.fixture
def read(tmp_path: Path):
    def of(body: str, kind: str = "official") -> tuple[Document, tuple[Duty, ...]]:
        path = tmp_path / "thu.md"
        path.write_text(HEAD.format(kind=kind) + body, encoding="utf-8")
        document = read_document(path)
        duties = duties_of(document)
        for duty in duties:
            assert document.text[duty.start : duty.end] == duty.deed
            assert document.text[duty.due.start : duty.due.end] == duty.due.words
            assert all(body in document.text for body in duty.bodies)
        return document, duties

    return of


@pytest.mark.parametrize(
    ("body", "bearers"),
    [
        ("1. Giao Sở Nội vụ rà soát vị trí việc làm.", ["Sở Nội vụ"]),
        ("1. Giao Sở Nội vụ:\n\na) Rà soát vị trí;\n\nb) Mở lớp.", ["Sở Nội vụ"] * 2),
        ("1. Đề nghị Công an tỉnh chỉ đạo việc cấp căn cước.", ["Công an tỉnh"]),
        ("1. Trạm Y tế xã có trách nhiệm tổ chức tiêm chủng.", ["Trạm Y tế xã"]),
        (
            "Điều 3. Trách nhiệm của Phòng Kinh tế\n\n1. Lập dự toán.\n\n2. Thẩm tra.",
            ["Phòng Kinh tế"] * 2,
        ),
        ("1. Các sở, ban, ngành khẩn trương rà soát quy trình.", ["Các sở, ban, ngành"]),
        ("1. Hội Nông dân xã: vận động hội viên; tổng hợp kết quả.", ["Hội Nông dân xã"]),
        ("1. Việc này xong sớm thì tốt; trước hạn, các phòng phải báo cáo.", ["các phòng"]),
        ("1. Chủ tịch xã giao Phòng Kinh tế lập danh sách. Gửi về tỉnh.", ["Phòng Kinh tế"] * 2),
        ("1. Đối với Đoàn Thanh niên xã, đề nghị duy trì đội tình nguyện.", ["Đoàn Thanh niên xã"]),
        # Told, thanked for, agreed to, conditioned: nobody is to do it.
        ("1. Sở Nội vụ đã hoàn thành việc rà soát.", []),
        ("1. Biểu dương Sở Nội vụ đã tích cực phối hợp.", []),
        ("1. Đồng ý để Sở Nội vụ tổ chức hội nghị.", []),
        ("1. Mục tiêu: các xã giải quyết 95% hồ sơ đúng hạn.", []),
        ("I. Tổ chức thực hiện\n\n1. Phòng, chống thiên tai là việc chung.", []),
        ("1. Nhiệm vụ được giao tiếp tục được theo dõi.", []),
    ],
)
def test_who(read, body: str, bearers: list[str]) -> None:
    assert [duty.bearer for duty in read(body)[1]] == bearers


def test_with_whom_and_who_is_directed(read) -> None:
    _, duties = read(
        "1. Giao Sở Y tế chủ trì, phối hợp chặt chẽ với Sở Tài chính và các xã tổ chức thi.\n\n"
        "2. Đảng uỷ xã lãnh đạo, chỉ đạo Đoàn Thanh niên xã duy trì trực."
    )
    assert [duty.partners for duty in duties] == ["Sở Tài chính và các xã", ""]
    assert [duty.directed for duty in duties] == ["", "Đoàn Thanh niên xã"]


def test_an_item_that_names_another_stays_in_the_list_of_the_first(read) -> None:
    document, duties = read(
        "1. Giao Đảng uỷ xã lãnh đạo:\n\na) Các phòng khẩn trương rà soát hồ sơ;\n\nb) Lập tổ."
    )
    assert [(d.bearer, d.under) for d in duties] == [
        ("Các phòng", "Đảng uỷ xã"),
        ("Đảng uỷ xã", ""),
    ]
    wanted, documents = Wanted(body="dang uy xa"), [document]
    assert len(Duties(lambda: documents).chosen(wanted, TODAY)) == 2


def test_news_gives_orders_in_other_words(read) -> None:
    _, duties = read(
        "Chiều 2-7, Chủ tịch tỉnh dự họp.\n\nChủ tịch giao cho Sở Y tế kiện toàn trạm y tế.\n\n"
        "Cùng với đó, tiếp tục tập huấn.\n\nCác xã vui vẻ tổ chức lễ hội.\n\nNgười dân khen.",
        kind="press",
    )
    assert [(d.bearer, d.deed) for d in duties] == [
        ("Sở Y tế", "kiện toàn trạm y tế"),
        ("Sở Y tế", "tiếp tục tập huấn"),
    ]


@pytest.mark.parametrize(
    ("words", "kind", "first", "last"),
    [
        ("trước ngày 31/7/2025", "date", None, "2025-07-31"),
        ("chậm nhất là ngày 5 tháng 8 năm 2025", "date", None, "2025-08-05"),
        ("xong trước 10/8", "date", None, "2025-08-10"),
        ("hoàn thành trước ngày 15/01", "date", None, "2026-01-15"),
        ("trong tháng 9/2025", "month", "2025-09-01", "2025-09-30"),
        ("trong tuần đầu tháng 10/2025", "month", "2025-10-01", "2025-10-07"),
        ("trước tháng 9/2025", "month", None, "2025-08-31"),
        ("trong quý IV/2025", "month", "2025-10-01", "2025-12-31"),
        ("đến hết năm 2025", "month", None, "2025-12-31"),
        ("trước đại hội đảng bộ xã, phường", "event", None, None),
        ("chậm nhất 03 ngày làm việc kể từ ngày nhận đơn", "event", None, None),
        ("theo Kế hoạch số 5/KH-UBND ngày 30/9/2025", "none", None, None),
        ("từ ngày 31/02/2025", "none", None, None),
        ("như đã báo cáo đến ngày 10/3/2025", "none", None, None),
    ],
)
def test_by_when(read, words: str, kind: str, first: str | None, last: str | None) -> None:
    due = read(f"1. Giao Phòng Kinh tế lập danh sách {words}.")[1][0].due
    assert due.kind == kind
    assert (due.first and due.first.isoformat(), due.last and due.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("trước 15 giờ thứ 4 hằng tuần", ("week", 2, None, 15)),
        ("vào thứ Bảy hàng tuần", ("week", 5, None, None)),
        ("chiều chủ nhật mỗi tuần", ("week", 6, None, None)),
        ("trước ngày 25 hằng tháng", ("month", None, 25, None)),
        ("định kỳ hằng quý", ("quarter", None, None, None)),
        ("trước ngày 15/12 hằng năm", ("year", None, 15, None)),
    ],
)
def test_what_comes_again(read, words: str, said: tuple[object, ...]) -> None:
    due = read(f"1. Giao Phòng Kinh tế báo cáo {words}.")[1][0].due
    assert (due.every, due.weekday, due.day, due.hour) == said


def test_a_part_with_a_time_of_its_own_is_a_duty(read) -> None:
    _, duties = read("1. Giao Phòng Kinh tế lập dự toán; in biểu mẫu; quyết toán trước 20/12/2025.")
    assert [(d.deed, d.due.kind) for d in duties] == [
        ("lập dự toán; in biểu mẫu", "none"),
        ("quyết toán trước 20/12/2025", "date"),
    ]


def test_the_time_of_a_lead_in_is_that_of_its_items(read) -> None:
    _, duties = read(
        "1. Giao Phòng Kinh tế báo cáo trong tháng 9/2025:\n\na) Việc thu phí;\n\nb) Việc chi."
    )
    assert [d.due.words for d in duties] == ["trong tháng 9/2025"] * 2


def test_labels_below_a_task(read) -> None:
    _, duties = read(
        "1. Số hoá hồ sơ\n\nQuét hồ sơ giấy.\n\n- Cơ quan chủ trì: Văn phòng xã.\n\n"
        "- Cơ quan phối hợp: Công an xã.\n\n- Thời gian hoàn thành: tháng 9/2025."
    )
    (duty,) = duties
    assert (duty.bearer, duty.partners, duty.deed) == (
        "Văn phòng xã",
        "Công an xã",
        "Quét hồ sơ giấy",
    )
    assert duty.due.last == date(2025, 9, 30)


def test_labels_behind_their_task(read) -> None:
    _, duties = read("1. Quét hồ sơ giấy. Chủ trì: Văn phòng xã.\n\n- Thời hạn: quý IV/2025.")
    (duty,) = duties
    assert (duty.bearer, duty.deed) == ("Văn phòng xã", "Quét hồ sơ giấy")
    assert duty.due.last == date(2025, 12, 31)


def test_rows_of_a_table(read) -> None:
    _, duties = read(
        "1. Phân công\n\n| TT | Công việc | Đơn vị thực hiện | Đơn vị phối hợp | Thời hạn |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| 1 | Sơn lại trụ sở | Phòng Kinh tế | Các thôn | Trước 5/9/2025 |\n"
        "| 2 | Việc chưa giao | | | |\n"
    )
    (duty,) = duties
    assert (duty.bearer, duty.partners, duty.deed) == (
        "Phòng Kinh tế",
        "Các thôn",
        "Sơn lại trụ sở",
    )
    assert duty.due.last == date(2025, 9, 5)


def test_overdue_is_told_from_a_given_day(read) -> None:
    duty = read("1. Giao Phòng Kinh tế quyết toán trước ngày 31/7/2025.")[1][0]
    assert not duty.overdue(date(2025, 7, 31))
    assert duty.overdue(date(2025, 8, 1))


def test_filters() -> None:
    documents = load_bundled()
    duties = Duties(lambda: documents)

    def found(**wanted: object) -> list[str]:
        return [d.passage.anchor for d in duties.chosen(Wanted(**wanted), TODAY)]  # type: ignore[arg-type]

    assert found(overdue=True) == ["muc-4-diem-10", "muc-7"]
    assert found(from_day=date(2025, 10, 1), to_day=date(2025, 10, 16), document="195-kl/tw") == [
        "doan-10-muc-1",
        "doan-10-muc-2",
        "doan-10-muc-3",
        "doan-7",
    ]
    assert found(body="trung uong doan") == ["doan-7", "muc-6-diem-1"]
    assert found(body="Đoàn Văn Hậu") == []
    assert found(to_day=date(2025, 4, 1)) == []
    assert len({d.bearer for d in duties.all()}) == len(duties.bodies()) + _spelled_twice(duties)


def _spelled_twice(duties: Duties) -> int:
    from knowledge.duties.choosing import body_key

    bearers = {d.bearer for d in duties.all()}
    return len(bearers) - len({body_key(bearer) for bearer in bearers})


def test_documents_taken_away_take_their_duties() -> None:
    documents = load_bundled()
    duties = Duties(lambda: documents)
    assert duties.all()
    documents = []
    assert duties.all() == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-31", date(2025, 7, 31)),
        (" 31/7/2025 ", date(2025, 7, 31)),
        ("31/2/2025", None),
        ("hôm nay", None),
    ],
)
def test_a_day_as_it_is_written(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_the_calendar_is_read_back(read) -> None:
    _, duties = read(
        "1. Giao Phòng Kinh tế quyết toán, in; trước ngày 31/7/2025.\n\n"
        "2. Giao Công an xã báo cáo trước 15 giờ thứ 4 hằng tuần.\n\n"
        "3. Giao Trạm Y tế xã báo cáo hằng quý.\n\n4. Giao Công an xã giữ trật tự."
    )
    events = Calendar.from_ical(write("ics", duties, TODAY, "https://hoi.example.vn")).events
    day, weekly, quarterly = events
    assert day.start == date(2025, 7, 31)
    assert day["url"].endswith("/van-ban/thu#muc-1")
    assert "Nguồn: Kế hoạch 9/KH-UBND, Mục 1" in day["description"]
    assert weekly.start.astimezone(UTC) == datetime(2025, 7, 2, 8, tzinfo=UTC)  # a Wednesday
    assert weekly["rrule"]["byday"] == ["WE"]
    assert quarterly.start == date(2025, 9, 30)
    assert len({str(event["uid"]) for event in events}) == 3


def test_a_bounded_week_ends_in_the_calendar() -> None:
    plan = next(d for d in load_bundled() if d.id == "ke-hoach-47-kh-bcd")
    (event,) = Calendar.from_ical(write("ics", duties_of(plan), TODAY)).events
    assert event.start.isoformat() == "2025-04-16T15:00:00+07:00"
    assert event["rrule"]["until"] == [datetime(2025, 10, 31, 16, 59, tzinfo=UTC)]


def test_tables_are_read_back(read) -> None:
    _, duties = read("1. Giao Phòng Kinh tế **quyết toán** trước ngày 31/7/2025.")
    text = write("csv", duties, TODAY).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Cơ quan"], row["Ngày cuối"]) == ("Phòng Kinh tế", "2025-07-31")
    assert (row["Việc"], row["Đã qua hạn"]) == ("quyết toán trước ngày 31/7/2025", "có")
    sheet = load_workbook(io.BytesIO(write("xlsx", duties, TODAY))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:1] == ["Phòng Kinh tế"]


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(read) -> None:
    _, duties = read('1. Phòng Kinh tế:\n\na) =HYPERLINK("x") gửi báo cáo.\n\nb) Lập dự toán.')
    assert "'=HYPERLINK" in write("csv", duties, TODAY).decode()

"""Hours, addresses and numbers of offices: which ask is answered by a record, and which is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import built_copy
from fastapi.testclient import TestClient
from test_knowledge_offices import GOOD, SAIGON, read, table

from bot.answer.answer import Answer
from bot.answer.blocks import Lead, Verdict
from bot.doors.cli import main as cli
from bot.doors.web.app import create_app
from bot.opening import Core, open_core
from bot.settings import Settings
from knowledge.offices.catalogue import Offices, take_in
from knowledge.store.store import open_store
from prompts.wording import load_wording

SAY = load_wording()
HOURS = GOOD["hours"]
POLICE = {
    **GOOD,
    "kind": "công an",
    "address": "73 Yersin",
    "hours": "",
    "phones": "028 3829 7373",
}


@pytest.fixture(scope="module")
def filled(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A core where one commune has filled in its offices; tests only ask it."""
    settings = built_copy(built_folder, tmp_path_factory.mktemp("offices") / "data")
    store = open_store(settings.database_url)
    take_in(store.records, read(GOOD, POLICE).offices)
    store.close()
    opened = open_core(settings)
    yield opened
    opened.close()


def source_of(core: Core, text: str) -> str:
    """Whose claim on a text is certain before all others."""
    claims = core.router.claims(core.reader.ask(text))
    return claims[0].source if claims else ""


def lead(answer: Answer) -> str:
    """The first sentence that answers."""
    return next(block.text.words for block in answer.blocks if isinstance(block, Lead | Verdict))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Giờ làm việc của UBND phường Sài Gòn?", HOURS),
        ("gio lam viec ubnd phuong sai gon", HOURS),
        ("giowf lamf vieecj ubnd phuongwf saif gonf", HOURS),
        ("ubnd p. bến nghé q1 mấy h mở cửa", HOURS),
        ("mấy giờ phường Sài Gòn mở cửa ạ", HOURS),
        ("trung tâm phục vụ hành chính công phường Sài Gòn ở đâu?", "45 Lê Duẩn"),
        ("dia chi mot cua phuong sai gon", "45 Lê Duẩn"),
        ("bộ phận một cửa p. bến nghé q1 số dt", "02838291234"),
        ("số điện thoại phường Sài Gòn", "02838291234"),
        ("cho gặp người thật ở phường Sài Gòn", "02838291234"),
        ("công an phường Sài Gòn ở đâu", "73 Yersin"),
        ("so dien thoai cong an phuong sai gon", "02838297373"),
        ("thứ tư phường sài gòn có làm việc không", "Có làm việc thứ Tư: 07:30–11:30, 13:30–17:00"),
        ("chủ nhật ubnd phường Sài Gòn có làm không", "không có Chủ nhật"),
        ("giờ làm việc công an phường Sài Gòn", SAY("offices.lacks.hours")),
        (
            "em ở Cần Thơ mới lên phường Sài Gòn, cho em hỏi ủy ban phường mấy giờ mở cửa ạ",
            HOURS,
        ),
    ],
)
def test_the_asked_thing_comes_first(filled: Core, text: str, told: str) -> None:
    assert source_of(filled, text) == "offices"
    assert told in lead(filled.assistant.ask(text))


def test_the_record_is_cited_with_its_source_and_day(filled: Core) -> None:
    answer = filled.assistant.ask("địa chỉ ubnd phường Sài Gòn")
    cited = answer.citations[0]
    assert (cited.source_kind, cited.issuer, cited.issued_on) == (
        "record",
        GOOD["source"],
        GOOD["as_of"],
    )
    assert cited.quote == GOOD["address"]
    assert cited.url.startswith("/dia-chi?q=")


def test_an_old_name_is_told_with_what_it_is_now(filled: Core) -> None:
    answer = filled.assistant.ask("địa chỉ ubnd phường Bến Nghé, quận 1")
    assert "nay là Phường Sài Gòn" in answer.text
    assert len(answer.citations) > 1


@pytest.mark.parametrize(
    "text",
    [
        "giờ làm việc của ubnd phường Bến Thành, TP Hồ Chí Minh",  # no record
        "giờ làm việc của uỷ ban",  # no place
        "ubnd xã Tân Hà mấy giờ mở cửa",  # several places
        "giờ làm việc của UBND Thành phố Hồ Chí Minh",  # no commune
        "chủ tịch phường Sài Gòn tiếp dân thứ mấy",
        "tết phường Sài Gòn nghỉ từ ngày nào",
        "trạm y tế phường Sài Gòn mấy giờ mở cửa",
        "Phường Sài Gòn",
        "phường bến nghé quận 1 nay là phường nào",
        "lệ phí đăng ký khai sinh ở phường Sài Gòn bao nhiêu",
        "UBND phường Sài Gòn có bao nhiêu cán bộ",
        "công an phường Sài Gòn số mấy, chồng tôi đang đánh tôi",
    ],
)
def test_other_questions_keep_their_answers(core: Core, filled: Core, text: str) -> None:
    assert source_of(filled, text) != "offices"
    assert filled.assistant.ask(text).text == core.assistant.ask(text).text


def test_without_records_nothing_is_claimed(core: Core) -> None:
    assert core.assistant.ask("giờ làm việc của UBND phường Sài Gòn?").text == SAY("replies.hours")


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("Phường Bến Nghé quận 1 nay là phường nào?", "giờ làm việc?", HOURS),
        ("Đăng ký khai sinh ở phường Sài Gòn cần gì?", "ở đó mấy giờ làm việc?", HOURS),
        ("Giờ làm việc của UBND phường Sài Gòn?", "số điện thoại công an?", "02838297373"),
        ("Giờ làm việc của UBND phường Sài Gòn?", "thứ bảy có làm không", "không có thứ Bảy"),
    ],
)
def test_later_in_a_talk_the_place_is_that_of_the_talk(
    filled: Core, first: str, then: str, told: str
) -> None:
    begun = filled.assistant.ask(first)
    answer = filled.assistant.ask(then, begun.conversation_id)
    assert answer.understood_as
    assert told in lead(answer)


def test_a_procedure_says_where_its_desk_is(core: Core, filled: Core) -> None:
    text = "đăng ký khai sinh ở phường Sài Gòn nộp ở đâu"
    told = SAY("procedures.place.office", told="45 Lê Duẩn, điện thoại 02838291234", marker="[3]")
    assert told in filled.assistant.ask(text).text
    assert "Trụ sở ở" not in core.assistant.ask(text).text


def test_the_page_that_is_cited_shows_the_office(filled: Core) -> None:
    client = TestClient(create_app(filled, Settings(rate_limit="off")))
    cited = filled.assistant.ask("địa chỉ ubnd phường Sài Gòn").citations[0]
    address, _, anchor = cited.url.partition("#")
    page = client.get(address).text
    assert f'id="{anchor}"' in page
    assert GOOD["address"] in page
    assert 'href="tel:02838291234"' in page


# haicap offices


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HAICAP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def stored(folder: Path) -> Offices:
    store = open_store(Settings(data_dir=folder / "data").database_url)
    try:
        return Offices.stored(store.records)
    finally:
        store.close()


def write(folder: Path, *rows: dict[str, str]) -> str:
    path = folder / "truso.csv"
    path.write_bytes(table(*rows))
    return str(path)


def test_a_file_is_taken_in_listed_and_removed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["offices", "--file", write(folder, GOOD, POLICE), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["offices"] == 2
    assert cli.main(["offices", "bến nghé, quận 1", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [office["kind"] for office in listed] == ["one_stop", "police"]
    assert cli.main(["offices"]) == 0
    assert "73 Yersin" in capsys.readouterr().out
    assert cli.main(["offices", "--remove", SAIGON]) == 0
    assert stored(folder).all == ()


def test_a_file_with_a_bad_row_is_refused_whole(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(folder, GOOD, POLICE | {"phones": "12 34"})
    assert cli.main(["offices", "--file", bad]) == 2
    told = capsys.readouterr().err
    assert "dòng 3, cột 'Điện thoại'" in told
    assert "12 34" not in told
    assert stored(folder).all == ()


def test_good_rows_alone_where_that_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(folder, GOOD, POLICE | {"phones": "12 34"})
    assert cli.main(["offices", "--file", bad, "--skip-bad"]) == 0
    assert "bỏ 1 dòng hỏng" in capsys.readouterr().out
    assert [office.kind for office in stored(folder).all] == ["one_stop"]


@pytest.mark.parametrize(
    "args",
    [
        ["--file", "khong-co.csv"],
        ["--as-of", "2026-11-01"],
        ["--template", "--remove", SAIGON],
        ["--remove", "1"],
        ["--remove", "xyz"],
        ["--remove", SAIGON],
    ],
)
def test_what_cannot_be_carried_out_is_refused(folder: Path, args: list[str]) -> None:
    assert cli.main(["offices", *args]) == 2


def test_the_day_of_a_file_is_checked(folder: Path) -> None:
    row = GOOD | {"as_of": ""}
    assert cli.main(["offices", "--file", write(folder, row), "--as-of", "11/2026"]) == 2
    assert cli.main(["offices", "--file", write(folder, row), "--as-of", "2026-11-01"]) == 0
    assert stored(folder).all[0].as_of == "2026-11-01"


def test_the_template_is_printed(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.main(["offices", "--template"]) == 0
    assert capfdbinary.readouterr().out.startswith("\ufeffMã xã,".encode())

"""Procedures through the front doors: search, answers, command line, API and pages."""

from __future__ import annotations

import functools
import html
import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args
from urllib.parse import quote

import pytest
from asks import read_ask
from procedure_core import ProcedureCore, open_procedures, procedures, restorer
from starlette.testclient import TestClient

from bot.answer.blocks import Field, Folded
from bot.answer.rendering.plain import plain
from bot.doors.cli import main as cli
from bot.doors.web.app import create_app
from bot.question.aspects import Aspect, aspects
from bot.question.places_named import PlaceReading
from bot.settings import Settings
from bot.sources.procedures.answers import ProcedureAnswers
from bot.sources.refusals import Refusals
from evals.sets.typing_styles import STYLES, restyle
from knowledge.places.models import Commune, PlaceResolution, Province
from knowledge.procedures.loading import load_procedures
from knowledge.procedures.models import ANCHORS, FIELDS
from prompts.wording import load_wording
from retrieval.query import analyse

UNVERIFIED = "chưa kiểm chứng, hỏi Trung tâm Phục vụ hành chính công"
OWN = [p.id for p in load_procedures()]
ASKS = (
    "{} làm thế nào?",
    "{} nộp ở đâu?",
    "{} mất bao lâu?",
    "{} lệ phí bao nhiêu?",
    "{} cần giấy tờ gì?",
    "{} ai giải quyết?",
    "{} trước đây ở huyện hay xã?",
    "{} nộp ở xã khác được không?",
    "{} căn cứ luật nào?",
    "{} có lưu ý gì không?",
    "{} nộp trực tuyến được không?",
)


def province(short, kind="tỉnh"):
    return Province("01", kind, short, (), None, "", "")


def place(status, *units):
    """A resolution; a unit is (name, province)."""
    new = tuple(
        u
        if isinstance(u, Province)
        else Commune("1", u[0].split()[0].lower(), u[0], u[1], "2025-07-01")
        for u in units
    )
    return PlaceResolution(status, "x", "commune", "2026-07-25", new=new)


def ask(question, at=None, known=None):
    answers = (known or procedures()).answers
    read = [PlaceReading(at, question, question, sure=True)] if at else []
    asked = read_ask(question, restorer(), lambda _: read, answers.search.vector)
    chosen = answers.chooser.choose(asked)
    if chosen and chosen.unsure:
        return Refusals(load_wording()).not_held(answers.drafts.near(chosen))
    return answers.drafts.draft(chosen, asked) if chosen else None


def labels(draft):
    """Of the parts asked for."""
    return [block.label for block in draft.blocks if isinstance(block, Field)]


def opened(draft):
    """What is read without a tap, markers left out."""
    shown = plain([block for block in draft.blocks if not isinstance(block, Folded)])
    return re.sub(r" ?\[\d+\]", "", shown)


def words(draft, number):
    """Of one block."""
    return plain([draft.blocks[number]])


def record_of(draft):
    return draft.cards[0]["id"] if draft and draft.cards else None


@functools.cache
def client():
    app = create_app(ProcedureCore(), Settings(rate_limit="off"))
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


# finding

FOUND = [
    ("làm giấy khai sinh ở đâu", "khai-sinh"),
    ("lam giay khai sinh", "khai-sinh"),
    ("sang tên sổ đỏ", "bien-dong-dat"),
    ("mở quán cần gì", "ho-kinh-doanh"),
    ("xin giấy độc thân", "xac-nhan-doc-than"),
    ("đổi hộ khẩu", "thuong-tru"),
    ("lam can cuoc mat bao lau", "can-cuoc"),
    ("dang ky xe", "dang-ky-xe"),
    ("đổi giấy phép lái xe", "giay-phep-lai-xe"),
    ("khai sinh cho con có bố là người nước ngoài", "khai-sinh-nuoc-ngoai"),
    ("kết hôn với người Hàn Quốc làm ở đâu", "ket-hon-nuoc-ngoai"),
    ("đổi sổ đỏ bị rách", "cap-doi-so-do"),
    ("mất sổ đỏ phải làm sao", "mat-so-do"),
    ("làm sổ đỏ lần đầu", "so-do-lan-dau"),
    ("thủ tục 1.001193", "khai-sinh"),
    ("1.014063 lệ phí bao nhiêu", "can-cuoc"),
    ("làm cccd cho con", "can-cuoc"),
    ("đk kết hôn cần giấy tờ j", "ket-hon"),
    ("làm hộ chiếu ở công an xã được không", "ho-chieu"),
    ("Căn cước ghi địa chỉ tỉnh cũ có phải đổi không", "doi-giay-to-sau-sap-nhap"),
    ("sáp nhập rồi sổ đỏ ghi huyện cũ có phải đi đổi không", "doi-giay-to-sau-sap-nhap"),
    ("hồ sơ đất nộp ở huyện trước 1/7 chưa xong giờ ai giải quyết", "ho-so-huyen-do-dang"),
    ("tôi nộp hồ sơ ở quận từ tháng 6 chưa có kết quả, hỏi ai", "ho-so-huyen-do-dang"),
    ("where do I register a birth", "khai-sinh"),
]


@pytest.mark.parametrize(("question", "record"), FOUND)
def test_everyday_wording_finds_the_record(question, record) -> None:
    assert record_of(ask(question)) == record


@pytest.mark.parametrize("style", STYLES)
def test_typing_styles_find_the_record(style) -> None:
    right = [record_of(ask(restyle(q, style, n))) == r for n, (q, r) in enumerate(FOUND)]
    allowed = 5 if style == "sloppy" else 1  # one slip in seven syllables, names among them
    assert sum(right) >= len(right) - allowed


@pytest.mark.parametrize(
    "question",
    [
        "Quy định chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?",
        "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ, thành uỷ?",
        "Hồ sơ thủ tục hành chính tồn đọng phải xong trước ngày nào?",
        "ho so thu tuc hanh chinh ton dong qua han phai giai quyet xong truoc ngay nao",
        "Sinh viên tình nguyện về xã để làm gì?",
        "Tóm tắt Kế hoạch 47-KH/BCĐ",
        "Giá vàng hôm nay",
        "Phường Bến Nghé bây giờ tên mới là gì?",
        "Xin chào",
        "Ly hôn thì nhà chia thế nào?",
    ],
)
def test_other_questions_are_left_alone(core, question) -> None:
    assert core.router.route(core.reader.ask(question)).chosen.source != "procedures"


@pytest.mark.parametrize(
    "question", ["sổ đỏ", "so do", "xe", "giấy phép", "hộ khẩu", "chứng thực ở đâu"]
)
def test_words_that_fit_several_are_asked_back(question) -> None:
    draft = ask(question)
    assert draft.status == "needs_clarification"
    assert len(draft.suggestions) >= 2
    found = [record_of(ask(suggestion)) for suggestion in draft.suggestions]
    assert None not in found
    assert len(set(found)) == len(found)


def test_a_code_we_do_not_have_is_said() -> None:
    draft = ask("thủ tục 9.999999 làm ở đâu")
    assert draft.status == "no_evidence"
    assert "9.999999" in draft.text


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("Nộp hồ sơ ở xã khác trong cùng tỉnh có được không?", "khong-phu-thuoc-dia-gioi"),
        ("Không rành máy tính thì nộp hồ sơ giấy trực tiếp được không?", "ba-cach-nop"),
        ("Nhờ con cháu đi nộp hồ sơ thay có cần giấy ủy quyền không", "ba-cach-nop"),
    ],
)
def test_general_rules_answer(question, rule) -> None:
    draft = ask(question)
    assert draft.status == "answered"
    citation = draft.citations()[0]
    assert citation.url.endswith(f"#{rule}")
    assert citation.quote in draft.text


# what is said


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("đăng ký tạm trú mất bao nhiêu tiền, ở đâu", "lệ phí"),
        ("đăng ký tạm trú nộp ở đâu, lệ phí bao nhiêu", "nơi nộp"),
        ("đăng ký tạm trú mất bao lâu", "thời hạn"),
        ("đăng ký tạm trú cần giấy tờ gì", "giấy tờ"),
        ("đăng ký tạm trú ai giải quyết", "ai giải quyết"),
        ("làm hộ chiếu ở công an xã được không", "ai giải quyết"),
    ],
)
def test_the_asked_aspect_comes_first(question, first) -> None:
    assert first in words(ask(question), 1).lower()


def test_aspects_are_read_in_order() -> None:
    query = analyse("làm căn cước hết bao nhiêu tiền và mất mấy ngày", restorer())
    assert aspects(query)[:2] == ("fee", "time")


def test_the_district_before_is_told_where_it_is_verified() -> None:
    assert "Trước ngày 1/7/2025: UBND cấp huyện" in ask("làm sổ đỏ lần đầu ở đâu").text
    text = ask("đăng ký hộ kinh doanh trước đây ở huyện phải không").text
    assert UNVERIFIED in text
    assert "Tài chính" not in text


def test_receiving_is_not_deciding() -> None:
    text = ask("làm giấy khai sinh ở xã khác được không").text
    assert "không phụ thuộc địa giới" in text
    assert "không thay cơ quan quyết định" in text


def test_the_passport_is_not_the_communes() -> None:
    text = ask("làm hộ chiếu ở công an xã được không").text
    assert "Công an cấp tỉnh" in text
    assert "chỉ nhận báo mất" in text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Mức trợ cấp hưu trí xã hội là bao nhiêu?", "500.000 đồng một tháng"),
        ("me toi 76 tuoi khong luong huu duoc nhan bao nhieu tien mot thang", "Từ đủ 75 tuổi"),
        ("Xây nhà 2 tầng ở quê có phải xin phép không?", "miễn phép cho nhà ở riêng lẻ dưới 7"),
        ("tách thửa tối thiểu bao nhiêu m2", "do UBND tỉnh quy định"),
    ],
)
def test_an_amount_or_an_exception_stands_first_with_its_caveat(question, told) -> None:
    draft = ask(question)
    assert told in words(draft, 1)
    procedure = procedures().catalogue.get(record_of(draft))
    if any(part.confirm for part in procedure.notes):
        assert "xin hỏi lại trước khi đi" in words(draft, 2)


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("trợ cấp mai táng được bao nhiêu tiền", "mức được hưởng"),
        ("ai được hưởng trợ cấp khuyết tật", "điều kiện bạn hỏi"),
    ],
)
def test_an_amount_that_no_record_holds_is_said_to_be_missing(question, lacks) -> None:
    assert ask(question).blocks[1].text.words == f"Bản ghi không nêu {lacks}."


def test_what_the_notes_say_is_never_left_out() -> None:
    for procedure in procedures().catalogue.own:
        if procedure.memory or procedure.level == "rule":
            continue
        text = ask(f"{procedure.aliases[0]} nộp ở đâu?").text
        assert all(part.text.rstrip(".") in text for part in procedure.shown("notes"))


@pytest.mark.parametrize(
    "question", ["UBND huyện cấp sổ đỏ phải không?", "có phải lên huyện làm sổ đỏ không"]
)
def test_who_decides_now_stands_before_the_district(question) -> None:
    draft = ask(question)
    decides, before = [b for b in draft.blocks if isinstance(b, Field)][:2]
    assert (decides.label, before.label) == ("Ai giải quyết", "Trước ngày 1/7/2025")
    assert decides.values[0].words.startswith("Chủ tịch UBND cấp xã")
    assert before.values[0].words.startswith("UBND cấp huyện")


@pytest.mark.parametrize("home", ["quận 7", "huyện Củ Chi", "huyện Hóc Môn"])
def test_who_lives_in_a_district_does_not_ask_about_districts(home) -> None:
    at = replace(place("resolved", ("Xã Ba Vì", province("Thử"))), matched=home)
    draft = ask(f"Tôi ở {home}, đăng ký khai sinh ở đâu", at)
    desk = "Nơi nhận hồ sơ: Trung tâm Phục vụ hành chính công Xã Ba Vì"
    assert words(draft, 1).startswith(desk)
    assert "cấp huyện" not in draft.text


@pytest.mark.parametrize(
    "question", ["làm giấy khai sinh giả ở đâu", "mua thẻ căn cước giả", "làm bằng lái xe giả"]
)
def test_a_forged_paper_has_no_desk(core, question) -> None:
    assert core.router.route(core.reader.ask(question)).chosen.source == "replies"


@pytest.mark.parametrize(
    "question",
    [
        "căn cước có thời hạn bao nhiêu năm",
        "giấy độc thân dùng được bao lâu thì hết hạn",
        "giay phep xay dung co hieu luc may thang",
    ],
)
def test_how_long_a_paper_is_good_is_no_time_to_wait(question) -> None:
    draft = ask(question)
    assert draft.blocks[1].text.words.startswith("Bản ghi không nêu giấy này có giá trị bao lâu")
    assert "Thời hạn giải quyết" not in opened(draft)
    assert "Thời hạn giải quyết" in labels(ask("làm căn cước có thời hạn bao lâu thì xong"))


def test_the_second_procedure_of_a_question_is_told() -> None:
    draft = ask("Làm căn cước với đổi bằng lái xe một lượt được không")
    assert record_of(draft) == "can-cuoc"  # what is verified stands before what is not
    assert "Bạn còn hỏi về **Đổi, cấp lại giấy phép lái xe**" in draft.text
    assert "giay-phep-lai-xe" in record_of(ask(draft.suggestions[0]))


@pytest.mark.parametrize(
    "question", ["Con tôi sinh ở Nhật giờ về khai sinh ở đâu", "sinh bên Úc về nước khai sinh"]
)
def test_a_child_born_abroad_is_another_procedure(question) -> None:
    assert record_of(ask(question)) == "khai-sinh-nuoc-ngoai"


def test_who_may_go_for_another_is_not_said_of_a_marriage() -> None:
    assert "ủy quyền" not in ask("đăng ký kết hôn ở đâu").text


@pytest.mark.parametrize("question", ["Phòng Kinh tế xã làm gì?", "phong van hoa xa phu trach gi"])
def test_what_an_office_of_the_commune_does_is_a_rule(question) -> None:
    assert "Phòng Kinh tế (ở phường là" in ask(question).text


def test_papers_after_the_merger_need_no_change() -> None:
    draft = ask("căn cước ghi địa chỉ tỉnh cũ có phải đổi không")
    assert labels(draft)[0] == "Quy định"
    assert draft.blocks[1].values[0].words.startswith("Không bắt buộc")
    assert "không phải đổi thẻ" in draft.text
    assert "can-cuoc" in {c.url.split("/")[2].split("#")[0] for c in draft.citations()}
    assert "không có mục này" not in ask("sổ đỏ ghi huyện cũ có phải đổi không").text


def test_a_place_names_its_commune_and_desk() -> None:
    at = place("resolved", ("Phường Sài Gòn", province("Hồ Chí Minh", "thành phố")))
    draft = ask("Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?", at)
    assert "Trung tâm Phục vụ hành chính công Phường Sài Gòn" in draft.text
    assert "chi nhánh" in draft.text  # a centrally-run city may have one centre
    assert draft.cards[0]["place"]["units"][0]["name"] == "Phường Sài Gòn"
    police = ask("đăng ký tạm trú ở đâu", place("resolved", ("Xã Ba Vì", province("Thử"))))
    assert "Công an Xã Ba Vì" in police.text


def test_a_name_read_through_a_slip_is_told() -> None:
    at = replace(place("resolved", ("Xã Tri Tôn", province("An Giang"))), how="slip")
    text = ask("làm khai sinh ở thị trấn tir tôn an giang", at).text
    assert "không có nơi nào tên ‘x’. Nơi gần tên nhất là Xã Tri Tôn" in text


def test_a_split_place_gives_the_candidates() -> None:
    units = (("Phường A", province("X")), ("Xã B", province("X")))
    draft = ask("làm khai sinh ở đâu", place("candidates", *units))
    assert "một trong các đơn vị" in draft.text
    assert "Phường A" in draft.text
    assert "Xã B" in draft.text


@pytest.mark.parametrize("status", ["unknown", "ambiguous"])
def test_a_place_that_is_not_sure_is_not_named(status) -> None:
    draft = ask("làm khai sinh ở đâu", place(status, ("Phường A", province("X"))))
    assert "Phường A" not in draft.text
    assert draft.cards[0]["place"] is None


def test_a_province_is_no_desk() -> None:
    draft = ask("làm khai sinh ở đâu", place("resolved", province("Lào Cai")))
    assert draft.cards[0]["place"] is None


@pytest.mark.parametrize("record_id", OWN)
def test_every_answer_cites_the_record_and_opens(record_id) -> None:
    pages = client()
    procedure = procedures().catalogue.get(record_id)
    draft = ask(f"{procedure.aliases[0]} nộp ở đâu?")
    assert record_of(draft) == record_id
    markers = {int(m) for m in re.findall(r"\[(\d+)\]", draft.text)}
    citations = draft.citations()
    assert markers == {c.marker for c in citations}
    for citation in citations:
        path, _, anchor = citation.url.partition("#")
        page = pages.get(path, headers={"Accept": "text/html"}).text
        assert f'id="{anchor}"' in page
        words = html.unescape(re.sub(r"<[^>]+>", " ", page))
        for part in re.split(r"[;.] ?", citation.quote):
            assert part in words
    if not procedure.memory:
        assert re.search(r"tháng \d+/202\d", draft.text)  # the data's date, always
        assert citations
    for suggestion in draft.suggestions:
        answered = ask(suggestion)
        assert answered is not None, suggestion
        if procedure.level != "rule":
            assert record_of(answered) == record_id, suggestion


# no unverified value is shown as a fact


def secrets(procedure):
    """Texts that must not be shown: unverified and part of nothing that is verified."""
    name_and_facts = [procedure.name, *(p.text for f in FIELDS for p in procedure.shown(f))]
    said = " ".join(
        [
            *name_and_facts,
            *(rule.text for rule in procedures().catalogue.rules),
            *(p.text for other in procedures().catalogue.own for p in other.shown("notes")),
        ]
    ).lower()
    hidden = [p.text for f in FIELDS for p in procedure.parts(f) if not p.shown]
    hidden += [c.text for c in procedure.codes if c.certainty == "unverified"]
    return [text for text in hidden if text.lower() not in said and len(text) > 3]


def numbers(text):
    return set(re.findall(r"\d[\d.,/]*\d|\d", text))


def without_names(shown):
    """A list of records without their official names: "Không thu" is a part of "không thuộc"."""
    shown = html.unescape(shown)
    for other in procedures().catalogue.portal:
        shown = shown.replace(other.name, "")
    return shown


def leaks(procedure, shown):
    """Hidden texts found, and amounts or days that only a hidden text has."""
    shown = html.unescape(shown)
    found = [text for text in secrets(procedure) if text.lower() in shown.lower()]
    facts = " ".join(p.text for f in FIELDS for p in procedure.shown(f))
    for field in ("time_limit", "fee"):
        for part in procedure.parts(field):
            amounts = re.findall(r"\d[\d.]* ?(?:ngày|đồng|%|tháng)", part.text)
            if not part.shown:
                found += [a for a in amounts if a not in facts and a in shown]
    return found


@pytest.mark.parametrize("record_id", OWN)
def test_no_door_shows_an_unverified_value(record_id) -> None:
    procedure = procedures().catalogue.get(record_id)
    pages = client()
    doors = {
        path: re.sub(r"<[^>]+>", " ", pages.get(path).text)
        for path in (
            f"/thu-tuc/{record_id}",
            f"/thu-tuc/{record_id}/huong-dan",
            f"/api/procedures/{record_id}",
            f"/api/procedures?q={quote(procedure.name)}",
            f"/thu-tuc?q={quote(procedure.name)}",
        )
    }
    asked = 0
    for template in ASKS:
        draft = ask(template.format(procedure.aliases[0]))
        if record_of(draft) == record_id:
            asked += 1
            card = json.dumps(draft.cards, ensure_ascii=False)
            quotes = " ".join(c.quote for c in draft.citations())
            doors[template] = " ".join([draft.text, card, quotes, *draft.suggestions])
    assert asked > len(ASKS) // 2  # the others are asked back: a name of two words is in many
    for door, shown in doors.items():
        told = without_names(shown) if "?q=" in door else shown
        assert leaks(procedure, told) == [], door
        assert not re.search(r"\([FM]\)|– [FM]\)", shown), door
    if any(procedure.parts(f) and not procedure.shown(f) for f in FIELDS):
        page = html.unescape(doors[f"/thu-tuc/{record_id}"]).lower()
        assert UNVERIFIED.lower() in page or procedure.memory


def test_the_sweep_sees_a_leak() -> None:
    procedure = procedures().catalogue.get("khai-sinh")
    assert secrets(procedure)
    assert leaks(procedure, f"x {secrets(procedure)[0]} y")
    tax = procedures().catalogue.get("bien-dong-dat")
    assert leaks(tax, "thuế thu nhập cá nhân là 2% giá bán")


def test_a_memory_record_says_only_that_it_is_not_verified() -> None:
    draft = ask("chuyển trường cho con mất bao nhiêu tiền")
    assert draft.status == "no_evidence"
    assert UNVERIFIED in draft.text
    assert not re.search(r"\d+\.000", draft.text)
    assert draft.sources == []


def test_what_we_only_remembered_is_told_as_the_portal_has_it() -> None:
    draft = ask("đổi bằng lái xe mất bao lâu")
    assert (draft.status, record_of(draft)) == ("answered", "giay-phep-lai-xe")
    assert "5 ngày làm việc" in draft.text
    assert "Hai Cấp chưa đối chiếu" in draft.text
    assert "tháng 6/2026" in draft.text
    assert draft.cards[0]["certainty"] == "reported"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("muốn tách hộ thì làm sao", "1.010038"),
        ("bạn đến ngủ lại nhà có phải báo không", "2.001159"),
        ("xin xác nhận số chứng minh nhân dân cũ ở đâu", "1.012566"),
        ("báo mất hộ chiếu ở đâu", "1.010386"),
        ("xoá đăng ký thường trú cần giấy tờ gì", "1.003197"),
        ("gia hạn tạm trú mất bao lâu", "1.002755"),
    ],
)
def test_a_case_of_its_own_is_no_longer_given_a_neighbouring_record(question, code) -> None:
    draft = ask(question)
    assert record_of(draft) == code
    assert "Cổng Dịch vụ công quốc gia, tháng 6/2026" in draft.text


# an import

ROW = {
    "ma_thu_tuc": "1.777777",
    "ten_thu_tuc": "Cấp giấy phép nuôi tằm lấy tơ xuất khẩu",
    "linh_vuc": "Tằm tơ",
    "cap_thuc_hien": "Cấp tỉnh",
    "co_quan_co_tham_quyen": "UBND cấp huyện",
    "so_quyet_dinh": "1/QĐ",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp1Miễn phí",
}


@pytest.fixture
def export(tmp_path):
    own = {**ROW, "ma_thu_tuc": "1.001193", "ten_thu_tuc": "Thủ tục đăng ký khai sinh"}
    path = tmp_path / "x-2026-06.jsonl"
    path.write_text("\n".join([json.dumps(ROW), "{", json.dumps(own)]), "utf-8")
    return path


def test_an_import_is_found_cited_and_of_lower_certainty(tmp_path, export) -> None:
    own = open_procedures(tmp_path / "db")
    report = own.ingest(export)
    assert (len(report.added), report.covered) == (2, 1)
    assert [p.line for p in report.export.problems] == [2]
    again = own.ingest(export)
    assert (again.added, again.replaced, len(again.unchanged)) == ([], [], 2)
    hits = own.find("giấy phép nuôi tằm lấy tơ")
    assert hits[0].procedure.id == "1.777777"
    draft = ask("xin giấy phép nuôi tằm lấy tơ mất bao lâu", known=own)
    card = draft.cards[0]
    assert (card["id"], card["origin"], card["certainty"]) == (
        "1.777777", "portal", "reported",
    )  # fmt: skip
    assert "chưa đối chiếu" in draft.text
    assert "huyện" not in draft.text
    assert UNVERIFIED in words(draft, 1)  # a time without a unit
    assert own.catalogue.by_code("1.001193").id == "khai-sinh"
    reopened = open_procedures(tmp_path / "db")
    assert reopened.catalogue.get("1.777777") in reopened.catalogue.portal


# the command line


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    own = open_procedures(tmp_path / "db")

    core = SimpleNamespace(procedures=own, close=lambda: None)
    monkeypatch.setattr("bot.doors.cli.core.open_core", lambda settings, **_: core)

    def run(*words):
        status = cli.main(list(words))
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_command_lists_as_json(command) -> None:
    status, out, _ = command("procedures", "lam giay khai sinh", "--json")
    found = json.loads(out)
    assert status == 0
    assert {"id", "name", "score"} <= found[0].keys()
    assert found[0]["id"] == "khai-sinh"
    assert [f["score"] for f in found] == sorted((f["score"] for f in found), reverse=True)


def test_command_tells_people(command) -> None:
    status, out, _ = command("procedures", "xin", "giấy", "độc thân")
    assert status == 0
    assert out.startswith("Giấy xác nhận tình trạng hôn nhân")
    assert "tháng 6/2026" in out


def test_command_says_whose_word_the_portals_is(command) -> None:
    status, out, _ = command("procedures", "1.010038")
    assert (status, out.startswith("Tách hộ (1.010038)")) == (0, True)
    assert "Hai Cấp chưa đối chiếu" in " ".join(out.split())


def test_command_finds_nothing_politely(command) -> None:
    status, out, _ = command("procedures", "zzz", "khong", "co", "--json")
    assert (status, json.loads(out)) == (0, [])
    status, out, _ = command("procedures", "zzzz qqqq", "--json")
    assert (status, json.loads(out)) == (0, [])


@pytest.mark.parametrize(
    "words", [("procedures",), ("procedures", " "), ("procedures", "a" * 5000)]
)
def test_command_refuses(command, words) -> None:
    status, out, err = command(*words)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_ingest_command(command, export, tmp_path) -> None:
    status, out, err = command("ingest-procedures", str(export))
    assert status == 0
    assert "Đã thêm 2" in out
    assert "dòng 2" in err
    status, out, _ = command("ingest-procedures", str(export))
    assert (status, "Đã thêm 0" in out, "không đổi 2" in out) == (0, True, True)
    status, out, err = command("ingest-procedures", str(tmp_path / "none"))
    assert (status, out) == (2, "")
    assert "none" in err
    status, _, err = command("ingest-procedures", str(export), "--as-of", "june")
    assert status == 2
    assert "'june'" in err


# the web


def test_api_lists_and_gives_one() -> None:
    found = client().get("/api/procedures", params={"q": "sang ten so do"}).json()
    assert found[0]["id"] == "bien-dong-dat"
    assert {"id", "name", "score"} <= found[0].keys()
    assert len(client().get("/api/procedures").json()) == 54
    record = client().get("/api/procedures/so-do-lan-dau").json()
    assert record["decided_before"]["values"] == ["UBND cấp huyện"]
    assert record["fee"]["certainty"] == "partly"
    assert record["any_commune"]["in_province"] is True
    assert record["sources"][0]["as_of"] == "tháng 6/2026"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/procedures/none", 404),
        ("/api/procedures/%2e%2e", 404),
        ("/api/procedures?q=" + "a" * 1001, 422),
        ("/api/procedures?q=%00", 422),
    ],
)
def test_api_problems(path, status) -> None:
    answer = client().get(path)
    assert answer.status_code == status
    if status == 422 or "none" in path:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


def test_pages_stand_without_style_or_script_inside() -> None:
    for path in (
        "/thu-tuc",
        "/thu-tuc?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/thu-tuc/khai-sinh",
        "/thu-tuc/khai-sinh/huong-dan",
        "/thu-tuc/quy-dinh-chung",
    ):
        page = client().get(path)
        assert page.status_code == 200
        assert "style=" not in page.text
        assert "<script>" not in page.text
        assert page.text.count("<h1") == 1


def test_finder_groups_by_field_and_says_when_nothing_fits() -> None:
    page = client().get("/thu-tuc").text
    assert page.count('href="/thu-tuc/') >= 55
    assert "Hộ tịch" in page
    for nothing in ("zzzz+qqqq", "zzz+khong+co"):  # the second holds words of any question
        assert "Không thấy thủ tục nào" in client().get(f"/thu-tuc?q={nothing}").text


def test_finder_counts_the_portals_and_lists_them_by_field() -> None:
    page = client().get("/thu-tuc").text
    field = "Đăng ký, quản lý cư trú"
    assert f"{field}</a> (11)" in page  # of 13, two are records of ours
    assert "Tách hộ" not in page
    found = client().get("/thu-tuc/linh-vuc", params={"ten": field}).text
    assert 'href="/thu-tuc/1.010038"' in found
    assert 'href="/thu-tuc/1.004222"' not in found
    assert client().get("/thu-tuc/linh-vuc", params={"ten": "none"}).status_code == 404


def test_a_portal_record_has_its_page_sheet_script_and_api() -> None:
    card = client().get("/api/procedures/1.010386").json()
    assert (card["url"], card["origin"], card["certainty"]) == (
        "/thu-tuc/1.010386", "portal", "reported",
    )  # fmt: skip
    assert card["time_limit"]["values"] == ["1 ngày làm việc"]
    page = client().get("/thu-tuc/1.010386").text
    assert "tháng 6/2026" in page
    assert "chưa đối chiếu" in page
    assert "dichvucong.gov.vn/" not in page  # no address of the portal's page is known
    assert client().get("/thu-tuc/1.010386/huong-dan").status_code == 200
    assert client().get("/thu-tuc/1.010386/qr.svg").status_code == 200


def test_a_code_of_ours_leads_to_our_record() -> None:
    assert client().get("/api/procedures/1.004222").json()["id"] == "thuong-tru"
    assert client().get("/api/procedures", params={"q": "1.010038"}).json()[0]["id"] == "1.010038"


def test_a_fee_that_the_portal_calls_free_is_told_with_a_doubt() -> None:
    free = [p for p in procedures().catalogue.portal if p.fee and p.fee[0].text == "Miễn phí"]
    assert len(free) > 100
    note = client().get(f"/api/procedures/{free[0].id}").json()["fee"]["note"]
    assert "cả khi chưa ai điền" in note


def test_unknown_pages_are_404_for_people() -> None:
    for path in ("/thu-tuc/none", "/thu-tuc/none/huong-dan", "/thu-tuc/none/qr.svg"):
        assert client().get(path, headers={"Accept": "text/html"}).status_code == 404


def test_record_page_has_every_anchor_it_cites() -> None:
    procedure = procedures().catalogue.get("so-do-lan-dau")
    page = client().get(procedure.url).text
    for name in FIELDS:
        if procedure.parts(name):
            assert f'id="{ANCHORS[name]}"' in page


def test_qr_code_leads_to_the_page() -> None:
    svg = client().get("/thu-tuc/khai-sinh/qr.svg")
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "style=" not in svg.text
    assert svg.text.startswith("<svg")
    assert svg.text != client().get("/thu-tuc/khai-tu/qr.svg").text


def test_script_reads_aloud_and_lists_the_papers() -> None:
    page = client().get("/thu-tuc/thuong-tru/huong-dan").text
    assert page.count('type="checkbox"') == 3
    assert "<ol" in page
    assert "07 ngày làm việc" in page


def test_wording_is_complete() -> None:
    assert isinstance(procedures().answers, ProcedureAnswers)
    names = load_wording().names()
    assert {f"procedures.label.{name}" for name in FIELDS} <= names
    # "còn ở Huế?" after "giấy này có giá trị bao lâu?" was an error while one lacked.
    assert {f"follow_up.asks.{aspect}" for aspect in get_args(Aspect)} <= names

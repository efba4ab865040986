"""Answers on the five texts, through the whole core with the real embedder."""

from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import built_copy

from bot.answer.answer import Answer
from bot.opening import Core, open_core
from bot.sources.documents import direct
from evals.sets.typing_styles import STYLES, TypingStyle, restyle
from knowledge.text import collapse
from prompts.wording import load_wording

SAY = load_wording()
KL177, KL195, KH47 = "ket-luan-177-kl-tw", "ket-luan-195-kl-tw-tin", "ke-hoach-47-kh-bcd"
JUNE, JULY = "hop-bo-chinh-tri-06-2025-tin", "hop-bo-chinh-tri-04-07-2025-tin"
# question, the clause cited first, what the first line holds
FACTS = [
    (
        "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?",
        f"{KL177}#muc-4-diem-10",
        "31/7/2025",
    ),
    (
        "Đảng bộ cấp xã có trên 250 tổ chức đảng được không quá bao nhiêu đại biểu?",
        f"{KL177}#muc-4-diem-7",
        "300 đại biểu",
    ),
    (
        "Hồ sơ thủ tục hành chính tồn đọng quá hạn phải giải quyết xong trước ngày nào?",
        f"{KL195}#doan-7",
        "15-10-2025",
    ),
    (
        "Báo cáo tiến độ hằng tuần gửi Ban Chỉ đạo trước mấy giờ ngày thứ mấy?",
        f"{KH47}#muc-iii-1-diem-6",
        "15 giờ ngày thứ 4",
    ),
    ("Sinh viên tình nguyện về xã để làm gì?", f"{KL177}#muc-6-diem-1", ""),
    ("Văn bản nào nói về nhà công vụ, trụ sở làm việc?", "", ""),
    ("Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ, thành uỷ?", f"{KL177}#muc-4", ""),
]
OTHERS = [
    "Kết luận 177 ban hành ngày nào?",
    "Tóm tắt Kế hoạch 47-KH/BCĐ",
    "Mục 5 điểm 2 Kết luận 177 ghi gì?",
    "Có những văn bản nào?",
    "Đảng uỷ Chính phủ phải làm những việc gì?",
    "dự kiến giảm bao nhiêu đầu mối cấp vụ",
    "What must the youth union do?",
    "giá vàng hôm nay bao nhiêu",
    "Nghị quyết 99 nói gì?",
]
EVERY = [question for question, *_ in FACTS] + OTHERS


def first_line(answer: Answer) -> str:
    return answer.text.partition("\n")[0]


def cited(answer: Answer) -> list[str]:
    return [c.passage_id for c in answer.citations]


def check_citations(core: Core, answer: Answer) -> None:
    """Each quote stands verbatim at its place; markers and citations are one to one."""
    markers = {int(m) for m in re.findall(r"\[(\d+)\]", answer.text)}
    assert [c.marker for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert markers == {c.marker for c in answer.citations}
    for citation in answer.citations:
        document = core.store.documents.get(citation.document_id)
        assert document is not None
        meta = document.metadata
        passage = next(p for p in document.passages if p.id == citation.passage_id)
        assert citation.quote == document.text[citation.start : citation.end]
        assert passage.start <= citation.start < citation.end <= passage.end
        assert citation.locator == passage.locator
        assert citation.url == f"/van-ban/{document.id}#{passage.anchor}"
        assert citation.document_number == meta.number
        assert (citation.document_title, citation.issuer) == (meta.title, meta.issuer)
        assert (citation.issued_on, citation.source_kind) == (meta.issued_on, meta.source_kind)
        assert citation.in_force == meta.in_force
    for quoted in re.findall(r"“([^“”]{20,})” \[\d+\]", answer.text):
        whole = [collapse(c.quote) for c in answer.citations]
        assert any(quoted.rstrip("…") in words for words in whole), quoted


# What every answer is


@pytest.mark.parametrize("question", EVERY)
def test_every_answer_is_well_formed(core: Core, question: str) -> None:
    answer = core.assistant.ask(question)
    check_citations(core, answer)
    assert answer.status in ("answered", "no_evidence", "out_of_scope", "needs_clarification")
    assert (answer.status == "answered") == bool(answer.citations)
    assert answer.suggestions  # always a way on
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.sources_as_of)
    assert answer.took_ms >= 1
    assert answer.question == question
    for line in answer.text.split("\n"):
        # The closed subset of Markdown that every door renders.
        assert not re.match(r"#|\||```|\s+\S|\* |\+ ", line), line
        assert not re.search(r"<\w|\]\(|!\[|`", line), line
    assert "\n\n\n" not in answer.text
    assert "{" not in answer.text


@pytest.mark.parametrize(("question", "clause", "lead"), FACTS)
def test_the_right_clause_comes_first(core: Core, question: str, clause: str, lead: str) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "answered"
    if clause:
        assert cited(answer)[0] == clause
    if lead:
        assert lead in first_line(answer).replace("*", "")
        assert lead in answer.citations[0].quote.replace("*", "")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("question", "clause"), [f[:2] for f in FACTS if f[1]])
def test_the_clause_is_found_in_every_typing_style(
    core: Core, question: str, clause: str, style: TypingStyle
) -> None:
    answer = core.assistant.ask(restyle(question, style))
    check_citations(core, answer)
    if style in ("careful", "unaccented"):
        assert cited(answer)[0] == clause
    else:
        assert answer.status in ("answered", "no_evidence")


def test_where_it_stands_is_said(core: Core) -> None:
    text = core.assistant.ask("Nhà công vụ, trụ sở được bố trí thế nào theo Kết luận 177?").text
    assert "Mục 4, điểm (9)" in text
    assert "11/7/2025" in text
    assert SAY("sources.kind.official") in text
    assert SAY("sources.force.unknown") in text


def test_a_press_report_is_said_to_be_one(core: Core) -> None:
    answer = core.assistant.ask("Kết luận 195 yêu cầu giải quyết hồ sơ tồn đọng quá hạn khi nào?")
    assert SAY("sources.kind.press") in answer.text
    assert answer.citations[0].source_kind == "press"


def test_planned_numbers_are_said_to_be_planned(core: Core) -> None:
    answer = core.assistant.ask("Dự kiến giảm bao nhiêu đầu mối cấp vụ ở Trung ương?")
    assert cited(answer)[0] == f"{JUNE}#doan-7"
    assert "90" in first_line(answer)
    assert "dự kiến" in answer.text.partition("“")[0]


# Metadata


@pytest.mark.parametrize("style", [s for s in STYLES if s != "sloppy"])
@pytest.mark.parametrize(
    ("question", "document", "value"),
    [
        ("Kết luận 177 ban hành ngày nào?", KL177, "11/7/2025"),
        ("Kế hoạch 47 ban hành khi nào?", KH47, "14/4/2025"),
        ("Ai ký Kế hoạch 47-KH/BCĐ?", KH47, "Lê Minh Hưng"),
        ("Ai ký Kết luận 195?", KL195, "Trần Cẩm Tú"),
        ("Kết luận 177 do ai ban hành?", KL177, "Bộ Chính trị, Ban Bí thư"),
        ("Kết luận 177 còn hiệu lực không?", KL177, "chưa có thông tin"),
    ],
)
def test_what_is_known_of_a_document(
    core: Core, question: str, document: str, value: str, style: TypingStyle
) -> None:
    answer = core.assistant.ask(restyle(question, style))
    assert answer.status == "answered"
    assert value in first_line(answer).replace("*", "")
    assert {c.document_id for c in answer.citations} == {document}
    check_citations(core, answer)


def test_a_signer_that_is_not_given_is_not_made_up(core: Core) -> None:
    answer = core.assistant.ask("Ai ký Kết luận 177?")
    assert answer.status == "no_evidence"
    assert not answer.citations


# Places, outlines, documents, lists


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("Mục 4 điểm 10 Kết luận 177", f"{KL177}#muc-4-diem-10"),
        ("điểm (9) mục 4 KL177 ghi gì?", f"{KL177}#muc-4-diem-9"),
        ("muc 7 ket luan 177", f"{KL177}#muc-7"),
        ("Mục III.1 điểm 3 Kế hoạch 47", f"{KH47}#muc-iii-1-diem-3"),
        ("đoạn 7 Kết luận 195", f"{KL195}#doan-7"),
        ("section 4 point 10 of conclusion 177", f"{KL177}#muc-4-diem-10"),
    ],
)
def test_a_named_place_is_opened(core: Core, question: str, clause: str) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "answered"
    assert cited(answer)[0] == clause
    assert answer.citations[0].quote  # as it stands
    check_citations(core, answer)


def test_a_place_that_is_not_there_is_said_so(core: Core) -> None:
    answer = core.assistant.ask("Mục 99 Kết luận 177 ghi gì?")
    assert answer.status == "no_evidence"
    assert "Mục 8" in answer.text  # what there is


def test_a_place_in_several_documents_is_asked_back(core: Core) -> None:
    answer = core.assistant.ask("Đoạn 3 ghi gì?")
    assert answer.status == "needs_clarification"
    assert len(answer.suggestions) >= 2
    for suggestion in answer.suggestions:
        assert core.assistant.ask(suggestion).status == "answered", suggestion


@pytest.mark.parametrize(
    ("question", "document", "places"),
    [
        ("Tóm tắt Kết luận 177", KL177, ["Mục 1", "Mục 4", "Mục 8"]),
        ("tom tat ke hoach 47", KH47, ["Mục I", "Mục III.1", "Mục III.2"]),
        ("Kết luận 195 có những nội dung chính nào?", KL195, ["Đoạn 1", "Đoạn 12"]),
        ("Summarise Conclusion 177", KL177, ["Mục 1"]),
    ],
)
def test_an_outline(core: Core, question: str, document: str, places: list[str]) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "answered"
    assert {c.document_id for c in answer.citations} == {document}
    for place in places:
        assert f"- {place}: “" in answer.text
    check_citations(core, answer)


def test_an_outline_of_what_is_not_named_is_asked_back(core: Core) -> None:
    answer = core.assistant.ask("Tóm tắt giúp tôi")
    assert answer.status == "needs_clarification"
    assert all(core.assistant.ask(s).status == "answered" for s in answer.suggestions)


def test_every_document_is_listed(core: Core) -> None:
    answer = core.assistant.ask("Có những văn bản nào?")
    assert {c.document_id for c in answer.citations} == {KL177, KL195, KH47, JUNE, JULY}
    assert "5 văn bản" in answer.text
    check_citations(core, answer)


def test_the_documents_that_speak_of_something(core: Core) -> None:
    answer = core.assistant.ask("Văn bản nào nói về nhà công vụ, trụ sở làm việc?")
    documents = [c.document_id for c in answer.citations]
    assert KL177 in documents
    assert len(documents) == len(set(documents))
    check_citations(core, answer)


def test_a_list_is_given_item_by_item(core: Core) -> None:
    answer = core.assistant.ask(
        "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ, thành uỷ?"
    )
    points = [f"{KL177}#muc-4-diem-{n}" for n in range(1, 12)]
    assert cited(answer) == [f"{KL177}#muc-4", *points]
    items = re.findall(r"^(\d+)\. “.+\[(\d+)\]$", answer.text, re.MULTILINE)
    assert [int(n) for n, _ in items] == list(range(1, 12))
    assert [int(m) for _, m in items] == list(range(2, 13))


# What is not answered


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Nghị quyết 99 nói gì?", "Nghị quyết 99"),
        ("Tóm tắt Kết luận 178", "Kết luận 178"),
        ("ket luan 200-kl/tw quy dinh gi ve can bo xa", "Kết luận 200"),
        ("Nghị định 118/2025/NĐ-CP quy định gì?", "Nghị định 118/2025"),
        ("Mục 2 Kế hoạch 48", "Kế hoạch 48"),
    ],
)
def test_a_document_we_lack_gives_no_neighbours_clause(
    core: Core, question: str, name: str
) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "no_evidence"
    assert not answer.citations
    assert name in answer.text
    for label in ("Kết luận 177-KL/TW", "Kế hoạch 47-KH/BCĐ"):
        assert label in answer.text  # what we do have


@pytest.mark.parametrize(
    "question",
    [
        "Giá vàng hôm nay bao nhiêu?",
        "Cách nấu phở bò",
        "Thời tiết Hà Nội ngày mai",
        "Who won the World Cup?",
        "Lương của chủ tịch xã là bao nhiêu?",
    ],
)
def test_the_rest_of_the_world_is_refused_with_a_way_on(core: Core, question: str) -> None:
    answer = core.assistant.ask(question)
    assert answer.status in ("no_evidence", "out_of_scope")
    assert not answer.citations
    assert answer.suggestions


# Suggestions


def test_every_suggestion_is_answered(core: Core) -> None:
    asked: set[str] = set()
    todo = list(core.assistant.opening_questions())
    assert 4 <= len(todo) <= 6
    while todo and len(asked) < 60:
        question = todo.pop()
        if question in asked:
            continue
        asked.add(question)
        answer = core.assistant.ask(question)
        assert answer.status == "answered", question
        todo += answer.suggestions
    assert len(asked) > 10


# Conversations, saved answers, feedback


def test_ids(core: Core) -> None:
    one, other = (core.assistant.ask("Kết luận 177 ban hành ngày nào?") for _ in range(2))
    assert one.answer_id != other.answer_id
    assert one.conversation_id != other.conversation_id
    assert all(re.fullmatch(r"[\w-]{16,}", i) for i in (one.answer_id, one.conversation_id))
    assert (one.text, one.citations) == (other.text, other.citations)
    third = core.assistant.ask("Còn Kế hoạch 47 thì sao?", one.conversation_id)
    assert third.conversation_id == one.conversation_id


def test_an_answer_can_be_shared(core: Core) -> None:
    answer = core.assistant.ask("Tóm tắt Kết luận 177")
    assert core.assistant.saved_answer(answer.answer_id) == answer
    assert core.assistant.saved_answer("khong-co") is None
    assert core.assistant.saved_answer("") is None


def test_feedback_is_kept_for_answers_that_exist(core: Core) -> None:
    answer = core.assistant.ask("Sinh viên tình nguyện về xã để làm gì?")
    before = core.keeping.feedback.counts()
    assert core.assistant.save_feedback(answer.answer_id, True, None, None)
    assert core.assistant.save_feedback(answer.answer_id, False, "sai", "Gọi tôi: 0912345678")
    assert not core.assistant.save_feedback("khong-co", True, None, None)
    after = core.keeping.feedback.counts()
    assert after.get(True, 0) == before.get(True, 0) + 1
    assert after.get(False, 0) == before.get(False, 0) + 1


def test_personal_data_never_reaches_the_disk(tmp_path: Path, built_folder: Path) -> None:
    own = open_core(built_copy(built_folder, tmp_path / "data"))
    secrets = ("079123456789", "0912345678", "an.nguyen@example.com", "19034567890123")
    question = (
        "Tôi CCCD {}, sđt {}, mail {}, stk {}, hỏi nhà công vụ theo Kết luận 177-KL/TW?"
    ).format(*secrets)
    answer = own.assistant.ask(question)
    own.assistant.save_feedback(answer.answer_id, False, None, question)
    assert not any(secret in answer.question for secret in secrets)
    assert "177-KL/TW" in answer.question
    own.close()
    with sqlite3.connect(tmp_path / "data" / "haicap.sqlite3") as connection:
        kept = "\n".join(connection.iterdump())
    assert "177-KL/TW" in kept
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file() and "models" not in path.parts:
            data = path.read_bytes()
            assert not any(secret.encode() in data for secret in secrets), path
    assert not any(secret in kept for secret in secrets)


# Threads


def test_sixteen_threads_get_their_own_answers(core: Core) -> None:
    expected = {q: core.assistant.ask(q) for q in EVERY}
    asked = EVERY * 6
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(core.assistant.ask, asked))
    assert len({a.answer_id for a in answers}) == len(asked)
    for question, answer in zip(asked, answers, strict=True):
        wanted = expected[question]
        assert answer.question == question
        assert (answer.status, answer.text) == (wanted.status, wanted.text)
        assert answer.citations == wanted.citations
        assert core.assistant.saved_answer(answer.answer_id) == answer


# What the texts do not say


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Kết luận 177 yêu cầu gì trước ngày 30/2/2026?", "30/2/2026"),
        ("Cuộc họp ngày 5/7/2025 kết luận gì?", "5/7/2025"),
        ("han xu ly ho so ton dong co phai la 15/10/2026 khong", "15/10/2026"),
    ],
)
def test_a_day_that_no_text_names_is_refused(core: Core, question: str, day: str) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "no_evidence"
    assert day in answer.text
    assert not answer.citations


def test_a_refusal_offers_the_nearest_clauses(core: Core) -> None:
    answer = core.assistant.ask("Kết luận 177 yêu cầu gì trước ngày 30/2/2026?")
    near = core.assistant.ask(answer.suggestions[0])
    assert near.status == "answered"
    assert near.citations[0].document_number == "177-KL/TW"


def test_a_document_we_lack_is_said_beside_one_we_have(core: Core) -> None:
    answer = core.assistant.ask(
        "Kết luận 177 giao việc gì cho Trung ương Đoàn, có khác Kết luận 178 không?"
    )
    if answer.status == "answered":
        assert "chưa có **Kết luận 178**" in answer.text
    else:
        assert answer.status == "no_evidence"


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("Kết luận 177 có mấy mục?", "**8 mục**"),
        ("Kế hoạch 47 gồm bao nhiêu mục?", "**3 mục**"),
    ],
)
def test_sections_are_counted(core: Core, question: str, counted: str) -> None:
    assert counted in core.assistant.ask(question).text


def test_a_document_we_lack_is_not_sought_in_every_text(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    find = direct.find_numbers
    monkeypatch.setattr(direct, "find_numbers", lambda text: read.append(text) or find(text))
    assert core.assistant.ask("Nghị định 9999 nói gì?").status == "no_evidence"
    assert core.assistant.ask("Nghị định 9999 ban hành ngày nào?").status == "no_evidence"
    assert not read


def test_a_missing_point_names_those_of_its_section(core: Core) -> None:
    answer = core.assistant.ask("Mục 4 điểm 40 Kết luận 177 ghi gì?")
    assert answer.status == "no_evidence"
    assert "Mục 4, có: " in answer.text
    assert "điểm (1)" in answer.text


@pytest.mark.parametrize(
    ("question", "body"),
    [
        ("Kết luận 177 giao Bộ Quốc phòng làm gì?", "Bộ Quốc phòng"),
        ("ban thuong vu huyen uy phai lam gi theo ket luan 177", "huyện ủy"),
    ],
)
def test_no_duty_is_told_of_a_body_that_no_clause_names(
    core: Core, question: str, body: str
) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "no_evidence"
    assert body in answer.text


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("Kết luận 177 giao những việc gì cho Đảng uỷ Chính phủ?", f"{KL177}#muc-5"),
        pytest.param(
            "177 giao những việc gì cho Đảng uỷ Chính phủ?",
            f"{KL177}#muc-5",
            marks=pytest.mark.xfail(
                reason="a number without its kind names no document: a clause of another text wins",
                strict=False,
            ),
        ),
        ("Ban Tổ chức Trung ương được giao gì tại Kết luận 177?", f"{KL177}#muc-8"),
    ],
)
def test_a_body_gets_its_own_duties(core: Core, question: str, clause: str) -> None:
    assert cited(core.assistant.ask(question))[0] == clause


@pytest.mark.parametrize(
    ("question", "number"),
    [
        pytest.param(
            "Cấp xã dự kiến giảm bao nhiêu biên chế?",
            "110.780",
            marks=pytest.mark.xfail(
                strict=False, reason="the clause on both levels is put before that on one"
            ),
        ),
        ("Cấp tỉnh dự kiến giảm bao nhiêu biên chế?", "18.440"),
        ("Bao nhiêu người hoạt động không chuyên trách phải nghỉ?", "120.500"),
    ],
)
def test_numbers_of_neighbouring_sentences_are_told_apart(
    core: Core, question: str, number: str
) -> None:
    assert number in first_line(core.assistant.ask(question))


def test_the_trial_run_is_not_the_start(core: Core) -> None:
    line = first_line(core.assistant.ask("Mô hình hai cấp chạy chính thức từ hôm nào ạ?"))
    assert not (line.startswith("Thời điểm") and "20-30/6" in line)


def test_a_wrong_date_of_issue_is_put_right(core: Core) -> None:
    answer = core.assistant.ask("Kết luận 177 ban hành ngày 12/7/2025 phải không?")
    assert answer.status == "answered"
    assert "**11/7/2025**" in answer.text


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("Mục 4 điểm 3 và điểm 6 Kết luận 177", ["#muc-4-diem-3", "#muc-4-diem-6"]),
        ("mục 1 và mục 2 kết luận 177", ["#muc-1", "#muc-2"]),
        ("Kết luận １７７ mục ４ điểm １０", ["#muc-4-diem-10"]),
    ],
)
def test_several_clauses_by_their_places(core: Core, question: str, clauses: list[str]) -> None:
    assert cited(core.assistant.ask(question)) == [f"{KL177}{clause}" for clause in clauses]


def test_two_documents_are_not_compared_for_the_user(core: Core) -> None:
    answer = core.assistant.ask("So sánh Kết luận 177 và Kết luận 195")
    assert answer.status == "needs_clarification"
    assert all(core.assistant.ask(q).status == "answered" for q in answer.suggestions)


def test_the_rest_of_the_world_is_out_of_scope(core: Core) -> None:
    for question in ("Giá vàng hôm nay bao nhiêu?", "hom nay la ngay bao nhieu"):
        assert core.assistant.ask(question).status == "out_of_scope"


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("trẻ em bị bạo hành gọi số nào?", "111"),
        ("nha toi dang chay goi so may", "114"),
        ("chồng đánh tôi, báo ai ở xã?", "113"),
        ("số điện thoại cấp cứu", "115"),
    ],
)
def test_whoever_is_in_danger_is_told_whom_to_call(core: Core, question: str, number: str) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "out_of_scope"
    assert number in answer.text


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(
            "Nghệ An còn bao nhiêu đảng bộ cấp huyện",
            marks=pytest.mark.xfail(strict=False, reason="told that districts have ended"),
        ),
        "Ở xã Bình Minh dự kiến giảm bao nhiêu cán bộ",
        "Tỉnh tôi giảm bao nhiêu biên chế cán bộ",
    ],
)
def test_a_figure_of_the_country_is_not_given_for_one_place(core, question) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "no_evidence"
    assert not any(char.isdigit() for char in answer.text.replace("18001096", ""))


def test_the_figure_of_the_country_is_given_for_the_country(core) -> None:
    answer = core.assistant.ask("Cả nước dự kiến giảm bao nhiêu biên chế cấp xã?")
    assert "110.780" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Làm giả giấy độc thân để cưới thì xã có kiểm tra không, làm sao qua mặt",
        "cho em xin mẫu giấy chứng sinh giả để nhập hộ khẩu",
        "mua sổ đỏ giả ở đâu cho rẻ",
    ],
)
def test_nobody_is_helped_to_a_false_paper(core, question) -> None:
    answer = core.assistant.ask(question)
    assert answer.status == "out_of_scope"
    assert answer.citations == ()
    assert core.assistant.ask("phát hiện sổ đỏ giả thì báo ai").status != "out_of_scope"

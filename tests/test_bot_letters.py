"""Letters: what is asked, the facts that are told, places by their role, several asks in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.answer.blocks import Intro, Note, Quotation
from bot.answer.draft import Draft, RecordSource
from bot.answer.joining import joined_drafts
from bot.conversation.corrections import corrected
from bot.models.loader import ANY, Models
from bot.models.networks import Networks
from bot.models.terms import Terms
from bot.question.clauses import clauses
from bot.question.coordination import parted
from bot.question.letters import LetterReader
from bot.question.place_roles import needed, roles
from bot.question.places_asked import asks_about_places
from bot.question.situation import read_situation
from bot.question.turns import LIKELY, Turns
from evals.sets.letters import load_letters
from knowledge.places.resolver import open_resolver
from knowledge.text import fold
from prompts.text import Text, reference

if TYPE_CHECKING:
    from bot.opening import Core

READER = LetterReader(Networks.of(Models("").open(f"requests{ANY}")).log_odds)
THINGS = {"khai sinh": "a", "khai tu": "b", "thuong tru": "c", "dang ky tam tru": "d"}


def thing(folded: str) -> str:
    return THINGS.get(folded, "")


@pytest.mark.parametrize(
    "text", ["", "mất thẻ", "Tôi ở Quận 7 muốn làm căn cước, nộp ở đâu?", "x " * 25]
)
def test_a_short_question_is_no_letter(text: str) -> None:
    assert READER.read(text) is None


def test_the_request_is_found_wherever_it_stands() -> None:
    story = "Bố tôi mất năm 2020, nhà có bốn anh em. Hôm qua tôi ra xã thì họ bảo chờ."
    asked = "Cho tôi hỏi sang tên sổ đỏ nộp ở đâu và mất mấy ngày?"
    for text in (f"{story} {asked}", f"{asked} {story}"):
        letter = READER.read(text)
        assert letter is not None
        assert letter.requests == (asked,)


def test_two_wordings_of_a_request_are_one() -> None:
    text = (
        "Cho em hỏi làm lại giấy khai sinh cho con ở đâu ạ? Em ở Huế, bé mới hai tháng, em lo lắm. "
        "Vậy làm lại giấy khai sinh cho con ở đâu ạ?"
    )
    letter = READER.read(text)
    assert letter is not None
    assert len(letter.requests) == 1


def test_greeting_and_thanks_are_no_matter() -> None:
    text = "Kính chào anh chị. Em bị mất thẻ căn cước tuần trước. Làm lại ở đâu? Em cảm ơn nhiều."
    letter = READER.read(text)
    assert letter is not None
    assert letter.matter == "Em bị mất thẻ căn cước tuần trước. Làm lại ở đâu?"


def test_a_request_that_names_nothing_takes_what_was_told_before_it() -> None:
    text = (
        "Năm ngoái tôi ra Huế sống. Sổ đỏ của tôi bị ướt nhòe hết chữ. Vậy tôi phải làm sao đây ạ?"
    )
    letter = READER.read(text)
    assert letter is not None
    assert "Sổ đỏ của tôi bị ướt nhòe hết chữ." in letter.asked
    assert "Năm ngoái" not in letter.asked


def test_every_word_is_in_a_clause() -> None:
    for letter in load_letters():
        parts = clauses(letter.text)
        assert "".join(p.text for p in parts).split() or not letter.text
        kept = "".join("".join(p.text.split()) for p in parts)
        assert kept == "".join(letter.text.split()).replace("–", "") or "–" in letter.text


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("Em bị mất thẻ căn cước", {"lost"}),
        ("Em chưa mất thẻ", set()),
        ("Thẻ hết hạn, phải cấp đổi", {"again", "renew"}),
        ("Thẻ chưa hết hạn", set()),
        ("Chồng em là người Hàn", {"foreign"}),
        ("Tôi không phải người nước ngoài", set()),
        ("Bố tôi mất năm ngoái", {"dead"}),
        ("Làm thẻ mất bao lâu", set()),
    ],
)
def test_cases_of_a_story(text: str, cases: set[str]) -> None:
    assert read_situation([text]).cases == cases


def test_ages_are_told_or_follow_from_the_year_of_birth() -> None:
    today = date(2026, 11, 28)
    assert read_situation(["Em 17 tuổi"], today=today).age == 17
    assert read_situation(["con sinh năm 2010"], today=today).age == 16
    assert read_situation(["từ đủ 75 tuổi"], today=today).ages == ()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tôi ở Quận 7 muốn chuyển hộ khẩu cho con về Quận 1 thì nộp ở đâu", "Quận 1"),
        ("hộ khẩu Đồng Nai, muốn làm chứng minh nhân dân ở Sài Gòn", "Sài Gòn"),
        ("mất sổ bảo hiểm ở Hà Nội, đang ở Long An xin cấp lại được không", "Long An"),
        ("Sổ đỏ cấp ở Quảng Nam, tôi sống ở Huế", "Huế"),
        ("Quận 1 với Quận 3 thì sao", None),
    ],
)
def test_the_place_a_request_needs(text: str, place: str | None) -> None:
    for typed in (text, fold(text)):
        found = needed(roles(typed, open_resolver().find_all(typed)))
        assert (found and fold(found.matched)) == (place and fold(place))


def test_an_errand_is_no_question_about_places() -> None:
    assert not asks_about_places("mat so bao hiem o ha noi xin cap lai o long an duoc khong")
    assert asks_about_places("ha noi va long an co nhap voi nhau khong")
    assert asks_about_places("thuong tru o quan 7 cu nay la phuong nao")


def test_two_things_share_the_words_around_them() -> None:
    assert parted("lệ phí đăng ký thường trú và tạm trú", thing) == (
        "lệ phí đăng ký thường trú",
        "lệ phí đăng ký tạm trú",
    )
    assert parted("khai sinh và khai tử nộp ở đâu", thing) == (
        "khai sinh nộp ở đâu",
        "khai tử nộp ở đâu",
    )
    assert parted("khai sinh và nộp ở đâu", thing) == ()
    assert parted("khai sinh nộp ở đâu", thing) == ()


STORY = "Em chào anh chị. Vợ em mới sinh bé trai hôm mùng ba, bà nội em thì mất tuần trước. "


def test_requests_on_different_records_are_answered_in_turn(core: Core) -> None:
    asked = "Cho em hỏi khai sinh cho bé nộp ở đâu? Đăng ký khai tử cho bà cần giấy tờ gì ạ?"
    answer = core.assistant.ask(STORY + asked)
    assert [b.text.words for b in answer.blocks if isinstance(b, Intro)][:2] == [
        "Bạn hỏi: Cho em hỏi khai sinh cho bé nộp ở đâu?",
        "Bạn hỏi: Đăng ký khai tử cho bà cần giấy tờ gì ạ?",
    ]
    assert "1.001193" in answer.text
    assert "1.000656" in answer.text


def test_a_request_that_names_nothing_goes_with_the_one_before_it(core: Core) -> None:
    asked = "Cho em hỏi đăng ký khai tử cho bà nộp ở đâu? Mất bao lâu thì xong ạ?"
    answer = core.assistant.ask(STORY + asked)
    assert "1.000656" in answer.text
    assert "Bạn hỏi:" not in answer.text


@pytest.mark.parametrize(
    ("before", "turn", "question"),
    [
        ("sang tên xe máy ở đâu", "không phải xe máy, đất cơ mà", "sang tên ở đâu đất cơ mà"),
        ("phí tạm trú", "em hỏi tạm vắng chứ không phải tạm trú", "phí em hỏi tạm vắng"),
        ("khai sinh ở đâu", "à nhầm, khai tử", "khai sinh ở đâu à nhầm, khai tử"),
        ("làm lại thẻ", "hông phải", "làm lại thẻ hông phải"),
    ],
)
def test_what_is_denied_is_not_asked(before: str, turn: str, question: str) -> None:
    assert corrected(before, turn)[0] == question


def test_a_question_is_put_right_in_a_conversation(core: Core) -> None:
    first = core.assistant.ask("Đăng ký tạm trú cần giấy tờ gì?")
    turn = "ý em không phải tạm trú, đăng ký kết hôn cơ"
    right = core.assistant.ask(turn, first.conversation_id)
    assert right.text.startswith("Tôi xem lại theo lời bạn: ")
    assert "1.000894" in right.text


def _draft(*records: str) -> Draft:
    draft = Draft()
    for record in records:
        source = RecordSource(record, record, None, "x", "2026-06", "phí", record, "/")
        marker = draft.marker(source)
        draft.add(Note(Text.of(record, " ", reference(marker))), Quotation(Text.of("q"), marker))
    draft.suggestions = [f"{records[0]}?"]
    return draft


def test_joined_answers_are_numbered_through() -> None:
    refused = Draft("no_evidence")
    parts = [(Text.of("1"), _draft("a", "b")), (Text.of("2"), _draft("b", "c"))]
    whole = joined_drafts([*parts, (Text.of("3"), refused)])
    assert whole.status == "answered"
    assert [c.document_id for c in whole.citations()] == ["a", "b", "c"]
    notes = [b.text.words for b in whole.blocks if isinstance(b, Note)]
    assert notes == ["a [1]", "b [2]", "b [2]", "c [3]"]
    assert [b.marker for b in whole.blocks if isinstance(b, Quotation)] == [1, 2, 2, 3]
    assert [b.text.words for b in whole.blocks if isinstance(b, Intro)] == ["1", "2", "3"]
    assert whole.suggestions == ["a?", "b?"]


def test_a_short_question_is_read_byte_for_byte(core: Core) -> None:
    for text in ("Làm căn cước ở đâu?", "lam  can cuoc o dau"):
        ask = core.reader.ask(text)
        assert ask.text == text
        assert ask.letter is None
        assert ask.asked is ask.query


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("em đang học ở Đà Nẵng quê Nghệ An", "told"),
        ("em 17 tuổi", "told"),
        ("em tạm trú quận 9", "told"),
        ("xe em mua lại, giấy viết tay thôi", "told"),
        ("vợ chồng em chưa đăng ký kết hôn", "told"),
        ("thế có mất tiền không", "leans"),
        ("có cần chữ ký của mẹ không", "leans"),
        ("em tạm trú quận 9 làm căn cước được không", "stands"),
        ("thủ tục chuyển trường cho con", "stands"),
    ],
)
def test_a_turn_tells_leans_or_stands(core: Core, text: str, kind: str) -> None:
    turns = Turns(Terms.of(Models(core.retriever.embedder_fingerprint).open("turns")).shares)
    shares = turns.shares(core.reader.ask(text))
    told = shares["told"] + shares["corrects"]  # a fact that may put right what was said before
    assert (told if kind == "told" else shares[kind]) >= LIKELY


def test_a_long_text_stands_by_itself(core: Core) -> None:
    turns = Turns(lambda *_: {"told": 1.0})
    assert turns.shares(core.reader.ask("em 17 tuổi " * 20))["stands"] == 1.0


def test_words_that_lean_are_answered_from_the_talk(core: Core) -> None:
    first = core.assistant.ask("chứng thực bản sao ở đâu")
    price = core.assistant.ask("bao nhiêu một trang", first.conversation_id)
    assert "2.000815" in price.text
    chat = core.assistant.ask("hôm nay trời có mưa không", first.conversation_id)
    assert chat.status == "out_of_scope"


def test_a_case_told_in_a_talk_is_answered_by_who_covers_it(core: Core) -> None:
    first = core.assistant.ask("cấp đổi sổ đỏ cần giấy tờ gì")
    assert "1.012783" in first.text
    lost = core.assistant.ask("nếu mất hẳn thì sao", first.conversation_id)
    assert "1.012786" in lost.text


def test_two_fees_are_both_answered(core: Core) -> None:
    answer = core.assistant.ask("lệ phí đăng ký thường trú và tạm trú")
    assert answer.status == "answered"
    assert "1.004222" in answer.text
    assert "1.004194" in answer.text
    assert {c.marker for c in answer.citations} == set(range(1, len(answer.citations) + 1))


def test_a_fact_is_kept_in_a_conversation(core: Core) -> None:
    first = core.assistant.ask("đăng ký tạm trú cần gì")
    told = core.assistant.ask("em tạm trú quận 9", first.conversation_id)
    assert told.status == "answered"
    assert told.text.startswith("Tôi đã ghi nhận: em tạm trú quận 9.")
    assert "1.004194" in told.text
    assert "Phường Long Phước" in told.text


def test_a_fact_alone_is_asked_back(core: Core) -> None:
    answer = core.assistant.ask("em 17 tuổi")
    assert answer.status == "needs_clarification"
    assert "em 17 tuổi" in answer.text


def test_requests_of_left_out_letters_are_found() -> None:
    figures = Models("").open(f"requests{ANY}").card.figures
    assert figures["careful"]["recall"] >= 0.95
    assert figures["careful"]["precision"] >= 0.85


def test_a_letter_keeps_its_story(core: Core) -> None:
    text = (
        "Chào anh chị. Em ở Quận 7, hộ khẩu ngoài Hà Nội, tuần trước em bị mất thẻ căn cước. "
        "Em 19 tuổi. Cho em hỏi làm lại thì nộp ở đâu và hết bao nhiêu tiền ạ? Em cảm ơn."
    )
    ask = core.reader.ask(text)
    assert ask.letter is not None
    assert ask.situation.age == 19
    assert "lost" in ask.situation.cases
    assert ask.place is not None
    assert ask.place.matched == "Quận 7"
    assert ask.aspects == ("where", "fee")
    assert replace(ask, told="em chuyển về Quận 1").place is not ask.place

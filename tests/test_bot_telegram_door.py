"""The Telegram door: real python-telegram-bot, real HTTP, real core, our Bot API server."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import built_copy
from telegram_core import door_settings, reply_to_us, running_door
from telegram_server import BOT, TOKEN, TelegramServer

from bot import errors
from bot.doors.telegram_bot.door import TelegramDoor
from bot.doors.telegram_bot.handling import COMMANDS
from bot.doors.telegram_bot.reading import Request
from bot.opening import Core, open_core
from prompts.wording import load_wording

SAY = load_wording()
CLAUSE = "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?"
GROUP = -100


@pytest.fixture(scope="module")
def tcore(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    core = open_core(built_copy(built_folder, tmp_path_factory.mktemp("telegram") / "data"))
    yield core
    core.close()


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer().running() as running:
        yield running


@pytest.fixture
def bot(tcore: Core, server: TelegramServer) -> Iterator[TelegramServer]:
    """The server, with the bot answering at it."""
    with running_door(tcore, door_settings(tcore, server)):
        yield server


def rows(core: Core, query: str) -> list[tuple[Any, ...]]:
    path = core.settings.data_dir / "haicap.sqlite3"
    with sqlite3.connect(path) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


@pytest.fixture(autouse=True)
def _nothing_waits(tcore: Core) -> None:
    """What a door that was stopped left to the next one is no business of the next test."""
    with sqlite3.connect(tcore.settings.data_dir / "haicap.sqlite3") as connection:
        connection.execute("DELETE FROM waiting_updates")
    connection.close()


# Questions and what can be pressed


def test_a_question_is_answered_with_its_source(bot: TelegramServer) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    assert "trước ngày 31/7/2025 [1]" in sent.text
    assert "Kết luận 177-KL/TW, Mục 4, điểm (10)" in sent.text
    assert (bot.chat, "typing") in bot.actions


def test_the_menu_is_offered(bot: TelegramServer) -> None:
    bot.say("/start")
    bot.wait_for(1)
    assert [c["command"] for c in bot.commands] == list(COMMANDS)


def test_start_greets_and_names_every_command(bot: TelegramServer) -> None:
    bot.say("/start")
    (sent,) = bot.wait_for(1)
    assert [c for c in COMMANDS if f"/{c}" not in sent.text] == []
    keys = [key["text"] for row in sent.markup["keyboard"] for key in row]
    assert keys == [SAY(f"telegram.keyboard.{k}") for k in ("noi", "diachi", "vanban", "location")]


def test_the_passage_behind_a_number_is_shown_word_for_word(
    bot: TelegramServer, tcore: Core
) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    bot.press(sent, "Nguyên văn [1]")
    shown = bot.wait_for(2)[1]
    document = tcore.store.documents.get("ket-luan-177-kl-tw")
    assert document
    passage = next(p for p in document.passages if p.anchor == "muc-4-diem-10")
    assert passage.text in shown.text
    assert "Mục 4, điểm (10)" in shown.text
    assert bot.toasts


def test_the_rest_comes_on_request(bot: TelegramServer) -> None:
    bot.say("Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ?")
    sent = bot.wait_for(1)[-1]
    read = sent.text
    for count in range(2, 12):
        if not any(label.startswith("Xem tiếp") for label in sent.buttons):
            break
        bot.press(sent, "Xem tiếp")
        sent = bot.wait_for(count)[-1]
        read += "\n" + sent.text
    assert re.findall(r"^(\d+)\. “", read, re.MULTILINE) == [str(n) for n in range(1, 12)]


def test_a_suggestion_is_asked_by_pressing_it(bot: TelegramServer) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    bot.press(sent, "Kết luận 177-KL/TW ban hành ngày nào?")
    shown = bot.wait_for(2)[1]
    assert shown.text.startswith("“Kết luận 177-KL/TW ban hành ngày nào?”")
    assert "11/7/2025" in shown.text


def test_a_place_of_many_is_chosen_by_pressing_it(bot: TelegramServer) -> None:
    bot.say("Phường 1")
    (sent,) = bot.wait_for(1)
    bot.press(sent, "Phường 1, Quận Gò Vấp")
    assert "Phường Hạnh Thông" in bot.wait_for(2)[1].text


def test_an_old_button_says_that_its_answer_is_gone(bot: TelegramServer) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    bot.say("/xoa")
    bot.wait_for(2)
    bot.press(sent, "Nguyên văn [1]")
    wait_until(lambda: any(text == SAY("telegram.said.gone") for _, text in bot.toasts))


@pytest.mark.parametrize("data", ["", "x", "v:nothing:1", "q:::", "v:1", "c:", "p:a:b:c", "f:é:1"])
def test_made_up_button_data_does_no_harm(bot: TelegramServer, data: str) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    sent.markup["inline_keyboard"][0][0] = {"text": "Lạ", "callback_data": data}
    bot.press(sent, "Lạ")
    bot.say("Tóm tắt Kết luận 177")
    assert "177-KL/TW" in bot.wait_for(2)[1].text


def test_votes_are_kept_once_with_their_reason(bot: TelegramServer, tcore: Core) -> None:
    bot.say(CLAUSE)
    (sent,) = bot.wait_for(1)
    bot.press(sent, "👍")
    wait_until(lambda: any(text == SAY("telegram.said.thanks") for _, text in bot.toasts))
    bot.press(sent, "👎")
    why = bot.wait_for(2)[1]
    bot.press(why, SAY("answers.reason.incomplete"))
    wait_until(lambda: why.edits == 1)
    answer_id = next(iter(sent.buttons.values())).split(":")[1]
    votes = rows(tcore, f"SELECT useful, reason FROM feedback WHERE answer_id = '{answer_id}'")
    assert votes == [(0, "incomplete")]
    assert why.buttons == {}


def test_only_the_asker_votes(bot: TelegramServer, tcore: Core) -> None:
    bot.say("/hoi " + CLAUSE, chat=GROUP, user=5)
    (sent,) = bot.wait_for(1)
    before = rows(tcore, "SELECT count(*) FROM feedback")
    bot.press(sent, "👍", user=6)
    wait_until(lambda: any(text == SAY("telegram.said.not_yours") for _, text in bot.toasts))
    assert rows(tcore, "SELECT count(*) FROM feedback") == before


# Commands


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/hoi Kết luận 195 do ai ký", "Trần Cẩm Tú"),
        ("/noi đăng ký khai sinh", "Nơi nộp"),
        ("/noi dang ky khai sinh nop o dau", "Nơi nộp"),
        ("/diachi phường Bến Nghé", "Phường Sài Gòn"),
        ("/diachi@haicaptestbot phường Bến Nghé", "Phường Sài Gòn"),
        ("/vanban", "Hai Cấp hiện có 5 văn bản"),
        ("/vanban 177", "Tóm lược Kết luận 177-KL/TW"),
        ("/vanban nhà công vụ", "nhà công vụ"),
        ("/trogiup", "Cách dùng Hai Cấp"),
        ("/help", "Cách dùng Hai Cấp"),
        ("/moi", "Đã sang chuyện khác"),
        ("/khonghieu", "không có lệnh này"),
        ("Các văn bản", "Hai Cấp hiện có 5 văn bản"),
        ("Nộp hồ sơ ở đâu?", "Bạn cần làm thủ tục gì?"),
    ],
)
def test_commands(bot: TelegramServer, typed: str, expected: str) -> None:
    bot.say(typed)
    (sent,) = bot.wait_for(1)
    assert expected in sent.text


def test_a_command_without_words_asks_and_takes_the_reply(bot: TelegramServer) -> None:
    bot.say("/noi")
    (asked,) = bot.wait_for(1)
    assert asked.markup["force_reply"]
    bot.say("đăng ký khai tử", reply_to_message=bot.ours(asked))
    assert "khai tử" in bot.wait_for(2)[1].text
    assert "Nơi nộp" in bot.wait_for(2)[1].text


def test_a_new_conversation_has_a_new_id(bot: TelegramServer, tcore: Core) -> None:
    chat = 71
    for count, text in enumerate((CLAUSE, CLAUSE, "/moi", CLAUSE), 1):
        bot.say(text, chat=chat)
        bot.wait_for(count, chat)
    used = rows(tcore, "SELECT conversation_id FROM visits ORDER BY rowid DESC LIMIT 3")
    assert used[1] == used[2] != used[0]


# Storage


def test_nothing_stored_says_who_asked(bot: TelegramServer, tcore: Core) -> None:
    chat = 987_654_321
    bot.say("Số căn cước 001203000123, gọi 0912345678. " + CLAUSE, chat=chat)
    bot.wait_for(1)
    wait_until(lambda: rows(tcore, "SELECT count(*) FROM waiting_updates") == [(0,)])
    folder = tcore.settings.data_dir
    with sqlite3.connect(folder / "haicap.sqlite3") as connection:
        stored = "\n".join(connection.iterdump())
    connection.close()
    (question,) = rows(
        tcore, "SELECT json_extract(payload, '$.question') FROM answers ORDER BY created_at DESC"
    )[0]
    assert question == f"Số căn cước [đã che], gọi [đã che]. {CLAUSE}"
    for secret in (str(chat), f"Người {chat}", "001203000123", "0912345678", TOKEN):
        assert secret not in stored, secret
    assert (folder / "telegram.key").stat().st_mode & 0o777 == 0o600


def test_xoa_deletes_all_of_a_person_and_nothing_of_others(
    bot: TelegramServer, tcore: Core
) -> None:
    for chat in (31, 32):
        bot.say(CLAUSE, chat=chat)
        (sent,) = bot.wait_for(1, chat)
        bot.press(sent, "👍")
    bot.say("/hoi " + CLAUSE, chat=GROUP, user=31)
    bot.wait_for(1, GROUP)
    wait_until(lambda: len(bot.toasts) == 2)
    tables = ("visits", "talks", "answers", "feedback", "turns")
    before = {t: rows(tcore, f"SELECT count(*) FROM {t}")[0][0] for t in tables}
    bot.say("/xoa", chat=31)
    assert "Đã xoá 2 câu hỏi" in bot.wait_for(2, 31)[1].text
    after = {t: rows(tcore, f"SELECT count(*) FROM {t}")[0][0] for t in tables}
    gone = {t: before[t] - after[t] for t in tables}
    assert gone == {"visits": 2, "talks": 2, "answers": 2, "feedback": 1, "turns": 2}
    bot.say("/xoa", chat=31)
    assert "không lưu gì về bạn" in bot.wait_for(3, 31)[2].text


def test_what_xoa_deleted_is_not_in_the_files_either(bot: TelegramServer, tcore: Core) -> None:
    bot.say("qua buoi vuong o xa Trang Khuyet nop o dau", chat=33)
    bot.wait_for(1, 33)
    assert "Trang Khuyet" in stored_bytes(tcore)
    bot.say("/xoa", chat=33)
    bot.wait_for(2, 33)
    assert "Trang Khuyet" not in stored_bytes(tcore)


def stored_bytes(core: Core) -> str:
    files = core.settings.data_dir.glob("haicap.sqlite3*")
    return "".join(p.read_bytes().decode("utf-8", "replace") for p in files)


def test_turns_past_their_time_are_deleted(tcore: Core, server: TelegramServer) -> None:
    with running_door(tcore, door_settings(tcore, server)):
        server.say(CLAUSE, chat=41)
        server.wait_for(1, 41)
    assert tcore.keeping.visits.forget(1) == 0
    with sqlite3.connect(tcore.settings.data_dir / "haicap.sqlite3") as connection:
        connection.execute("UPDATE visits SET at = '2020-01-01 00:00:00'")
    connection.close()
    with running_door(tcore, door_settings(tcore, server)):
        wait_until(lambda: rows(tcore, "SELECT count(*) FROM visits") == [(0,)])


# Groups


def test_in_a_group_only_what_is_meant_for_it(bot: TelegramServer) -> None:
    name = BOT["username"]
    ours = reply_to_us("Xin chào")
    bot.say("Hạn là ngày nào nhỉ?", chat=GROUP, user=5)
    bot.say("/hoi@OtherBot " + CLAUSE, chat=GROUP, user=5)
    bot.say("/tracuu gì đó", chat=GROUP, user=5)
    bot.say(f"@{name} Kết luận 195 do ai ký", chat=GROUP, user=5)
    bot.say("Kết luận 177 ban hành ngày nào", chat=GROUP, user=6, reply_to_message=ours)
    bot.say("/diachi phường Bến Nghé", chat=GROUP, user=7)
    sent = bot.wait_for(3, GROUP)
    assert ["Trần Cẩm Tú" in sent[0].text, "11/7/2025" in sent[1].text] == [True, True]
    assert "Phường Sài Gòn" in sent[2].text
    assert [s.reply_to for s in sent] == [4, 5, 6]
    bot.say("/moi", chat=GROUP, user=5)
    assert len(bot.wait_for(4, GROUP)) == 4


def test_a_name_alone_is_greeted(bot: TelegramServer) -> None:
    bot.say(f"@{BOT['username']}", chat=GROUP, user=5)
    (sent,) = bot.wait_for(1, GROUP)
    assert f"@{BOT['username']}" in sent.text


def test_added_to_a_group_it_says_when_it_answers(bot: TelegramServer) -> None:
    member = {"user": BOT, "status": "left"}
    bot.push(
        {
            "my_chat_member": {
                "chat": {"id": GROUP, "type": "supergroup", "title": "Nhóm"},
                "from": {"id": 5, "is_bot": False, "first_name": "An"},
                "date": 1,
                "old_chat_member": member,
                "new_chat_member": {**member, "status": "member"},
            }
        }
    )
    (sent,) = bot.wait_for(1, GROUP)
    assert "chỉ trả lời khi được gọi tên" in sent.text


# Passed on, positions, what is no text

FORWARD = {"type": "hidden_user", "date": 1, "sender_user_name": "Ai đó"}


def test_a_forwarded_claim_gets_the_clauses(bot: TelegramServer) -> None:
    text = "Nghe nói các tỉnh phải sửa quy định về cơ quan chuyên môn cấp xã trước 31/7/2025"
    bot.say(text, forward_origin=FORWARD)
    (sent,) = bot.wait_for(1)
    assert "không kết luận tin này đúng hay sai" in sent.text
    assert "hoàn thành trước ngày 31/7/2025" in sent.text
    bot.press(sent, "Nguyên văn [1]")
    assert "177-KL/TW" in bot.wait_for(2)[1].text


def test_a_claim_that_no_text_speaks_to(bot: TelegramServer) -> None:
    bot.say("Ngày mai giá vàng tăng gấp đôi, mọi người mua ngay", forward_origin=FORWARD)
    (sent,) = bot.wait_for(1)
    assert sent.text.startswith("Không thấy trong các văn bản")


def test_a_long_claim_is_read_sentence_by_sentence(bot: TelegramServer) -> None:
    filler = "Hôm nay trời đẹp và mọi người cùng nhau đi chơi ở công viên gần nhà. " * 3
    text = filler + "Các tỉnh phải sửa quy định về cơ quan chuyên môn cấp xã trước 31/7/2025. " * 2
    bot.say(text, forward_origin=FORWARD)
    (sent,) = bot.wait_for(1)
    assert "trước ngày 31/7/2025" in sent.text


def test_asking_about_somebodys_message(bot: TelegramServer) -> None:
    theirs = {
        **bot.message(GROUP, 8),
        "text": "Phải sửa quy định về cơ quan chuyên môn cấp xã trước ngày 31/7/2025",
    }
    bot.say(f"@{BOT['username']} đúng không?", chat=GROUP, user=5, reply_to_message=theirs)
    (sent,) = bot.wait_for(1, GROUP)
    assert "không kết luận tin này đúng hay sai" in sent.text


def test_a_position_gives_the_nearest_commune(bot: TelegramServer) -> None:
    location = {"latitude": 10.7769, "longitude": 106.7009}
    bot.push({"message": {**bot.message(bot.chat), "location": location}})
    (sent,) = bot.wait_for(1)
    assert "Phường Sài Gòn, Thành phố Hồ Chí Minh" in sent.text
    assert "ước chừng" in sent.text
    bot.press(sent, SAY("telegram.button.made_of"))
    assert "Phường Bến Nghé" in bot.wait_for(2)[1].text


def test_a_position_abroad(bot: TelegramServer) -> None:
    location = {"latitude": 48.85, "longitude": 2.35}
    bot.push({"message": {**bot.message(bot.chat), "location": location}})
    assert bot.wait_for(1)[0].text == SAY("telegram.location.far")


FILE = {"file_id": "f", "file_unique_id": "u"}


@pytest.mark.parametrize(
    "content",
    [
        {"voice": {**FILE, "duration": 3}},
        {"photo": [{**FILE, "width": 1, "height": 1}]},
        {"document": FILE},
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1,
                     "is_animated": False, "is_video": False}},
    ],
    ids=lambda content: next(iter(content)),
)  # fmt: skip
def test_what_is_no_text_gets_a_polite_line(bot: TelegramServer, content: dict[str, Any]) -> None:
    bot.push({"message": {**bot.message(GROUP, 5), **content}})
    bot.push({"message": {**bot.message(bot.chat), **content}})
    (sent,) = bot.wait_for(1)
    assert (sent.chat_id, sent.text) == (bot.chat, SAY("telegram.said.unreadable"))


def test_the_caption_of_a_picture_is_a_question(bot: TelegramServer) -> None:
    photo = {"photo": [{**FILE, "width": 1, "height": 1}]}
    bot.push({"message": {**bot.message(GROUP, 5), **photo, "caption": CLAUSE}})  # not to us
    bot.push({"message": {**bot.message(bot.chat), **photo, "caption": CLAUSE}})
    (sent,) = bot.wait_for(1)
    assert "trước ngày 31/7/2025 [1]" in sent.text
    assert sent.text.endswith(SAY("telegram.said.unseen"))


def test_an_empty_or_endless_question_is_refused_politely(bot: TelegramServer) -> None:
    bot.say("?" * 4_000)
    assert "Câu hỏi" in bot.wait_for(1)[0].text


# Floods


def test_a_flood_is_told_once_and_slows_nobody(tcore: Core, server: TelegramServer) -> None:
    with running_door(tcore, door_settings(tcore, server, rate_limit="3/minute")):
        for _ in range(30):
            server.say(CLAUSE, chat=51)
        server.say(CLAUSE, chat=52)
        server.wait_for(1, 52)
        sent = server.wait_for(4, 51)
        server.say("/trogiup", chat=52)
        server.wait_for(2, 52)
    assert [("hơi nhanh" in s.text) for s in server.to(51)] == [False, False, False, True]
    assert len(sent) == 4


def test_a_group_has_a_limit_of_its_own(tcore: Core, server: TelegramServer) -> None:
    with running_door(tcore, door_settings(tcore, server, telegram_chat_limit="2/minute")):
        for user in range(1, 6):
            server.say("/moi", chat=GROUP, user=user)
        sent = server.wait_for(3, GROUP)
    assert SAY.template("telegram.said.chat_too_fast").source.partition("{")[0] in sent[2].text


# Faults


def test_429_waits_as_long_as_told(bot: TelegramServer) -> None:
    bot.faults.too_many = 1.0
    started = time.monotonic()
    bot.say(CLAUSE)
    assert len(bot.wait_for(1)) == 1
    assert time.monotonic() - started >= bot.faults.retry_after


def test_a_blocked_person_is_dropped(bot: TelegramServer) -> None:
    bot.faults.blocked.add(61)
    bot.say(CLAUSE, chat=61)
    bot.say(CLAUSE, chat=62)
    bot.wait_for(1, 62)
    wait_until(lambda: bot.calls["refused as blocked"] >= 2)  # "typing" and the answer
    bot.faults.blocked.clear()
    bot.say("/moi", chat=61)
    (sent,) = bot.wait_for(1, 61)
    assert sent.text == SAY("telegram.said.new")


def test_the_network_may_go_and_come(bot: TelegramServer) -> None:
    bot.say(CLAUSE)
    bot.wait_for(1)
    bot.faults.down = True
    bot.say(CLAUSE)
    calls = bot.calls["getUpdates"]
    wait_until(lambda: bot.calls["getUpdates"] >= calls + 2)
    bot.faults.down = False
    assert len(bot.wait_for(2)) == 2


def test_an_update_offered_twice_is_answered_once(tcore: Core, server: TelegramServer) -> None:
    message = server.text(CLAUSE, 81)
    with running_door(tcore, door_settings(tcore, server)):
        with server._news:  # both before the bot sees one
            update_id = server.push({"message": message})
            server.push({"message": message}, update_id)
        server.wait_for(1, 81)
        server.push({"message": message}, update_id)
        server.say("/moi", chat=81)
        server.wait_for(2, 81)
    with running_door(tcore, door_settings(tcore, server)):  # and after a restart
        server.push({"message": message}, update_id)
        server.say("/moi", chat=81)
        sent = server.wait_for(3, 81)
    assert [s.text == SAY("telegram.said.new") for s in sent] == [False, True, True]


def test_updates_out_of_order_are_answered_in_order(bot: TelegramServer) -> None:
    later = bot.text("/moi", 91)
    sooner = bot.text(CLAUSE, 91)
    with bot._news:  # both before the bot sees one
        bot.push({"message": later}, 900_002)
        bot.push({"message": sooner}, 900_001)
    sent = bot.wait_for(2, 91)
    assert "31/7/2025" in sent[0].text
    assert sent[1].text == SAY("telegram.said.new")


def test_what_was_not_finished_is_answered_after_a_restart(
    tcore: Core, server: TelegramServer
) -> None:
    server.faults.down = True
    message = server.text(CLAUSE, 95)
    with running_door(tcore, door_settings(tcore, server)):
        pass  # nothing could be received: the network is down
    server.faults.down = False
    server.push({"message": message})
    with running_door(tcore, door_settings(tcore, server)):
        server.wait_for(1, 95)
    assert server.pending == 0 or server.calls["sendMessage"] == 1


# What stands in the way


def run_door(core: Core, server: TelegramServer, **values: Any) -> errors.TelegramError:
    door = TelegramDoor(core, door_settings(core, server, **values))  # type: ignore[arg-type]
    with pytest.raises(errors.TelegramError) as refused:
        asyncio.run(asyncio.wait_for(door.run(), 20))
    return refused.value


def test_a_bad_token_is_one_clear_line(tcore: Core, server: TelegramServer) -> None:
    told = str(run_door(tcore, server, telegram_token="999:wrong"))
    assert "HAICAP_TELEGRAM_TOKEN" in told
    assert "\n" not in told
    assert "wrong" not in told


def test_another_poller_is_one_clear_line(tcore: Core, server: TelegramServer) -> None:
    server.faults.conflict = True
    assert "chương trình khác" in str(run_door(tcore, server))


def test_a_webhook_is_one_clear_line(tcore: Core, server: TelegramServer) -> None:
    server.webhook["url"] = "https://other.example/hook"
    assert "--delete-webhook" in str(run_door(tcore, server))


@pytest.mark.parametrize("token", ["a b", "123:\x00", "1/2", "tiếng"])
def test_a_token_that_cannot_be_one(tcore: Core, server: TelegramServer, token: str) -> None:
    with pytest.raises(errors.TelegramError, match="HAICAP_TELEGRAM_TOKEN") as refused:
        TelegramDoor(tcore, door_settings(tcore, server, telegram_token=token))  # type: ignore[arg-type]
    assert token not in str(refused.value)


# Secrets


def test_the_token_never_reaches_a_log(
    bot: TelegramServer, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    handler = logging.StreamHandler()
    logging.getLogger().addHandler(handler)
    try:
        logging.getLogger("x").error("at %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
        try:
            raise ValueError(f"bot{TOKEN}")
        except ValueError:
            logging.getLogger("x").exception("failed")
        bot.say(CLAUSE)
        bot.wait_for(1)
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("httpx").setLevel(logging.CRITICAL)
    err = capfd.readouterr()
    assert "(token)" in err.err
    assert TOKEN not in err.err + err.out


def test_questions_are_not_logged_unless_asked_for(
    bot: TelegramServer, capfd: pytest.CaptureFixture[str]
) -> None:
    bot.say(CLAUSE)
    bot.wait_for(1)
    told = capfd.readouterr()
    assert "cơ quan chuyên môn" not in told.err + told.out


def wait_until(true: Any, timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def test_personal_data_is_masked_before_a_question_waits() -> None:
    request = Request("k", 1, "question", 2, 3, False, 4, text="CCCD 001203000123, gọi 0912345678")
    assert request.kept()["text"] == "CCCD [đã che], gọi [đã che]"
    press = Request("k", 1, "press", 2, 3, False, 4, text="v:0912345678012345:1")
    assert press.kept()["text"] == press.text


def test_the_json_of_a_request_survives_storage() -> None:
    request = Request("k", 1, "location", 2, 3, False, 4, latitude=10.77691, longitude=106.70092)
    kept = Request.restored(json.loads(json.dumps(request.kept())))
    assert (kept.latitude, kept.longitude) == (10.78, 106.7)
    assert kept.kept() == request.kept()

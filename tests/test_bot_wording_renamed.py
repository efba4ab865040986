"""No door reads wording back: with every sentence in prompts/ renamed all of them look the same.

Each letter becomes another one and each mark another, bold goes; lengths stay, since lines are
counted. Addresses such as <tel:111> are no sentences and stay. Questions of later turns are left
out: the reader spells them out with wording and reads them, as it does what people type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import built_copy
from said import said, text, texts

from bot.answer.answer import Answer
from bot.answer.blocks import Intro, Items, Note, SourceLine, markers_of
from bot.answer.codec import blocks_out
from bot.answer.rendering.plain import plain
from bot.answer.rendering.terminal import Screen
from bot.doors.cli.render import render_answer
from bot.doors.telegram_bot.render import Message, Renderer
from bot.doors.web.templating import Templates
from bot.opening import Core, open_core
from prompts import wording
from prompts.wording import FOLDER, load_wording

QUESTIONS = (
    "Quy định về chức năng, nhiệm vụ cơ quan chuyên môn cấp xã phải xong trước ngày nào?",
    "Kết luận 177 giao những việc gì cho ban thường vụ tỉnh uỷ, thành uỷ?",
    "Sinh viên tình nguyện về xã để làm gì?",
    "Hội quần chúng sắp xếp lại ra sao?",
    "Ai có nhiệm vụ nghe dư luận của bà con rồi báo lên trên định kỳ?",
    "Văn bản nào nói về nhà công vụ, trụ sở làm việc?",
    "Có những văn bản nào?",
    "Tóm tắt Kế hoạch 47-KH/BCĐ",
    "Kế hoạch 47 có mấy mục?",
    "Kết luận 177 ban hành ngày nào, ai ký?",
    "Kết luận 177 còn hiệu lực không?",
    "Mục 4 điểm 10 Kết luận 177 ghi gì?",
    "Mục 40 Kết luận 177 ghi gì?",
    "Nghị quyết 999-NQ/TW quy định gì?",
    "So sánh Kết luận 177 và Kết luận 195",
    "Tóm tắt",
    "còn cấp xã?",
    "Xin chào",
    "Giá vàng hôm nay bao nhiêu?",
    "Phường Bến Nghé, Quận 1 nay là phường nào?",
    "Quận 1 nay là đâu?",
    "Xã Phú Hoà nay là xã nào?",
    "Phường 1",
    "Xã Đồi Gió Hú giờ là xã nào?",
    "Phường Sài Gòn gồm những phường nào trước đây?",
    "Tỉnh Bình Dương nhập vào đâu?",
    "Danh sách xã phường của Thành phố Hồ Chí Minh",
    "Cả nước có bao nhiêu tỉnh, thành phố?",
    "Kể tên các tỉnh thành phố",
    "Còn cấp huyện không?",
    "Đăng ký khai sinh cần giấy tờ gì?",
    "làm khai sinh cho con thế nào",
    "khai sinh cho con chậm nhất bao lâu",
    "làm lại sổ hộ khẩu",
    "xin giấy phép bay flycam ở đâu",
    "Đăng ký khai sinh ở phường Bến Nghé quận 1 nộp ở đâu, mất bao lâu?",
    "đổi giấy phép lái xe",
    "nộp hồ sơ ở xã khác trong tỉnh có được không",
    "Căn cước ghi địa chỉ tỉnh cũ có phải đổi không?",
    "đất đai",
    "thủ tục 9.999999",
)  # fmt: skip
_LETTERS = (
    "abcdđeghiklmnopqrstuvxyáàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵ"
)
_TURNED = _LETTERS[7:] + _LETTERS[:7]
_OTHER = str.maketrans(_LETTERS + _LETTERS.upper() + ":.;?!", _TURNED + _TURNED.upper() + ".;:!?")


def renamed(entry: Any) -> Any:
    """A wording, or a tree of them, in other words; variables stay."""
    if isinstance(entry, dict):
        return {name: renamed(value) for name, value in entry.items()}
    if isinstance(entry, list):
        return [renamed(value) for value in entry]
    parts = re.split(r"(\{[a-z_]+\}|<[^>]+>)", entry.replace("*", ""))
    return "".join(p if p.startswith(("{", "<")) else p.translate(_OTHER) for p in parts)


@dataclass(frozen=True)
class Look:
    """What every door shows of an answer, without its words and looks."""

    blocks: tuple[tuple[Any, ...], ...]
    telegram: tuple[tuple[Any, ...], ...]
    page: tuple[str, ...]
    terminal: tuple[str, ...]


def look(answer: Answer) -> Look:
    shown = replace(answer, answer_id="a", conversation_id="c", took_ms=1)
    page = Templates(lambda name: name, None).answer(shown)
    lines = render_answer(shown, Screen(72)).split("\n")
    return Look(
        tuple(
            (kind["kind"], markers_of(block), len(block.texts))
            for kind, block in zip(blocks_out(shown.blocks), shown.blocks, strict=True)
        ),
        tuple(_message(message) for message in _messages(shown)),
        tuple(re.sub(r' (?!class)[\w-]+="[^"]*"', "", tag) for tag in _tags(page)),
        tuple(sign for sign, _ in groupby(map(_sign, lines)) if sign.strip() or not sign),
    )


def _messages(answer: Answer) -> Iterator[Message]:
    render, page = Renderer(load_wording(), None), 0
    while message := render.answer(answer, page):
        yield message
        page += 1


def _message(message: Message) -> tuple[Any, ...]:
    rows = tuple(tuple(button.data for button in row) for row in message.rows)
    parts = tuple(len(part) for part in message.plain.split("\n\n"))
    return (*_tags(message.html), parts, rows)


def _tags(html: str) -> list[str]:
    return [tag for tag in re.findall(r"<[^>]+>", html) if not re.match(r"</?(b|strong)>", tag)]


def _sign(line: str) -> str:
    """How a line begins: a sign, an indent, words (""), or that it is empty.

    Where a line is broken depends a little on what is bold.
    """
    if not line:
        return "empty"
    found = re.match(r"[│•]|\d+\. |- | +|", line)
    return found[0] if found else ""


@pytest.fixture(scope="module")
def plainly(core: Core) -> dict[str, Answer]:
    return {question: core.assistant.ask(question) for question in QUESTIONS}


@pytest.fixture(scope="module")
def looks(plainly: dict[str, Answer]) -> dict[str, Look]:
    return {question: look(answer) for question, answer in plainly.items()}


@pytest.fixture(scope="module")
def in_other_words(
    looks: dict[str, Look], built_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Answer]]:
    """The answers of a core whose wording is renamed; it stays renamed until they are done with."""
    folder = tmp_path_factory.mktemp("wording")
    for path in FOLDER.glob("*.yaml"):
        entries = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)
        (folder / path.name).write_text(
            yaml.safe_dump(renamed(entries), allow_unicode=True), "utf-8"
        )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(wording, "FOLDER", folder)
        load_wording.cache_clear()
        core = open_core(built_copy(built_folder, tmp_path_factory.mktemp("renamed") / "data"))
        try:
            yield {question: core.assistant.ask(question) for question in QUESTIONS}
        finally:
            core.close()
            load_wording.cache_clear()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_door_looks_the_same(
    question: str, looks: dict[str, Look], in_other_words: dict[str, Answer]
) -> None:
    assert look(in_other_words[question]) == looks[question]


def test_the_words_are_others(
    plainly: dict[str, Answer], in_other_words: dict[str, Answer]
) -> None:
    for question, answer in plainly.items():
        other = in_other_words[question]
        said_by = [(plain(one.blocks), one.suggestions) for one in (answer, other)]
        assert said_by[0] != said_by[1], question


def test_the_questions_reach_every_kind_of_block(plainly: dict[str, Answer]) -> None:
    kinds = {one["kind"] for answer in plainly.values() for one in blocks_out(answer.blocks)}
    assert kinds == {
        "title", "verdict", "lead", "intro", "quotation", "items", "field", "fields", "choices",
        "note", "source_line", "folded",
    }  # fmt: skip


def test_another_structure_is_seen() -> None:
    item = Items(texts("a" * 38 * 6, "b" * 38 * 6, "c" * 38 * 6))
    led = said(Note(text("Đầu. " * 40)), Intro(text("Đoạn")), item)
    noted = said(Note(text("Đầu. " * 40)), Note(text("Đoạn")), item)
    closed = said(SourceLine(text("Đầu. " * 40)), Intro(text("Đoạn")), item)
    assert len({look(led), look(noted), look(closed)}) == 3
    assert look(led).telegram != look(closed).telegram

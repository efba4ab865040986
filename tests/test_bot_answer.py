"""Blocks: kept and given as JSON, cited, put into other words, and written as Markdown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from said import said, text, texts

from bot.answer.answer import Citation
from bot.answer.blocks import (
    Block,
    Choices,
    Field,
    Fields,
    Folded,
    Intro,
    Items,
    Lead,
    Note,
    Option,
    Quotation,
    SourceLine,
    Title,
    Verdict,
    markers_of,
)
from bot.answer.codec import blocks_in, blocks_out, from_json, to_public, to_stored
from bot.answer.draft import Draft, RecordSource
from bot.answer.finish import finished
from bot.answer.rendering.markdown import markdown
from bot.answer.rendering.plain import plain
from bot.answer.verbatim import paragraphs, verbatim
from bot.rephrasing.rephraser import _enough, merged
from prompts.text import Text, joined, press, reference

EVERY: tuple[Block, ...] = (
    Title(text("**Khai sinh** (mã 1)")),
    Verdict(text("Không.")),
    Lead(text("Hạn là **31/7/2025** [1][2]."), "31/7/2025"),
    Intro(text("Đoạn nêu [1]:")),
    Quotation(text("trước *mọi* ngày"), 2, Text.of("(trích; ", press(2), ")")),
    Items(texts("**một** [1]", "hai"), numbered=True),
    Field("Phí", texts("miễn [3]")),
    Field("Giấy tờ", texts("tờ khai [3]", "ảnh"), listed=True),
    Fields((Field("Hạn", texts("2 ngày [4]")), Field("Phí", texts("chưa rõ")))),
    Choices((Option("Xã A", "Xã A nay là xã nào?"),)),
    Note(Text.of("Xem thêm: ", press(), ".")),
    SourceLine(text("Nguồn: đây.")),
    Folded(
        text("Xem đủ"), (Fields((Field("Hạn", texts("2 ngày [4]")),)), Note(text("gọi <tel:111>")))
    ),
)
CITATION = Citation(
    1, "d", "1-KL", "T", "I", "2025-07-11", "official", "in_force", "Mục 1", "q", "/van-ban/d#a",
    "d#a", 0, 1,
)  # fmt: skip
ANSWER = said(
    *EVERY,
    citations=(CITATION,),
    cards=({"kind": "place", "new": [{"code": "1"}]},),
    suggestions=("Hỏi gì?",),
    sources_as_of="2026-11-22",
    question="câu hỏi",
    phrasing={"model": "m"},
)


# JSON


def test_an_answer_is_kept_whole() -> None:
    assert from_json(json.loads(json.dumps(to_stored(ANSWER)))) == ANSWER


def test_what_is_given_is_the_contract_object_and_nothing_that_is_only_kept() -> None:
    assert list(to_public(ANSWER)) == [
        "answer_id", "conversation_id", "status", "text", "citations", "cards", "suggestions",
        "sources_as_of", "took_ms", "understood_as", "mode",
    ]  # fmt: skip
    given = to_public(ANSWER) | {"blocks": blocks_out(EVERY), "html": "<p>"}
    assert from_json(given) == replace(ANSWER, question="", phrasing={})


def test_every_kind_of_block_survives_json() -> None:
    assert {type(block) for block in EVERY} == set(Block.__args__)
    out = blocks_out(EVERY)
    assert blocks_in(json.loads(json.dumps(out))) == EVERY
    assert out[1] == {"kind": "verdict", "text": ["Không."]}  # empty fields are left out


def test_an_answer_kept_before_there_were_blocks_is_its_words() -> None:
    old = {name: value for name, value in to_stored(ANSWER).items() if name != "blocks"}
    words = "**Hạn** là ngày 1 [1].\n\n> “a” [1]\n\nNguồn: đây."
    opened = from_json(old | {"text": words})
    assert [plain([block]) for block in opened.blocks] == words.split("\n\n")
    assert all(isinstance(block, Note) for block in opened.blocks)
    assert all(not span.bold and not span.marker for b in opened.blocks for span in b.text.spans)
    assert opened.citations == (CITATION,)


# Text


def test_neighbours_of_one_look_are_one_run() -> None:
    assert Text.of("a", "b", Text.of("c"), "") == Text.of("abc")
    assert len(Text.of("a", reference(1), reference(1), "b").spans) == 4
    assert joined(texts("a", "b"), "; ") == Text.of("a; b")
    assert joined([], "; ") == Text()


def test_words_without_markers() -> None:
    assert text("Nay là xã A [1][2], từ nay [3].").without_markers() == text("Nay là xã A, từ nay.")
    assert text("[1] a").without_markers() == text(" a")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("a **b** (*c*) d", "a **b** (*c*) d"),
        ("2 * 3, **không đóng", "2 * 3, **không đóng"),
        ("Họ tên: ____ , _x_, <b>, [1]", "Họ tên: ____ , _x_, <b>, [1]"),
        ("- a\n1. b\n> c", "- a\n1. b\n> c"),
    ],
)
def test_verbatim_words_stay_as_the_document_has_them(words: str, shown: str) -> None:
    assert markdown([Note(verbatim(words))]) == shown
    assert verbatim("a **b**").spans[1].bold


def test_a_piece_of_a_document_is_its_paragraphs() -> None:
    parts = paragraphs("## Mục 1\nmột\nhai **ba**\n\n1. **Tên.\n\n---\n\n**\n")
    assert [part.words for part in parts] == ["Mục 1", "một\nhai ba", "1. Tên."]


# Markdown


def test_markdown_of_every_block() -> None:
    assert markdown(EVERY).split("\n\n") == [
        "**Khai sinh** (mã 1)",
        "Không.",
        "Hạn là **31/7/2025** [1][2].",
        "Đoạn nêu [1]:",
        "> “trước *mọi* ngày” [2]\n>\n> (trích; bấm số [2])",
        "1. **một** [1]\n2. hai",
        "**Phí:** miễn [3]",
        "**Giấy tờ:**",
        "- tờ khai [3]\n- ảnh",
        "- Hạn: 2 ngày [4]\n- Phí: chưa rõ",
        "- Xã A",
        "Xem thêm: bấm số bất kỳ ở trên.",
        "Nguồn: đây.",
        "**Xem đủ:**",
        "- Hạn: 2 ngày [4]",
        "gọi 111",  # words alone: the number of a phone is no marker
    ]


@pytest.mark.parametrize(
    "source", ["**a *b* c**", "*a **b** c*", "a **b**", "***a***", "**a** *b*"]
)
def test_looks_are_nested_as_they_were_written(source: str) -> None:
    assert markdown([Note(text(source))]) == source


# Citations


def test_markers_are_those_a_block_names() -> None:
    found = [markers_of(block) for block in EVERY]
    assert found == [(), (), (1, 2), (1,), (2, 2), (1,), (3,), (3,), (4,), (), (), (), (4,)]


def test_only_sources_that_are_named_are_cited() -> None:
    draft = Draft()
    sources = [RecordSource(n, n, None, "", "2026-07-25", "f", n, "/x") for n in ("a", "b", "c")]
    first, _, third = (draft.cite(source) for source in sources)
    draft.add(Note(Text.of("Một ", first)), Quotation(Text.of("[2]"), third.markers[0]))
    answer = finished(draft, None, "2026-11-22")
    assert [citation.marker for citation in answer.citations] == [1, 3]
    assert answer.text == "Một [1]\n\n> “[2]” [3]"


# In other words


def test_sentences_of_a_model_take_the_place_of_what_names_sources() -> None:
    blocks = (
        Title(text("Tên")),
        Intro(text("Không nguồn:")),
        Lead(text("Hạn **1/7/2025** [1].")),
        Intro(text("Đoạn khác:")),
        Items(texts("a [2]")),
        Items(texts("không nguồn")),
        SourceLine(text("Nơi: đây.")),
    )
    note = Note(text("*ghi chú*"))
    done = merged(blocks, ["Trước ngày 1/7/2025 [1].", "Và [2][3]."], note)
    assert done == [
        blocks[0], Lead(text("Trước ngày 1/7/2025 [1]. Và [2][3].")), blocks[5], blocks[6], note,
    ]  # fmt: skip


def test_the_value_that_answers_must_be_in_the_other_words() -> None:
    kept = ["Phải xong trước ngày 31/7/2025 [1]."]
    note = Note(text("Không nguồn 9"))
    assert _enough(kept, [], [note, Lead(text("Hạn: 31/7/2025 [1]."), "31/7/2025")])
    assert not _enough(kept, [], [note, Lead(text("Hạn: 30/7/2025 [1]."), "30/7/2025")])
    assert _enough(kept, [], [Lead(text("**12** điểm [1]."))])  # bold alone is no value
    assert not _enough([], [], [note])

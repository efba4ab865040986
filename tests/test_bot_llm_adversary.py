"""A model that twists what it was given, on a hundred questions: none of it reaches the user."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import scripted_llm as llm
from conftest import built_copy
from scripted_llm import Script, scripted_llm

from bot.opening import open_core
from evals.sets.questions import load_half
from knowledge.text import sentence_spans

pytestmark = pytest.mark.slow

QUESTIONS = 100
_EVIDENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_NUMBER = re.compile(r"\d+")
_SWAPS = (
    ("cấp xã", "cấp huyện"),
    ("cấp tỉnh", "cấp huyện"),
    ("Đảng uỷ Chính phủ", "Đảng uỷ Quốc hội"),
    ("Ban Tổ chức Trung ương", "Ban Nội chính Trung ương"),
    ("Bộ Chính trị", "Quốc hội"),
    ("trước ngày", "sau ngày"),
    ("không quá", "ít nhất"),
    ("giảm", "tăng"),
)


def twisted(text: str, marker: str, others: list[str], rng: random.Random) -> list[str]:
    """Sentences that look like the evidence and are false."""
    spans = sentence_spans(text)
    said = [text[a:b].rstrip(".;: ") for a, b in spans if 40 < b - a < 500]
    found = []
    for sentence in said[:2]:
        for number in _NUMBER.findall(sentence)[:1]:
            wrong = str(int(number) + rng.choice((1, 2, 7)))
            found.append(sentence.replace(number, wrong, 1))
        found += [sentence.replace(a, b, 1) for a, b in _SWAPS if a in sentence][:2]
        if " phải " in sentence:
            found.append(sentence.replace(" phải ", " không phải ", 1))
        found.append(f"{sentence} và mỗi người dân được hỗ trợ tiền mặt hằng tháng")
    lines = [f"{sentence} [{marker}]." for sentence in found]
    lines += [f"{sentence} [{len(others) + 5}]." for sentence in said[:1]]
    return lines


def test_what_a_model_twists_reaches_nobody(built_folder: Path, tmp_path: Path) -> None:
    rng = random.Random(5)
    told: set[str] = set()
    with scripted_llm() as script:

        def twist(handler: BaseHTTPRequestHandler) -> None:
            llm.stream(handler, [" ".join(_twist(script, rng, told))])

        script.reply = twist
        settings = built_copy(
            built_folder, tmp_path / "data", llm_base_url=script.url, llm_model="twister"
        )
        opened = open_core(settings)
        try:
            questions = [q.text for q in load_half("tuning") if not q.must_refuse][:QUESTIONS]
            assert len(questions) == QUESTIONS
            answers = [opened.assistant.ask(question) for question in questions]
        finally:
            opened.close()
    outcomes = Counter(a.phrasing.get("outcome", "not asked") for a in answers)
    shown = [s for a in answers if a.mode == "model" for s in told if s in a.text]
    assert len(told) >= QUESTIONS
    assert shown == []
    assert outcomes["too_little"] >= QUESTIONS / 2, outcomes


def _twist(script: Script, rng: random.Random, told: set[str]) -> list[str]:
    prompt = json.loads(json.dumps(script.requests[-1]))["messages"][-1]["content"]
    evidence = _EVIDENCE.findall(prompt)
    lines = []
    for marker, line in evidence[:3]:
        text = line.split(": ", 1)[-1]
        lines += twisted(text, marker, [m for m, _ in evidence], rng)
    told.update(lines)
    return lines or ["Không có gì."]

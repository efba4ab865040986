"""The page on who is behind the answers, their sources and what is kept; by the real core."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from bot.doors.web.app import create_app
from bot.opening import Core
from bot.settings import Settings


def about(core: Core, **values: object) -> str:
    client = TestClient(create_app(core, Settings(rate_limit="off", **values)))
    return " ".join(client.get("/gioi-thieu").text.split())


def test_it_names_every_source_with_its_date(core: Core) -> None:
    page = about(core)
    assert "không phải của cơ quan nhà nước" in page
    for document in core.store.documents.all():
        assert f'<a href="{document.metadata.url}">{document.metadata.label}</a>' in page
    assert "kiểm tra ngày 22/11/2026" in page
    assert f"{len(core.procedures.catalogue.own)} bản ghi của Hai Cấp" in page
    assert "tháng 6/2026" in page
    assert "ngày 25/7/2026" in page


def test_it_says_how_long_what_is_kept(core: Core) -> None:
    page = about(core, answer_retention_days=1234, conversation_retention_days=5)
    assert "liên kết chia sẻ mở được: 1.234 ngày" in page
    assert "câu hỏi nối tiếp: 5 ngày" in page
    assert "Telegram" not in page
    assert "không ghi vào nhật ký" in page
    told = about(core, telegram_token="1:a", telegram_retention_days=9, log_questions=True)
    assert "Telegram: 9 ngày" in told
    assert "có ghi vào nhật ký" in told


def test_it_says_how_a_mistake_is_reported(core: Core) -> None:
    page = about(core)
    assert "chọn “Nội dung sai”" in page
    assert '<a href="tel:18001096">' in page
    assert about(core, contact="UBND <xã> Ví Dụ").count("UBND &lt;xã&gt; Ví Dụ") == 2


@pytest.mark.parametrize("path", ["/thu-tuc/khai-sinh", "/thu-tuc?q=zzz khong co"])
def test_the_hotline_can_be_called_and_where_one_files_opened(core: Core, path: str) -> None:
    client = TestClient(create_app(core, Settings(rate_limit="off")))
    page = client.get(path).text
    assert re.findall(r"18001096(?![\"<])", page) == []
    assert '<a href="tel:18001096">' in page
    if "khai-sinh" in path:
        assert 'href="https://dichvucong.gov.vn"' in page
    else:
        assert "Không thấy thủ tục nào hợp với" in page
        assert "cards--procedures" not in page

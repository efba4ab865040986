"""Cards of records as the page draws them, by the real core."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from bot.doors.web.app import create_app
from bot.opening import Core
from bot.settings import Settings


@pytest.fixture(scope="module")
def client(core: Core) -> TestClient:
    return TestClient(create_app(core, Settings(rate_limit="off")))


def card(client: TestClient, question: str) -> str:
    page = client.get("/", params={"q": question}).text
    (found,) = re.findall(r'<aside class="record".*?</aside>', page, re.DOTALL)
    return str(found)


def test_a_procedure_at_a_place_names_the_desk_and_leads_to_its_sheets(client: TestClient) -> None:
    drawn = card(client, "Tôi ở phường Bến Nghé quận 1, làm khai sinh cho con ở đâu?")
    assert "<b>Trung tâm Phục vụ hành chính công Phường Sài Gòn</b>" in drawn
    assert "Kiểm chứng một phần" in drawn
    links = re.findall(r'href="([^"]+)"', drawn)
    assert links == ["/thu-tuc/khai-sinh", "/thu-tuc/khai-sinh", "/thu-tuc/khai-sinh/huong-dan"]
    assert all(client.get(link).status_code == 200 for link in links)


def test_a_split_place_shows_every_candidate(client: TestClient) -> None:
    drawn = card(client, "Phường Dịch Vọng Hậu, Cầu Giấy nay là phường nào?")
    assert "Phường Cầu Giấy" in drawn
    assert "Phường Nghĩa Đô" in drawn
    assert "Cần xem lại" in drawn


def test_a_record_that_is_not_verified_leads_to_no_sheet(client: TestClient) -> None:
    drawn = card(client, "Chuyển trường cho con ở đâu?")
    assert "Chưa kiểm chứng" in drawn
    assert "huong-dan" not in drawn


def test_an_answer_from_a_directive_has_no_card(client: TestClient) -> None:
    page = client.get("/", params={"q": "Kết luận 177 do ai ký?"}).text
    assert 'class="record"' not in page

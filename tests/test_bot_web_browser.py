"""The pages in Debian's Chromium: phone and desk, without JavaScript, by keyboard alone."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fake_core import DOCUMENT, POINT, FakeCore
from live_server import live_server
from playwright.sync_api import expect, sync_playwright

from bot.settings import Settings

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE, DESK = 320, 1280
QUESTION = "Cấp xã phải bố trí cán bộ như thế nào?"
CLAUSE = "Sửa đổi, bổ sung, ban hành quy định về chức năng"


@pytest.fixture(scope="module")
def core():
    return FakeCore()


@pytest.fixture(scope="module")
def address(core):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with live_server(core, Settings(port=port, rate_limit="off")) as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.fail(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Opens pages; afterwards nothing foreign was asked for and no script or policy failed."""
    contexts, asked, complaints = [], [], []

    def open_page(path="/", width=DESK, **options):
        height = 640 if width <= 360 else 800
        context = browser.new_context(
            viewport={"width": width, "height": options.pop("height", height)},
            base_url=address,
            **{"reduced_motion": "reduce", **options},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Policy" in m.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    host = urlsplit(address).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {host}
    assert complaints == []


def ask(page, question=QUESTION):
    page.get_by_label("Câu hỏi của bạn").fill(question)
    page.get_by_role("button", name="Hỏi", exact=True).click()
    return page.locator(".turn").last


def colour(page, selector, name="background-color"):
    return page.locator(selector).evaluate(f"e => getComputedStyle(e)['{name}']")


def variable(page, name):
    """A colour of the style sheet as the browser computes it."""
    return page.evaluate(
        """name => { const e = document.body.appendChild(document.createElement('i'));
        e.style.color = `var(--${name})`;
        const found = getComputedStyle(e).color; e.remove(); return found }""",
        name,
    )


# asking and reading


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_ask_and_open_the_citation(open_page, width) -> None:
    page = open_page(width=width)
    turn = ask(page)
    expect(turn.locator(".question")).to_have_text(QUESTION)
    expect(turn.locator(".quote")).to_contain_text("văn bản chính thức")
    turn.locator(".marker").first.click()
    clause = page.locator(f"#ui-panel #{POINT}")
    expect(clause).to_contain_text(CLAUSE)
    expect(clause).to_be_in_viewport()
    expect(clause).to_be_focused()
    assert colour(page, f"#ui-panel #{POINT}") == variable(page, "mark")
    assert page.url.endswith("/")


def test_document_stands_beside_the_answer_on_a_desk(open_page) -> None:
    page = open_page(width=DESK)
    turn = ask(page)
    turn.locator(".source__place").click()
    expect(page.locator(".is-target")).to_be_visible()
    panel, answer = page.locator("#ui-panel").bounding_box(), turn.bounding_box()
    assert answer["x"] + answer["width"] <= panel["x"]
    ask(page, "Kết luận 177 giao những việc gì?")
    expect(page.locator(".turn")).to_have_count(2)
    page.get_by_role("button", name="Đóng").click()
    expect(page.locator("#ui-panel")).to_be_hidden()


def test_phone_back_button_closes_the_document(open_page) -> None:
    page = open_page(width=PHONE)
    turn = ask(page)
    turn.locator(".source__place").click()
    expect(page.locator(".is-target")).to_be_focused()
    assert page.locator("#ui-panel").bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 640}
    page.go_back()
    expect(page.locator("#ui-panel")).to_be_hidden()
    expect(turn.locator(".answer")).to_be_visible()
    turn.locator(".source__place").click()
    page.get_by_role("button", name="Trở lại").click()
    expect(page.locator("#ui-panel")).to_be_hidden()
    expect(turn.locator(".source__place")).to_be_focused()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_without_javascript(open_page, width) -> None:
    page = open_page(width=width, java_script_enabled=False)
    turn = ask(page)
    expect(turn.locator(".quote")).to_be_visible()
    expect(page.locator(".js-only:visible")).to_have_count(0)
    turn.locator(".source__place").click()
    assert page.url.endswith(f"/van-ban/{DOCUMENT}#{POINT}")
    expect(page.locator(f"#{POINT}")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("link", name="Tóm tắt Kết luận 177").click()
    expect(page.locator(".turn .answer")).to_be_visible()
    page.locator(".feedback__more summary").click()
    page.get_by_label("Còn thiếu").check()
    page.get_by_role("button", name="Gửi góp ý").click()
    expect(page.get_by_text("Cảm ơn bạn đã góp ý.")).to_be_visible()


def test_target_is_highlighted_on_the_document_page(open_page) -> None:
    page = open_page(f"/van-ban/{DOCUMENT}#{POINT}")
    assert colour(page, f"#{POINT}") == variable(page, "mark")
    box = page.locator(f"#{POINT}").bounding_box()
    assert box["y"] > page.locator(".top").bounding_box()["height"]
    page.locator(".outline a", has_text="Mục 1").first.click()
    assert colour(page, "#muc-1") == variable(page, "mark")


def test_suggestion_continues_the_conversation(open_page, core) -> None:
    page = open_page()
    ask(page)
    page.get_by_role("link", name="Tóm tắt Kết luận 177").click()
    expect(page.locator(".turn .answer")).to_have_count(2)
    assert core.assistant.asked[-1] == ("Tóm tắt Kết luận 177", "conversation-0001")


def test_conversation_survives_leaving_the_page(open_page) -> None:
    page = open_page()
    ask(page)
    expect(page.locator(".answer")).to_be_visible()
    page.get_by_label("Câu hỏi của bạn").fill("câu đang gõ dở")
    page.get_by_role("link", name="Văn bản", exact=True).click()
    page.get_by_role("link", name="Hỏi đáp").click()
    expect(page.locator(".question")).to_have_text(QUESTION)
    expect(page.get_by_label("Câu hỏi của bạn")).to_have_value("câu đang gõ dở")
    page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_answered_address_joins_the_conversation(open_page, core) -> None:
    page = open_page("/?q=a")
    expect(page.locator(".answer")).to_have_count(1)
    assert page.url.endswith("/")
    asked = len(core.assistant.asked)
    page.reload()
    expect(page.locator(".answer")).to_have_count(1)
    assert len(core.assistant.asked) == asked


# the first screen


@pytest.mark.parametrize("script", [True, False])
def test_the_question_box_is_on_the_first_screen_of_an_old_phone(open_page, script) -> None:
    page = open_page(width=PHONE, height=480, java_script_enabled=script)
    expect(page.get_by_role("heading", name="Bạn cần làm giấy tờ gì?")).to_be_in_viewport()
    for part in ("#ui-q", "#ui-send"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    expect(page.locator(".doors .example")).to_have_count(3)
    page.locator(".doors .example").nth(1).click()
    expect(page.locator(".turn .answer")).to_be_visible()
    expect(page.locator(".doors")).to_be_hidden()


# a conversation


def in_sight(page):
    """What of the last turn stands where, beside the bars that could hide it."""
    return page.evaluate(
        """() => {
        const bar = (e) => getComputedStyle(e).position === 'sticky' ? e : null;
        const top = bar(document.querySelector('.top'))?.getBoundingClientRect().bottom ?? 0;
        const under = bar(document.querySelector('#ui-form'))?.getBoundingClientRect().top;
        const turn = [...document.querySelectorAll('.turn')].at(-1);
        const line = document.createRange();
        line.selectNodeContents(turn.querySelector('.answer__text').firstElementChild);
        return {over: Math.max(top, 0), under: Math.min(under ?? innerHeight, innerHeight),
                question: turn.querySelector('.question').getBoundingClientRect().top,
                line: line.getClientRects()[0].bottom};
        }"""
    )


@pytest.mark.parametrize("width", [PHONE, 360, 768, DESK])
def test_quick_follow_ups_stand_below_the_header(open_page, width) -> None:
    page = open_page(width=width, reduced_motion="no-preference")
    for number in range(1, 9):
        ask(page, f"Còn việc thứ {number} thì sao?" if number > 1 else QUESTION)
        expect(page.locator(".turn .answer")).to_have_count(number)
        found = in_sight(page)
        assert found["over"] <= found["question"] < found["line"] <= found["under"], (number, found)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(PHONE, 256, "106.25%"), (PHONE, 640, "200%"), (DESK, 800, "225%")],
)
def test_zoomed_in_the_answer_is_in_sight(open_page, width, height, size) -> None:
    """A window of 1280 by 1024 at 400 %, and letters twice as large."""
    page = open_page(width=width, height=height)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
    expect(ask(page).locator(".answer")).to_be_visible()
    found = in_sight(page)
    assert found["over"] <= found["question"] < found["line"] <= found["under"], found
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def held(page):
    """The calls of the page to the stream, kept waiting until they are let go."""
    waiting = []
    page.route("**/api/ask/stream*", lambda route: waiting.append(route))
    return waiting


def test_a_second_question_waits_for_the_first(open_page, core) -> None:
    page = open_page()
    waiting = held(page)
    ask(page, "Câu một?")
    expect(page.locator(".pending__text")).to_have_text("Đang tìm câu trả lời…")
    ask(page, "Câu hai?")
    expect(page.locator(".pending__text").last).to_have_text("Chờ trả lời xong câu trước…")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.locator(".turn .answer")).to_have_count(1)
    expect(page.locator(".pending__text")).to_have_text("Đang tìm câu trả lời…")
    waiting[1].continue_()
    expect(page.locator(".turn .answer")).to_have_count(2)
    assert [question for question, _ in core.assistant.asked[-2:]] == ["Câu một?", "Câu hai?"]
    assert core.assistant.asked[-1][1] == "conversation-0001"


def test_a_slow_network_is_told_and_can_be_tried_again(open_page) -> None:
    page = open_page()
    page.clock.install()
    waiting = held(page)
    turn = ask(page)
    slow, again = turn.get_by_text("Mạng chậm"), turn.get_by_role("button", name="Thử lại")
    expect(turn.get_by_text("Đang tìm câu trả lời…")).to_be_visible()
    expect(slow).to_be_hidden()
    page.clock.run_for(5_000)
    expect(slow).to_be_visible()
    expect(page.locator("#ui-status")).to_contain_text("Mạng chậm")
    expect(again).to_be_hidden()
    page.clock.run_for(15_000)
    again.click()
    expect(again).to_be_hidden()
    page.wait_for_function("() => true")
    assert len(waiting) == 2
    waiting[1].continue_()
    expect(turn.locator(".answer")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(1)


def test_a_choice_asks_the_question_again_of_one_place(open_page, core) -> None:
    page = open_page()
    turn = ask(page, "Xã Tân An nay là xã nào?")
    turn.get_by_role("link", name="Xã Tân An, Tỉnh Nghệ An", exact=True).click()
    asked = "Xã Tân An, Tỉnh Nghệ An nay là xã nào?"
    expect(page.locator(".question").last).to_have_text(asked)
    expect(page.locator(".turn .answer")).to_have_count(2)
    assert core.assistant.asked[-1][0] == asked


def test_numbers_of_people_are_masked_where_they_are_shown(open_page) -> None:
    page = open_page()
    turn = ask(page, "Căn cước 001099012345 làm lại ở đâu?")
    expect(turn.locator(".question")).to_have_text("Căn cước [đã che] làm lại ở đâu?")
    expect(turn.locator(".masked")).to_contain_text("Xin đừng gửi số căn cước")
    kept = page.evaluate("JSON.stringify(sessionStorage) + document.body.outerHTML")
    assert "001099012345" not in kept
    page = open_page("/?q=Căn cước 001099012345 ở đâu?", java_script_enabled=False)
    expect(page.locator(".question")).to_have_text("Căn cước [đã che] ở đâu?")


def test_a_new_conversation_can_be_undone(open_page, core) -> None:
    page = open_page()
    expect(ask(page).locator(".answer")).to_be_visible()
    page.get_by_role("button", name="Cuộc trò chuyện mới").click()
    expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="Khôi phục").click()
    expect(page.locator(".question")).to_have_text(QUESTION)
    expect(page.get_by_role("button", name="Khôi phục")).to_be_hidden()
    expect(ask(page, "Còn gì nữa?").locator(".answer")).to_be_visible()
    assert core.assistant.asked[-1] == ("Còn gì nữa?", "conversation-0001")


def test_the_next_person_at_a_desk_finds_nothing(open_page, core) -> None:
    page = open_page()
    page.clock.install()
    page.reload()
    expect(ask(page).locator(".answer")).to_be_visible()
    page.get_by_role("button", name="Người tiếp theo").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("button", name="Khôi phục")).to_be_hidden()
    expect(ask(page).locator(".answer")).to_be_visible()
    assert core.assistant.asked[-1][1] is None
    page.clock.run_for(9 * 60_000)
    expect(page.locator(".turn")).to_have_count(1)
    page.clock.run_for(2 * 60_000)
    expect(page.locator(".turn")).to_have_count(0)
    assert QUESTION not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="Thôi").click()
    expect(ask(page).locator(".answer")).to_be_visible()
    page.clock.run_for(11 * 60_000)
    expect(page.locator(".turn")).to_have_count(1)


def test_the_keyboard_of_a_phone_goes_after_sending(open_page) -> None:
    page = open_page(width=360, has_touch=True, is_mobile=True)
    page.get_by_label("Câu hỏi của bạn").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.get_by_label("Câu hỏi của bạn")).not_to_be_focused()


# trouble


@pytest.mark.parametrize(
    ("status", "body", "shown"),
    [
        (None, "", "Không kết nối được"),
        (429, '{"detail": "Bạn vui lòng đợi 9 giây rồi thử lại."}', "đợi 9 giây"),
        (500, '{"detail": "Lỗi này ở phía chúng tôi."}', "phía chúng tôi"),
        (502, "<html>bad gateway</html>", "Hệ thống gặp lỗi"),
    ],
)
def test_trouble_is_told_and_the_question_kept(open_page, status, body, shown) -> None:
    page = open_page()
    trouble = page.route(
        "**/api/ask*/**",
        lambda route: route.fulfill(status=status, body=body) if status else route.abort(),
    )
    turn = ask(page)
    expect(turn.locator(".notice")).to_contain_text(shown)
    expect(turn.locator(".question")).to_have_text(QUESTION)
    expect(page.get_by_label("Câu hỏi của bạn")).to_have_value(QUESTION)
    page.unroute("**/api/ask*/**")
    turn.get_by_role("button", name="Thử lại").click()
    expect(turn.locator(".answer")).to_be_visible()
    expect(page.get_by_label("Câu hỏi của bạn")).to_have_value("")
    assert trouble is not None


def test_a_cut_stream_falls_back_to_the_plain_call(open_page) -> None:
    page = open_page()
    page.route("**/api/ask/stream*", lambda r: r.fulfill(body='event: delta\ndata: {"text": "a'))
    expect(ask(page).locator(".answer")).to_be_visible()


def test_refused_question_is_told(open_page) -> None:
    page = open_page()
    turn = ask(page, "a" * 4001)
    expect(turn.locator(".notice")).to_contain_text("rút ngắn")
    expect(page.locator("#ui-count")).to_have_text("4001/4000 ký tự")


def test_enter_while_composing_does_not_send(open_page) -> None:
    page = open_page()
    box = page.get_by_label("Câu hỏi của bạn")
    box.fill("dang go")
    enter = """e => e.dispatchEvent(new KeyboardEvent('keydown',
        {key: 'Enter', isComposing: %s, bubbles: true, cancelable: true}))"""
    box.evaluate(enter % "true")
    box.evaluate((enter % "false").replace("isComposing", "keyCode: 229, isComposing"))  # Safari
    expect(page.locator(".turn")).to_have_count(0)
    box.evaluate(enter % "false")
    expect(page.locator(".turn")).to_have_count(1)


# buttons


def test_copy_takes_the_sources_along(open_page, address) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page)
    turn.get_by_role("button", name="Sao chép").click()
    expect(turn.get_by_role("button", name="Đã sao chép")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert QUESTION in text
    assert CLAUSE in text
    assert "sau khi sắp xếp [1]." in text
    assert f"{address}/van-ban/{DOCUMENT}#{POINT}" in text


def test_copy_keeps_the_numbers_and_signs_of_lists(open_page) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, "Kết luận 177 giao những việc gì?")
    turn.get_by_role("button", name="Sao chép").click()
    expect(turn.get_by_role("button", name="Đã sao chép")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert [line[:3] for line in text.split("\n") if "… [" in line] == [
        f"{n}. " for n in range(1, 6)
    ]


def test_one_quotation_is_copied_with_its_place_and_link(open_page, address) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page)
    turn.get_by_role("button", name="Chép đoạn này").click()
    expect(turn.get_by_role("button", name="Đã sao chép")).to_be_visible()
    quote, place, link = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert quote.startswith(f"“{CLAUSE}")
    assert quote.endswith("”")
    assert place.startswith("Mục 4, điểm (10), số 177-KL/TW")
    assert link == f"{address}/van-ban/{DOCUMENT}#{POINT}"


def test_every_clause_has_a_link_of_its_own(open_page, address) -> None:
    page = open_page(f"/van-ban/{DOCUMENT}", java_script_enabled=False)
    anchors = page.locator(".passage").evaluate_all("found => found.map(e => '#' + e.id)")
    links = page.locator(".passage__mark, .passage__link")
    assert sorted(links.evaluate_all("l => l.map(e => e.getAttribute('href'))")) == sorted(anchors)
    page.locator(f"#{POINT} > .passage__mark").click()
    assert page.url == f"{address}/van-ban/{DOCUMENT}#{POINT}"


def test_share_copies_the_link(open_page, address) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.share = undefined")
    turn = ask(page)
    turn.get_by_role("button", name="Chia sẻ").click()
    expect(turn.get_by_role("button", name="Đã sao chép liên kết")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}/tra-loi/")
    page.goto(link)
    expect(page.locator(".question")).to_have_text(QUESTION)


def test_feedback(open_page, core) -> None:
    page = open_page()
    turn = ask(page)
    turn.locator("summary", has_text="Chưa hữu ích").click()
    turn.get_by_label("Nội dung sai").check()
    turn.get_by_label("Góp ý thêm").fill("thiếu ngày")
    turn.get_by_role("button", name="Gửi góp ý").click()
    expect(turn.get_by_text("Cảm ơn bạn đã góp ý.")).to_be_visible()
    assert core.assistant.feedback[-1][1:] == (False, "wrong", "thiếu ngày")
    turn = ask(page)
    turn.get_by_role("button", name="Hữu ích").click()
    expect(turn.get_by_text("Cảm ơn bạn đã góp ý.")).to_be_visible()
    assert core.assistant.feedback[-1][1:] == (True, None, None)


def test_print_shows_the_answer_alone(open_page) -> None:
    page = open_page()
    page.evaluate("window.print = () => { window.printed = document.body.className }")
    turn = ask(page)
    turn.get_by_role("button", name="In", exact=True).click()
    assert "printing-one" in page.evaluate("window.printed")
    page.emulate_media(media="print")
    expect(turn.locator(".quote")).to_be_visible()
    for hidden in (".top", ".composer", ".answer__foot", ".pill"):
        expect(page.locator(hidden).first).to_be_hidden()


# for everybody


def _pages(page):
    """Each kind of page, with what can be opened on it open."""
    yield "/"
    expect(ask(page, "Kết luận 177 giao những việc gì?").locator(".answer")).to_be_visible()
    page.locator(".sources summary").first.click()
    page.locator(".feedback__more summary").click()
    yield "answer"
    page.locator(".source__place").first.click()
    yield "panel"
    for path in ("/van-ban", f"/van-ban/{DOCUMENT}", "/van-ban/ke-hoach-47-kh-bcd", "/docs"):
        page.goto(path)
        yield path
    page.goto("/khong-co")
    yield "404"


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_sideways_scrolling(open_page, width) -> None:
    page = open_page(width=width)
    for name in _pages(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(
            """[...document.querySelectorAll('.panel__body')]
            .every(e => e.scrollWidth <= e.clientWidth)"""
        ), name


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_targets_are_large_enough(open_page, width) -> None:
    """WCAG 2.5.8 exempts links within a sentence; a marker has a larger invisible target."""
    page = open_page(width=width)
    script = """() => [...document.querySelectorAll(`button, summary, textarea, .choice,
      nav a, .pill, .example, .brand, .button`)]
      .filter(e => e.checkVisibility() && e.getClientRects().length)
      .map(e => [e.className, e.textContent.trim(), e.getBoundingClientRect().height])
      .filter(([, , height]) => height < 43.9)"""
    for name in _pages(page):
        assert page.evaluate(script) == [], name
    page.goto("/?q=a")
    after = page.locator(".marker").first.evaluate(
        "e => [e.getBoundingClientRect().height, getComputedStyle(e, '::after').height]"
    )
    assert float(after[1].removesuffix("px")) >= 43


def test_keyboard_alone(open_page) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_in_viewport()
    _tab_to(page, "#ui-q")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator("#ui-status")).to_contain_text("Đã có câu trả lời. Cấp xã phải bố trí đủ")
    _tab_to(page, ".source__place", "Shift+Tab")
    assert colour(page, ".source__place", "outline-style") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(f"#ui-panel #{POINT}")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#ui-panel")).to_be_hidden()
    expect(page.locator(".source__place")).to_be_focused()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_focus_stop_is_under_the_bars(open_page, width) -> None:
    """WCAG 2.4.11, forwards and back."""
    page = open_page(width=width)
    expect(ask(page, "Kết luận 177 giao những việc gì?").locator(".answer")).to_be_visible()
    expect(ask(page).locator(".answer")).to_be_visible()
    for key in ("Shift+Tab", "Tab"):
        stops = 0
        for _ in range(60):
            page.keyboard.press(key)
            hidden = page.evaluate(
                """() => { const e = document.activeElement, box = e.getBoundingClientRect();
                if (e === document.body || e.closest('.top, #ui-form, .skip')) return null;
                const bars = [...document.querySelectorAll('.top, #ui-form')];
                const covered = bars.map((bar) => bar.getBoundingClientRect())
                  .map((bar) => Math.min(box.bottom, bar.bottom) - Math.max(box.top, bar.top));
                const inside = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
                const seen = inside - Math.max(0, ...covered);
                return {e: e.outerHTML.slice(0, 90), seen, of: box.height} }"""
            )
            if hidden:
                stops += 1
                assert hidden["seen"] >= min(hidden["of"], 40) - 1, (key, hidden)
        assert stops > 20


def test_there_is_one_heading_of_the_first_level(open_page) -> None:
    page = open_page()
    for name in _pages(page):
        expect(page.get_by_role("heading", level=1)).to_have_count(1), name


def _tab_to(page, selector, key="Tab"):
    for _ in range(40):
        if page.locator(selector).first.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"{selector} is out of reach of {key}")


@pytest.mark.parametrize("path", ["/", "/?q=a", "/van-ban", f"/van-ban/{DOCUMENT}", "/docs"])
def test_structure_for_screen_readers(open_page, path) -> None:
    page = open_page(path)
    assert page.locator("html").get_attribute("lang") == "vi"
    for landmark in ("main", "banner"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            'a, button, summary, input:not([type=hidden]), textarea')]
        .filter(e => e.checkVisibility())
        .filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))
        .map(e => e.outerHTML)"""
    )
    assert unnamed == []


PAIRS = [  # (ink, ground, least contrast)
    ("ink", "bg", 7),
    ("ink", "surface", 7),
    ("ink", "tint", 7),
    ("ink", "quote", 7),
    ("ink", "mark", 7),
    ("muted", "bg", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "quote", 4.5),
    ("brand", "bg", 4.5),
    ("brand", "surface", 4.5),
    ("brand", "tint", 4.5),
    ("brand", "quote", 4.5),
    ("brand", "mark", 4.5),
    ("brand-strong", "bg", 4.5),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-strong", 4.5),
    ("warm-ink", "warm", 4.5),
    ("cool-ink", "cool", 4.5),
    ("alert-ink", "alert", 4.5),
    ("edge", "bg", 3),
    ("edge", "surface", 3),
    ("mark-line", "bg", 3),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(open_page, scheme) -> None:
    page = open_page(color_scheme=scheme)
    for ink, ground, least in PAIRS:
        found = _contrast(variable(page, ink), variable(page, ground))
        assert found >= least, f"{scheme}: {ink} on {ground} is {found:.2f}"


def _contrast(one, other):
    """WCAG 2.2, relative luminance."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(rgb):
    values = [int(v) / 255 for v in re.findall(r"\d+", rgb)[:3]]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_first_load_weighs_under_60_kb(browser, address) -> None:
    page = browser.new_page()
    sizes = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    page.close()
    assert len(sizes) >= 3
    assert sum(sizes) < 60_000, sizes


def test_an_inline_script_would_not_run(browser, address) -> None:
    """The content policy is in force, and the complaints that `open_page` collects are real."""
    page, complaints = browser.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    page.evaluate(
        """() => { const script = document.createElement('script');
        script.textContent = 'window.ran = true'; document.body.append(script) }"""
    )
    assert page.evaluate("window.ran") is None
    assert any("Policy" in text for text in complaints)
    page.close()

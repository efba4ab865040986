"""A conversation of the test server as a page that looks like a phone's, for eyes and pictures.

python tests/telegram_page.py docs/screenshots/telegram.png
"""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

from telegram_server import Sent, TelegramServer

PHONE = (390, 844)  # points of a usual phone
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_STYLE = """
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.32 "Noto Sans", "Roboto", sans-serif; background: #d5e3d0; }
header { background: #517da2; color: #fff; padding: 10px 16px; font-weight: 600; }
header small { display: block; font-weight: 400; opacity: .85; }
main { display: flex; flex-direction: column; gap: 8px; padding: 10px 8px; }
.turn { max-width: 92%; }
.you { align-self: flex-end; background: #effdde; border-radius: 14px 14px 4px 14px; }
.bot .text { background: #fff; border-radius: 14px 14px 14px 4px; }
.you, .bot .text { padding: 7px 11px; white-space: pre-wrap; overflow-wrap: anywhere; }
.text a { color: #2a78b8; }
blockquote { margin: 2px 0; padding: 4px 8px; border-left: 3px solid #3a95d5;
  background: #e9f3fb; border-radius: 4px; white-space: pre-wrap; }
blockquote[expandable] { display: -webkit-box; -webkit-line-clamp: 3;
  -webkit-box-orient: vertical; overflow: hidden; }
.row { display: flex; gap: 4px; margin-top: 4px; }
.row span { flex: 1; background: #7f9d7a; color: #fff; border-radius: 8px; padding: 7px 6px;
  text-align: center; font-size: 14px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.more { height: 4px; }
"""


def conversation_page(server: TelegramServer, chat: int) -> str:
    """All that was said in one chat, as HTML."""
    turns = "".join(_turn(said) for where, said in server.talk if where == chat)
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><style>{_STYLE}</style>'
        f"<header>Hai Cấp<small>bot</small></header><main>{turns}</main></html>"
    )


def _turn(said: str | Sent) -> str:
    if isinstance(said, str):
        return f'<div class="turn you">{html.escape(said)}</div>'
    text = re.sub(r"\n*(</?blockquote[^>]*>)\n*", r"\1", said.html)
    rows = said.markup.get("inline_keyboard", [])
    buttons = "".join(
        '<div class="row">'
        + "".join(f"<span>{html.escape(b['text'])}</span>" for b in row)
        + "</div>"
        for row in rows
    )
    return f'<div class="turn bot"><div class="text">{text}</div>{buttons}</div>'


def draw(page: str, target: Path) -> None:
    """A picture of the page, as tall as the conversation."""
    from playwright.sync_api import sync_playwright

    width, height = PHONE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=2
        )
        shown = context.new_page()
        shown.set_content(page)
        shown.screenshot(path=target, full_page=True)
        browser.close()


def main(target: Path) -> None:
    """Ask the real core a few questions and draw the conversation."""
    import tempfile

    from telegram_core import door_settings, running_door

    from bot.opening import open_core
    from bot.settings import Settings

    with tempfile.TemporaryDirectory() as folder, TelegramServer().running() as server:
        core = open_core(Settings(data_dir=Path(folder)))
        with running_door(core, door_settings(core, server)):
            server.say("quy dinh ve co quan chuyen mon cap xa phai xong truoc ngay nao")
            server.press(server.wait_for(1)[0], "Nguyên văn [1]")
            server.wait_for(2)
            server.say("Phường Bến Nghé nay thuộc phường nào?")
            server.wait_for(3)
        core.close()
        draw(conversation_page(server, server.chat), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Texts of a shape that people do not write, and a letter as they do, of any length."""

from __future__ import annotations

LETTER = (
    "Kính gửi cơ quan, tôi tên là Lan, hiện thường trú tại xã Tân Phú, tỉnh Đồng Nai. Năm ngoái "
    "gia đình tôi chuyển về quê chồng sinh sống và làm nghề trồng lúa. Vừa qua vợ chồng tôi sinh "
    "một cháu trai tại bệnh viện, giấy chứng sinh ghi tên mẹ là tôi. Chồng tôi đi làm xa nên chưa "
    "về được, bố mẹ chồng đã già yếu không đi lại nhiều. Tôi có hỏi thăm hàng xóm thì mỗi người "
    "nói một kiểu, người bảo lên huyện, người bảo ra xã, tôi không biết đâu là đúng. Nghe nói từ "
    "ngày 1/7/2025 không còn cấp huyện nữa nên mọi việc làm ở xã. Cháu nhà tôi nay được hơn hai "
    "tháng tuổi, tôi sợ quá hạn thì bị phạt nên rất lo lắng. Xin cho tôi hỏi đăng ký khai sinh cho "
    "cháu thì nộp hồ sơ ở đâu, cần những giấy tờ gì và mất bao nhiêu ngày? Tôi xin cảm ơn. "
)
PIECES = {
    "slashes": "1/",
    "hyphens": "a-",
    "slashed": "a/b/",
    "addresses": "a@b.",
    "lines": "a\n",
    "questions": "sao? ",
    "digits": "1 ",
    "one digit": "1",
    "letters": "a ",
    "one letter": "a",
    "numbered units": "q1 ",
    "kinds": "p. ",
    "communes": "xã ",
    "commas": "tân phú, ",
    "chain": "xã Tân Phú, huyện Tân Phú, tỉnh Đồng Nai, ",
    "listed": "xã Tân Phú, ",
    "provinces": "Hà Nội ",
    "short names": "an ",
    "ordinary names": "hoa binh ",
    "unknown kinds": "xã Xqzw, ",
    "cities": "tp",
    "unknown words": "xqz wvk zzt ",
    "capitals": "UBND ",
    "documents": "177-KL/TW ",
    "decrees": "nghị định 176/2025/NĐ-CP ",
    "articles": "điều 1 khoản 1 ",
    "points": "điểm a) ",
    "dates": "1/7/2025 ",
    "months": "tháng 7 năm 2025 ",
    "ages": "19 tuổi ",
    "phones": "0912345678 ",
    "ids": "001234567890 ",
    "marks": "e\u0301\u0302\u0323",
    "ligature": "\ufdfa ",
    "ideographs": "漢字",
    "joiners": "a\u200d",
    "overrides": "\u202eab ",
    "markup": "<b>[1](",
    "links": "http://a/b?c=d&",
    "procedure": "đăng ký khai sinh ",
    "asks": "cho hỏi ",
    "negations": "không ",
}
_WIDTHS = {"ligature": 19}  # characters that a piece is read as, where they are more than its own


def letter(chars: int) -> str:
    """A letter of `chars` characters."""
    return (LETTER * (chars // len(LETTER) + 1))[:chars]


def hostile(shape: str, chars: int) -> str:
    """A text of a shape that is read as about `chars` characters."""
    piece = PIECES[shape]
    return (piece * (chars // _WIDTHS.get(shape, len(piece)))).strip() + " a"

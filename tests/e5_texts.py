"""Texts that embedders must take: of all lengths, scripts and habits of typing."""

from __future__ import annotations

import unicodedata

ARTICLE = (
    "Điều 9. Đăng ký khai sinh\n\n1. Ủy ban nhân dân cấp xã nơi cư trú của người cha hoặc người mẹ "
    "thực hiện đăng ký khai sinh.\n2. Trong thời hạn 60 ngày kể từ ngày sinh con, cha hoặc mẹ có "
    "trách nhiệm đăng ký khai sinh cho con; a) nộp tờ khai theo mẫu; b) xuất trình căn cước.\n"
)
TEXTS = (
    "",
    " ",
    "a",
    "đất",
    "Thủ tục đăng ký tạm trú cần giấy tờ gì?",
    "thu tuc dang ky tam tru can giay to gi",
    "Thủ tục đăng ký tạm trú".upper(),
    unicodedata.normalize("NFD", "Thủ tục đăng ký tạm trú cần giấy tờ gì?"),
    "xã Tân Lập giờ thuộc xã nào sau sáp nhập",
    "sdt ubnd p. ben nghe, q1 cu :)))",
    "How do I register a marriage with a foreigner in Vietnam?",
    "Kết luận số 177-KL/TW ngày 11/7/2025",
    "01/2025/NĐ-CP, khoản 2 Điều 15, 1.234.567,89 đồng, 50%, 2025-07-01T00:00:00+07:00",
    "0 1 2 3 4 5 6 7 8 9 1000000000000",
    "😀👍🏽👨‍👩‍👧 🇻🇳",
    "東京都庁 Привет мир مرحبا ขอบคุณ",
    "\u200b\ufeff\u00ad\u2581\t\r\n x",
    "<s> thử </s> <unk> <pad> <mask>",
    "query: passage: query: ",
    "SELECT * FROM van_ban WHERE id = 1; -- '\"",
    "https://dichvucong.gov.vn/p/home/dvc-tthc.html?ma_thu_tuc=1.001193",
    "\ufdfa\ufdfa\ufdfa",
    "ﬁ ﬃ ① ½ Ⅳ ㎏ ｆｕｌｌ",
    ARTICLE,
    ARTICLE.lower(),
    "\n".join(f"- khoản {n}" for n in range(60)),
    ARTICLE * 6,  # 2 windows
)

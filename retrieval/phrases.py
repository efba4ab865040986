"""How people ask, set apart from what they ask about; and everyday words in the law's own.

Left in, "cho em hỏi", "được quy định như thế nào" and "đúng hay sai" pull both legs towards texts
that ask and answer; "sổ đỏ" stands in no law. Figures of both: docs/retrieval.md.
"""

from __future__ import annotations

import re
from typing import Final

from knowledge.text import fold

_LEAST_WORDS: Final = 3  # what is left must still say something
_SELF = r"(?:em|toi|minh|chau|tui|con)"
_ADDRESSED = r"(?:luat su|anh chi|ban tu van|moi nguoi|quy co quan|ban|anh|chi|ad|admin)"
# On folded text. Said around any question, whatever it is about.
_AROUND: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"^\s*\d{1,2}[.)]\s+(?=\S+ \S+ \S+)",  # a number in somebody's list of questions
        rf"^(?:(?:em|toi|xin|a|da|vang) )*chao {_ADDRESSED}\b[,.!]*",
        rf"(?:^|(?<=[.,!?] ))(?:(?:vui long|lam on|nho|mong)[ ,]+)?(?:{_ADDRESSED} )?"
        rf"(?:xin (?:phep )?|cho (?:phep )?|lam on )(?:{_SELF} )?(?:(?:xin|duoc) )*"
        r"hoi(?: la| rang| ve viec| ve)?[:, ]+",
        r"(?:(?:thi|co|da) )?(?:duoc |do )?(?:phap luat |luat )?quy dinh (?:cu the |chi tiet )?"
        r"(?:la )?(?:nhu the nao|nhu nao|ra sao|the nao|lam sao)",
        r",? ?(?:(?:phat bieu|nhan dinh|khang dinh|dieu) (?:nay|tren|do) )?(?:la )?"
        r"dung hay (?:la )?sai",
        r"theo (?:quy dinh )?(?:cua )?(?:phap luat|luat)(?= hien| viet|,|\?|$)"
        r"(?: hien hanh| hien nay| viet nam)*",
        rf"(?:(?:xin|{_SELF}) )*(?:chan thanh )?cam on(?: (?:nhieu|a|{_ADDRESSED}))*[.!]*",
    )
)
# The end that makes a sentence a question; words of it stand in texts by chance alone.
_ENDS: Final = tuple(
    re.compile(rf"(?:{pattern})(?=\s*[?.]*\s*$)")
    for pattern in (
        r"(?:co )?(?:dung|phai) (?:vay )?(?:hay )?khong",
        r"(?:hay )?khong(?: a| nhi)?",
        r"(?:nhu the nao|nhu nao|ra sao)",
        r"(?:bao gom |gom )?(?:nhung )?(?:noi dung )?(?:gi|nao)",
    )
)
# Whether an act is a crime: procedure speaks of "truy cứu trách nhiệm hình sự", while the article
# on the act itself says "thì bị phạt tù". 27 such questions of ours: nDCG@10 .32 to .65.
_ASKS_PUNISHMENT: Final = re.compile(
    r"(?:(?:co|se|phai|thi) )*(?:bi (?:truy cuu|xu ly|xu li|xu)|truy cuu|chiu) "
    r"(?:trach nhiem )?hinh su"
    r"(?=(?: (?:gi|hay|khong|chua|nhu the nao|the nao|nhu nao|ra sao|vay|a|nhi))*\s*[?.!]*\s*$)"
)
_PUNISHED: Final = "thì bị phạt tù"
# Of responsibility itself, and not of an act.
_OF_RESPONSIBILITY: Final = re.compile(r"\b(?:tuoi|thoi hieu|mien|loai tru|phap nhan|the nao la)\b")
# folded everyday words -> the words of laws and procedures
_EVERYDAY: Final = {
    "so do": "giấy chứng nhận quyền sử dụng đất",
    "so hong": "giấy chứng nhận quyền sử dụng đất, quyền sở hữu nhà ở",
    "giay to dat": "giấy chứng nhận quyền sử dụng đất",
    "tach so": "tách thửa đất",
    "tach thua": "tách thửa đất",
    "tho cu": "đất ở",
    "ban dat": "chuyển nhượng quyền sử dụng đất",
    "mua dat": "chuyển nhượng quyền sử dụng đất",
    "chuyen nhuong dat": "chuyển nhượng quyền sử dụng đất",
    "cho dat": "tặng cho quyền sử dụng đất",
    "xay nha": "xây dựng nhà ở",
    "thue nha": "thuê nhà ở",
    "tien coc": "đặt cọc",
    "vay tien": "vay tài sản",
    "muon tien": "vay tài sản",
    "den bu": "bồi thường",
    "bo me": "cha mẹ",
    "ba me": "cha mẹ",
    "ba ma": "cha mẹ",
    "ly di": "ly hôn",
    "bo nhau": "ly hôn",
    "dam cuoi": "kết hôn",
    "cuoi vo": "kết hôn",
    "cuoi chong": "kết hôn",
    "lay vo": "kết hôn",
    "lay chong": "kết hôn",
    "qua doi": "chết",
    "nguoi gia": "người cao tuổi",
    "tre con": "trẻ em",
    "con nit": "trẻ em",
    "di tu": "phạt tù",
    "o tu": "phạt tù",
    "ra tu": "chấp hành xong hình phạt tù",
    "tien an": "án tích",
    "an trom": "trộm cắp tài sản",
    "an cap": "trộm cắp tài sản",
    "lua tien": "lừa đảo chiếm đoạt tài sản",
    "danh nhau": "cố ý gây thương tích",
    "danh nguoi": "cố ý gây thương tích",
    "mao danh": "giả danh",
    "duoi viec": "sa thải, đơn phương chấm dứt hợp đồng lao động",
    "nghi viec": "chấm dứt hợp đồng lao động",
    "cham luong": "trả lương chậm",
    "bang lai": "giấy phép lái xe",
    "ho khau": "đăng ký thường trú",
    "chung minh thu": "căn cước công dân",
    "chung minh nhan dan": "căn cước công dân",
}
_EVERYDAY_WORDS: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(_EVERYDAY, key=len, reverse=True))})\b"
)


def subject(text: str) -> str:
    """`text` without what is said around any question, everyday words in the law's words beside.

    Text that would lose all but two words comes back as it was.
    """
    return _formal(_as_articles_say(_cut(text, _AROUND)))


def key_words(text: str) -> str:
    """`subject` without the words that end a question either."""
    return _formal(_cut(_as_articles_say(_cut(text, _AROUND)), _ENDS))


def _cut(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    folded = fold(text)
    spans = [m.span() for pattern in patterns for m in pattern.finditer(folded)]
    if not spans or len(folded) != len(text):  # a letter that folds to two: no offset is sure
        return text
    kept = list(text)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    left = re.sub(r"\s+([?.,])", r"\1", " ".join("".join(kept).split())).strip(" ,.:")
    return left if len(left.split()) >= _LEAST_WORDS else text


def _as_articles_say(text: str) -> str:
    """`text`, when it asks whether an act is punished, with the words of the articles on acts."""
    folded = fold(text)
    asked = _ASKS_PUNISHMENT.search(folded)
    if not asked or len(folded) != len(text) or _OF_RESPONSIBILITY.search(folded):
        return text
    act = text[: asked.start()].rstrip(" ,")
    if len(act.split()) < _LEAST_WORDS - 1:
        return text
    return f"{act} {_PUNISHED}{text[asked.end() :]}"


def _formal(text: str) -> str:
    folded = fold(text)
    found = dict.fromkeys(_EVERYDAY[m.group()] for m in _EVERYDAY_WORDS.finditer(folded))
    added = [words for words in found if fold(words) not in folded]
    return f"{text} ({'; '.join(added)})" if added else text

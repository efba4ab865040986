"""What people type instead of full Vietnamese: abbreviations and left-over telex keys."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from knowledge.text import fold

# folded token -> full words. Of the field (Decree 30/2020 writing, Party offices) and of chat.
FIELD_ABBREVIATIONS = {
    "ubnd": "uỷ ban nhân dân",
    "hdnd": "hội đồng nhân dân",
    "btv": "ban thường vụ",
    "btctw": "Ban Tổ chức Trung ương",
    "bct": "Bộ Chính trị",
    "bbt": "Ban Bí thư",
    "bcd": "Ban Chỉ đạo",
    "ubkt": "Uỷ ban Kiểm tra",
    "ubkttw": "Uỷ ban Kiểm tra Trung ương",
    "mttq": "Mặt trận Tổ quốc",
    "tw": "Trung ương",
    "cbcc": "cán bộ, công chức",
    "cbccvc": "cán bộ, công chức, viên chức",
    "cntt": "công nghệ thông tin",
    "cds": "chuyển đổi số",
    "tthc": "thủ tục hành chính",
    "dvc": "dịch vụ công",
    "dvctt": "dịch vụ công trực tuyến",
    "ttpvhcc": "Trung tâm Phục vụ hành chính công",
    "pvhcc": "phục vụ hành chính công",
    "cqdp": "chính quyền địa phương",
    "cqdp2c": "chính quyền địa phương 2 cấp",
    "dvhc": "đơn vị hành chính",
    "tnxp": "thanh niên xung phong",
    "tntn": "thanh niên tình nguyện",
    "tnxk": "thanh niên xung kích",
    "svtn": "sinh viên tình nguyện",
    "dtn": "Đoàn Thanh niên",
    "tncs": "Thanh niên Cộng sản",
    "hcm": "Hồ Chí Minh",
    "gpmb": "giải phóng mặt bằng",
    "csdl": "cơ sở dữ liệu",
    "ctmtqg": "chương trình mục tiêu quốc gia",
    "bchtw": "Ban Chấp hành Trung ương",
    "htx": "hợp tác xã",
    "vcci": "Liên đoàn Thương mại và Công nghiệp Việt Nam",
    "tbt": "Tổng Bí thư",
    "gcn": "giấy chứng nhận",
    "gcnqsdd": "giấy chứng nhận quyền sử dụng đất",
    "qsdd": "quyền sử dụng đất",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "cccd": "căn cước công dân",
    "vpct": "văn phòng",
    "gks": "giấy khai sinh",
    "gxn": "giấy xác nhận",
    "ttnh": "tình trạng hôn nhân",
    "gplx": "giấy phép lái xe",
    "hkd": "hộ kinh doanh",
    "dkkd": "đăng ký kinh doanh",
    "dkkh": "đăng ký kết hôn",
    "attp": "an toàn thực phẩm",
    "nvqs": "nghĩa vụ quân sự",
    "kcct": "không chuyên trách",
}
CHAT_ABBREVIATIONS = {
    "ko": "không",
    "k": "không",
    "kg": "không",
    "hok": "không",
    "dc": "được",
    "đc": "được",
    "dk": "đăng ký",
    "vs": "với",
    "bn": "bao nhiêu",
    "bnh": "bao nhiêu",
    "bnhiu": "bao nhiêu",
    "nhiu": "nhiêu",
    "ng": "người",
    "ngta": "người ta",
    "nd": "nội dung",
    "vb": "văn bản",
    "qd": "quy định",
    "hd": "hướng dẫn",
    "cv": "công việc",
    "cb": "cán bộ",
    "cc": "công chức",
    "cq": "cơ quan",
    "tg": "thời gian",
    "ctr": "chương trình",
    "tc": "tổ chức",
    "tp": "thành phố",
    "tx": "thị xã",
    "dp": "địa phương",
    "nv": "nhiệm vụ",
    "bc": "báo cáo",
    "kq": "kết quả",
    "gq": "giải quyết",
    "hs": "hồ sơ",
    "sv": "sinh viên",
    "tn": "thanh niên",
    "đv": "đơn vị",
    "trc": "trước",
    "nhg": "những",
    "mk": "mình",
    "lm": "làm",
    "cx": "cũng",
    "bik": "biết",
    "bh": "bây giờ",
    "bjo": "bây giờ",
    "ntn": "như thế nào",
    "thg": "tháng",
    "ls": "làm sao",
    "j": "gì",
    "r": "rồi",
    "mn": "mọi người",
    "vc": "viên chức",
    "kl": "kết luận",
    "kh": "kế hoạch",
    "nq": "nghị quyết",
    "pn": "phải không",
    "dn": "doanh nghiệp",
}
_LONGEST = max(map(len, (*FIELD_ABBREVIATIONS, *CHAT_ABBREVIATIONS)))
# Of chat, and nothing else whoever types them.
_ALWAYS_CHAT = ("ko", "hok", "đc", "dc", "ntn", "trc")
_TOKEN = re.compile(r"[^\W_]+")
_KEPT_TOKENS = 8_192  # more than the short syllables of Vietnamese, capitals and marks told apart
_VOWELS = "aăâeêioôơuưy"
_TONE_KEYS = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_INNER_TONE = re.compile(rf"(\w*[{_VOWELS}])([fj])(w?[^\W\d]{{1,2}})")
_DOUBLES = (
    ("dd", "đ"),
    ("aa", "â"),
    ("aw", "ă"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("ow", "ơ"),
    ("uw", "ư"),
)


def expand_abbreviations(text: str, *, chat: bool = False) -> str:
    """Abbreviations of the field written out; with `chat`, all those of chat too.

    A token next to a dash, slash or digit belongs to a document number and stays.
    """

    def expand(match: re.Match[str]) -> str:
        typed = match.group()
        if len(typed) > _LONGEST:
            return typed
        full = _full_words(typed, chat)
        if full is None:
            return typed
        around = (
            text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        )
        if any(c in "-/" for c in around) or re.match(r"\s*\d", text[match.end() :]):
            return typed
        return full

    return _TOKEN.sub(expand, text)


@lru_cache(_KEPT_TOKENS)
def _full_words(typed: str, chat: bool) -> str | None:
    """What a token is short for."""
    token = typed.lower()
    if token in CHAT_ABBREVIATIONS and (chat or typed in _ALWAYS_CHAT):
        return CHAT_ABBREVIATIONS[token]
    return FIELD_ABBREVIATIONS.get(fold(token))


@lru_cache(_KEPT_TOKENS)
def telex(syllable: str) -> str | None:
    """What a telex user meant by a syllable whose keys stayed: "nguoiwf" -> "người".

    None when no telex key could have stayed.
    """
    text = unicodedata.normalize("NFC", syllable.lower())
    tone = ""
    if len(text) > 2 and text[-1] in _TONE_KEYS and re.search(f"[{_VOWELS}]", text[:-1]):
        text, tone = text[:-1], _TONE_KEYS[text[-1]]
    elif inner := _INNER_TONE.fullmatch(text):  # "hojc"; s, r and x there would be foreign words
        text, tone = inner[1] + inner[3], _TONE_KEYS[inner[2]]
    for keys, letter in _DOUBLES:
        text = text.replace(keys, letter)
    if text.endswith("w") or "w" in text:
        text = _apply_w(text)
    text = re.sub(r"uơ(?=\w)", "ươ", text)  # "thuowngf"
    if "d" in text[1:] and text.startswith("d") and text.endswith("d"):
        text = "đ" + text[1:-1]
    if not tone and text == unicodedata.normalize("NFC", syllable.lower()):
        return None
    return put_tone(text, tone)


# What each key of VNI puts on which letters.
_VNI_TONES = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_VNI_LETTERS = {
    "6": (("a", "â"), ("e", "ê"), ("o", "ô")),
    "7": (("uo", "ươ"), ("ưo", "ươ"), ("u", "ư"), ("o", "ơ")),
    "8": (("a", "ă"),),
    "9": (("d", "đ"),),
}
_VNI = re.compile(r"(?:[^\W\d_]{2,}|d(?=9))(?:[1-9][^\W\d_]*){1,3}")
# "dieu5" is Điều 5 typed without the blank, not "điệu".
_NUMBERED_PARTS = frozenset(
    [
        "ap",
        "bai",
        "buoc",
        "cap",
        "chuong",
        "diem",
        "dieu",
        "hang",
        "khoan",
        "khu",
        "loai",
        "lop",
        "mau",
        "muc",
        "nam",
        "ngay",
        "nhom",
        "phan",
        "phuong",
        "quan",
        "quy",
        "so",
        "tang",
        "thang",
        "thon",
        "to",
        "xa",
    ]
)


@lru_cache(_KEPT_TOKENS)
def vni(syllable: str) -> str | None:
    """What a VNI user meant by a syllable whose keys stayed: "nguoi72" -> "người"; else None."""
    text = syllable.lower()
    letters = re.sub(r"\d", "", text)
    if not _VNI.fullmatch(text) or letters in _NUMBERED_PARTS:
        return None
    tone = ""
    for key in re.findall(r"\d", text):
        if key in _VNI_TONES:
            if tone:
                return None
            tone = _VNI_TONES[key]
            continue
        found = next(((a, b) for a, b in _VNI_LETTERS[key] if a in letters), None)
        if not found:
            return None
        letters = letters.replace(*found, 1)
    return put_tone(letters, tone) if re.search(f"[{_VOWELS}]", letters) else None


@lru_cache(_KEPT_TOKENS)
def once(syllable: str) -> str | None:
    """A syllable without what a key held too long, or a habit of chat, put into it, else None.

    "theoo" is "theo", "sởở" is "sở", "fải" is "phải".
    """
    text = re.sub(r"([^\W\d_])\1", r"\1", syllable)
    text = re.sub(r"^f(?=[^\W\d_])", "ph", text)
    return text if text != syllable else None


def _apply_w(text: str) -> str:
    """A "w" typed after the vowels marks the last of uo, u, o, a."""
    stem = text.replace("w", "", 1)
    for plain, marked in (("uo", "ươ"), ("ưo", "ươ"), ("u", "ư"), ("o", "ơ"), ("a", "ă")):
        if plain in stem:
            return stem.replace(plain, marked, 1)
    return stem


def put_tone(text: str, tone: str) -> str:
    """Place a combining tone on the vowel that carries it (new placement)."""
    if not tone:
        return text
    groups = re.search(rf"(?:(?<=q)u|(?<=g)i(?=[{_VOWELS}]))?([{_VOWELS}]+)", text)
    if not groups:
        return text
    start, vowels = groups.start(1), groups.group(1)
    marked = [i for i, v in enumerate(vowels) if v in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) == 1:
        at = 0
    else:
        closed = len(text) > start + len(vowels)
        at = 1 if closed or len(vowels) == 3 else 0
    at += start
    return unicodedata.normalize("NFC", text[: at + 1] + tone + text[at + 1 :])

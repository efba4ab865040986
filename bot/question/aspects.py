"""Which aspects of a procedure a question asks."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.text import fold
from retrieval.query import SearchQuery

Aspect = Literal[
    "fee",
    "time",
    "papers",
    "where",
    "boundary",
    "online",
    "before",
    "decides",
    "basis",
    "notes",
    "validity",
]

# Folded patterns: every typing style reaches them in one form. What is asked first comes first.
_ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = (
    (
        "fee",
        re.compile(
            r"le phi|\bphi\b(?! dia gioi)|bao nhieu tien|may tien|het bao nhieu|ton bao nhieu|mat tien|ton tien|dong tien|bao nhieu mot ban|gia bao nhieu|mien phi|tien (?:khong|ko)\b"
            r"|\bcosts?\b|\bfees?\b|how much|\bprice\b|\bpay\b"
        ),
    ),
    (
        "time",
        re.compile(
            r"bao lau|may ngay|bao nhieu ngay|may hom|may tuan|may thang|thoi han|thoi gian|khi nao (?:co|xong|nhan|lay|duoc)|bao gio (?:co|xong|nhan|lay|duoc)|ngay nao (?:co|xong|lay)|lay (?:lien|ngay)|trong ngay"
            r"|how long|how many days"
        ),
    ),
    (
        "papers",
        re.compile(
            r"giay to|giay gi|mang (?:theo )?(?:nhung )?gi|can (?:nhung )?gi\b|chuan bi|ho so (?:gom|can|gi|nhu the nao|co nhung)|thanh phan ho so|nhung gi\b|to khai|mau don|kem theo|mang theo"
            r"|what (?:papers|documents)|which (?:papers|documents)|bring|required documents"
        ),
    ),
    (
        "boundary",
        re.compile(
            r"(?:xa|phuong|noi|tinh|cho) khac|bat ky|bat cu|cho nao cung|o dau cung|khong phu thuoc|phi dia gioi|trai tuyen|dung (?:xa|phuong|noi|tuyen)|ve (?:dung |tan )?(?:que|noi)|(?:xa|phuong|noi|tinh) nao cung|tam tru (?:co|thi)|dang o tro|o tro"
            r"|any commune|different commune|another commune"
        ),
    ),
    ("online", re.compile(r"online|truc tuyen|qua mang|tren mang|\bmang duoc|vneid duoc|dich vu cong")),
    (
        "before",
        re.compile(
            r"truoc (?:day|kia|1 7|ngay 1|thang 7)|hoi truoc|ngay truoc|con (?:o )?huyen|o huyen (?:nua|khong)|(?:khong|het) con (?:cap )?(?:huyen|quan)|bo (?:cap )?(?:huyen|quan)|huyen (?:giai the|cu|khong con)|(?:ubnd|uy ban|uy ban nhan dan|chu tich)(?: cap)? (?:huyen|quan)\b|\b(?:len|ra|toi|o|tai|ve) (?:huyen|quan)\b|\bhuyen (?:cap|ky|lam|giai quyet|tra|nhan)\b|district"
        ),
    ),
    (
        "decides",
        re.compile(
            r"\bai (?:ky|cap|quyet|giai quyet|duyet|lam|co quyen)|co quan nao|cap nao|tham quyen|phong nao|ben nao|chu tich|(?:xa|tinh|so|huyen|cong an) (?:hay|co quyen|cap duoc|lam duoc)|(?:o|tai|ra|cho) (?:uy ban |cong an )?(?:xa|phuong)[^?]{0,25}(?:duoc|co) (?:khong|ko|ha|a)\b|who (?:issues|decides)"
        ),
    ),
    (
        "where",
        re.compile(
            r"o dau|di dau|ra dau|cho nao|noi nao|den dau|toi dau|nop (?:o|cho|tai|len|dau|ho so o)|dia diem|(?:ra|len|den|toi|ve|o|tai) (?:uy ban|xa|phuong|cong an|trung tam)|xa nao|gui (?:dau|cho|len|don)|tai dau|\bwhere\b"
        ),
    ),
    ("basis", re.compile(r"\bcan cu\b|theo (?:luat|nghi dinh|thong tu|van ban|quy dinh) nao|luat nao|nghi dinh nao|co so phap ly|quy dinh o dau|legal basis|which law")),
    (
        "notes",
        re.compile(
            r"bao nhieu tuoi|may tuoi|du tuoi|\bai (?:thi )?duoc|muc (?:tro cap|huong|ho tro|bao nhieu|chiu)|nguong|doanh thu|(?:mot|moi|hang) thang (?:duoc )?bao nhieu|bao nhieu (?:tien )?(?:mot|moi|1|/) ?thang|phai xin (?:phep|giay)|mien (?:giay )?phep|duoc mien|bao nhieu (?:m2|met|tang)|(?:may|\d+) tang|dien tich toi thieu"
            r"|co phai doi|bat buoc|luu y|chu y|tre han|qua han|muon (?:co|bi|thi)|bi phat|gia tri (?:may|bao|den)|dieu kien|do i need|must i"),
    ),
)  # fmt: skip
_VALIDITY = re.compile(
    r"(?:co )?(?:gia tri|hieu luc|thoi han)(?: su dung)? (?:trong |la )?(?:bao lau|may (?:nam|thang)|bao nhieu (?:nam|thang))|(?:dung|xai|di) duoc (?:trong )?(?:bao lau|may (?:nam|thang)|bao nhieu (?:nam|thang))|het han (?:khi nao|sau)|bao lau thi het (?:han|gia tri|hieu luc)|may (?:nam|thang) (?:thi )?(?:het han|phai (?:doi|khoi cong))|(?:so|giay|the) [^?]{0,25}(?:co )?thoi han bao (?:lau|nhieu)"
    r"|how long [^?]{0,30}\b(?:valid|last)|\bexpire"
)
_OF_WORK = re.compile(r"thi (?:xong|co (?!gia)|lay|tra)|giai quyet|xu ly|mat bao lau")
# What is paid to people is no fee, unless a fee is named.
_GRANTED = re.compile(r"tro cap|ho tro|duoc (?:nhan|huong|linh)|che do|mai tang|bao tro")
_CHARGED = re.compile(r"le phi|\bphi\b|dong tien|nop tien|mat tien|ton tien|mien phi|thu tien")


def aspects(query: SearchQuery, place: str = "") -> tuple[Aspect, ...]:
    """The aspects asked, the first asked first; none when the whole procedure is meant.

    `place` is a place that the question names: the words of its name ask nothing, and who lives in
    "quận 7" or "huyện Củ Chi" does not ask who decided before.
    """
    folded = query.folded.replace(fold(place), " ") if place else query.folded
    found = [(m.start(), aspect) for aspect, pattern in _ASPECTS if (m := pattern.search(folded))]
    valid = _VALIDITY.search(folded)
    if valid and not _OF_WORK.search(folded):  # how long a paper is good is no time to wait
        found = [(valid.start(), "validity"), *((at, a) for at, a in found if a != "time")]
    if _GRANTED.search(folded) and not _CHARGED.search(folded):
        found = [(at, "notes" if aspect == "fee" else aspect) for at, aspect in found]
    return tuple(dict.fromkeys(aspect for _, aspect in sorted(found)))

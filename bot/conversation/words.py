"""What the words of a follow-up stand for: plain syllables, levels, follow-ups in English."""

from __future__ import annotations

import re

from bot.question import rules

# A part of a text by its number, folded.
PARTS = re.compile(r"\b(?:phan|chuong|muc|dieu|khoan|diem|doan) (?:so |thu )?\(?[\divx]+\)?")

# Levels as an English question says them.
IN_ENGLISH = {
    "cap xa": "the commune level",
    "cap tinh": "the provincial level",
    "cap huyen": "the district level",
    "cap trung uong": "the central level",
}

# What a question may be made of without saying what it is about.
PLAIN = frozenset(
    """
    a ai anh ay ban bang bao bat biet bn bo boi buoc cac cach cai can cap cham chap chat chi
    chiu cho chu chuan co con cong cu cua cung da dan dau day de den di dieu dinh do don duoc
    duyet em gay gi gia giai gian giao giay gio giup gom ha han het hieu ho hoi hom hop huyen
    ket khac khi khong kia ko ky la lai lam lan lau lay lien loai luat luc luu mang mat may
    mau mien minh mot moi muon nam nao nay ngay nghi nguoi nguon nha nhan nhat nhe nhi nhieu
    nhu nhung noi nop nua o oi ok online ong phap phai phi phuong pham qua quan quyen quyet
    que ra rieng roi sao sau si so ta tai tat te thang thanh the them theo thi thoi thu thuc
    tien tiep tim tin tinh to toi tom ton tot trach tri trong tren truc truoc tu tuan tuc
    tuyen uy va van vay ve vi viec voi vu xa xem xin xong y yeu bi dung kem luon nhiem tham
    rang hay chac that vao nghia
    """.split()  # noqa: SIM905 (a table of words)
)


def in_clauses(named: str) -> str:
    """How clauses name a level or a deed, as a pattern on lower case with marks; empty for others.

    Args:
        named: folded, such as "cap xa" or "bao cao".
    """
    name = named.replace(" ", "_")
    return rules.expression(f"clauses.{name}") if name in rules.names("clauses") else ""


def from_english(text: str) -> str | None:
    """A short English follow-up in Vietnamese; None for anything else."""
    words = " ".join(text.lower().split())
    for end in ("usual.english_opening", "usual.english_closing"):
        words = rules.sub(end, "", words).strip(" ,")
    said = rules.first("english", [words])
    return next((rules.means(f"english.{name}") for name in said), None)

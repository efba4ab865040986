"""The words by which a question leans on earlier ones: patterns on folded words."""

# ruff: noqa: E501  (tables of patterns: one entry a line, however long)
from __future__ import annotations

import re

# Folded patterns: every typing style reaches them in one form.
OPENER = re.compile(
    r"^\W*(?:(?:the|vay|va|a|a the|o|u|uh|roi|da|ok|ua|con|nhung)(?:\s+(?:thi|la|con|ma))*[\s,]+)+(?=\w)"
)
CONTINUES = re.compile(r"^\W*(?:the|vay|va|nhung|a)?\s*(?:thi\s+|la\s+)?(?:con|the|vay)\b")
TAIL = re.compile(
    r"[\s,]*\b(?:thi sao|thi the nao|thi nhu the nao|the nao|nhu the nao|ra sao|sao|thi)?(?:\s+(?:vay|the|a|nhi|ha|nhe|ban|nha|ad|oi|roi))*\W*$"
)
WHAT_ABOUT = re.compile(
    r"\b(?:thi sao|thi the nao|thi nhu the nao)(?:\s+(?:vay|a|nhi|ha|ban))*\W*$"
)
# Words that point back. Folded, "đó" is the "do" of "do ai", and "này" the "nay" of "nay thuộc".
THAT = (
    r"(?:do(?! (?:ai|co quan|cap|don vi|ben|bo|ban(?! hanh)|to chuc|noi|dau|chinh phu|cac|mot)\b)"
    r"|nay(?! (?:thuoc|la|duoc|nhap|doi|ten|thanh|o)\b)|kia|ay)\b"
)
THERE = re.compile(rf"\b(?:o|tai|ra|den|ve) (?:day\b|(?:noi |cho |xa |phuong |tinh )?{THAT})")
THIS_DOCUMENT = re.compile(
    rf"\b(?:(?:trong|theo|cua)\s+)?(?:van ban|ket luan|ke hoach|tai lieu|nguon|tin|ban tin) (?:{THAT}|tren\b)"
)
THIS_PROCEDURE = re.compile(rf"\b(?:thu tuc|giay to|giay|ho so|the|don|viec|cai) {THAT}")
THIS_PLACE = re.compile(rf"\b(?:xa|phuong|tinh|thanh pho|noi|cho) {THAT}")
THIS_MATTER = re.compile(
    rf"\b(?:(?:dieu|chuyen|muc|noi dung|quy dinh|nhiem vu|cuoc hop|co quan|don vi) {THAT}"
    r"|no(?= (?:duoc|co|la|con|gom|ra|het|ban|noi|quy|ap|gui|thi)\b|\W*$)|nhu vay|nhu the|noi vay|noi the)"
)
BACK = re.compile(
    "|".join(p.pattern for p in (THIS_DOCUMENT, THIS_PROCEDURE, THIS_PLACE, THIS_MATTER))
)
PARTS = re.compile(r"\b(?:phan|chuong|muc|dieu|khoan|diem|doan) (?:so |thu )?\(?[\divx]+\)?")
# Parties and levels that stand in for each other: "còn Đảng uỷ Chính phủ?".
PARTY = re.compile(
    r"\b(?:(?:cac )?ban thuong vu(?: cac)?(?: tinh uy)?(?:,? thanh uy)?|(?:cac )?tinh uy(?:,? thanh uy)?"
    r"|dang uy (?:chinh phu|quoc hoi|mat tran to quoc(?:,? cac doan the(?: trung uong)?)?|cac co quan dang(?: o)? trung uong)"
    r"|ban (?:to chuc|tuyen giao|noi chinh) trung uong|uy ban kiem tra trung uong|van phong trung uong(?: dang)?|mat tran to quoc(?: viet nam)?|trung uong doan"
    r"|(?:cac )?bo,? nganh(?:,? dia phuong)?|bo (?:noi vu|tu phap|cong an|y te|tai chinh)|chinh phu|quoc hoi|thuong truc ban chi dao nghi quyet \d+|ban chi dao|cac dia phuong)\b"
)
LEVEL = re.compile(r"\bcap (?:xa|tinh|huyen|so|phong|vu|trung uong|co so)\b")
ASKING = re.compile(
    r"\b(?:(?:truoc|vao|tu|den|han|han chot)? ?(?:ngay|thang|nam|hom|luc) (?:nao|may|bao nhieu)|khi nao|bao gio|bao lau|bao nhieu|o dau|tai dau|ai|(?:nhung |cac )?(?:viec|dieu|noi dung|nhiem vu|linh vuc|co quan|don vi|noi|cho|cap|ben|to chuc|van ban) (?:gi|nao)"
    r"|nhung gi|la gi|de lam gi|lam gi|the nao|ra sao|thi sao|vi sao|tai sao|(?:phai|co|duoc|dung) khong|hay khong|khong|gi|thi co quan nao|thi ai)\b"
)
DIRECTIVE_WORDS = re.compile(
    r"ket luan|ke hoach|bo chinh tri|trung uong|nghi quyet|ton dong|qua han|can bo|bien che|dai hoi|\bdang\b"
)

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
# What such syllables may be together: a matter of its own.
MATTERS = re.compile(
    r"\b(?:can bo|cong vu|bien che|nhiem vu|chuc nang|tru so|quy hoach|to chuc|dang bo|dang vien|dai hoi|chi bo|dia phuong|tinh nguyen|sinh vien|ton dong|qua han)\b"
)
# Phrases of several such words whose syllables alone may mean more.
PLAIN_PHRASES = re.compile(
    r"\b(?:ban hanh|chinh thuc|chu tri|cuoc hop|dong tien|dong phi|phap ly|chuan bi|qua mang|lien he|thoi han)\b"
)

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
    rf"\b(?:(?:trong|theo|cua)\s+)?(?:van ban|ket luan|ke hoach|kl|kh|tai lieu|nguon|tin|ban tin) (?:{THAT}|tren\b)"
    r"|^\W*no(?= (?:duoc |do )?(?:gui|ban hanh|ra doi|ai ky|ai ban hanh|con hieu luc|co hieu luc|het hieu luc)\b)"
)
THIS_PROCEDURE = re.compile(rf"\b(?:thu tuc|giay to|giay|ho so|the|don|viec|cai) {THAT}")
THIS_PLACE = re.compile(rf"\b(?:xa|phuong|tinh|thanh pho|noi|cho) {THAT}")
THIS_MATTER = re.compile(
    rf"\b(?:(?:dieu|chuyen|van de|muc|noi dung|quy dinh|nhiem vu|cuoc hop|co quan|don vi) {THAT}"
    r"|no(?= (?:duoc|co|la|con|gom|ra|het|ban|noi|quy|ap|gui|thi)\b|\W*$)|nhu vay|nhu the|noi vay|noi the)"
)
BACK = re.compile(
    "|".join(p.pattern for p in (THIS_DOCUMENT, THIS_PROCEDURE, THIS_PLACE, THIS_MATTER))
)
ANY_MATTER = re.compile(rf"{THIS_MATTER.pattern}|\b(?:viec|cai|thu) {THAT}")
PARTS = re.compile(r"\b(?:phan|chuong|muc|dieu|khoan|diem|doan) (?:so |thu )?\(?[\divx]+\)?")
# Parties and levels that stand in for each other: "còn Đảng uỷ Chính phủ?".
PARTY = re.compile(
    r"\b(?:(?:cac )?ban thuong vu(?: cac)?(?: tinh uy)?(?:,? thanh uy)?|(?:cac )?tinh uy(?:,? thanh uy)?"
    r"|dang uy (?:chinh phu|quoc hoi|mat tran to quoc(?:,? cac doan the(?: trung uong)?)?|cac co quan dang(?: o)? trung uong)"
    r"|ban (?:to chuc|tuyen giao|noi chinh) trung uong|uy ban kiem tra trung uong|van phong trung uong(?: dang)?|mat tran to quoc(?: viet nam)?|trung uong doan"
    r"|(?:cac )?bo,? nganh(?:,? dia phuong)?|bo (?:noi vu|tu phap|cong an|y te|tai chinh)|chinh phu|quoc hoi|thuong truc ban chi dao nghi quyet \d+|ban chi dao|cac dia phuong)\b"
)
LEVEL = re.compile(r"\bcap (?:xa|tinh|huyen|so|phong|vu|trung uong|co so)\b")
ENGLISH_LEVEL = re.compile(
    r"\b(?:the )?(?:communes?|wards?|provinces?|provincial|districts?|central|grassroots)(?: levels?| governments?| authorit(?:y|ies))?\b"
)
IN_ENGLISH = {
    "cap xa": "the commune level",
    "cap tinh": "the provincial level",
    "cap huyen": "the district level",
    "cap trung uong": "the central level",
}
DUE = re.compile(r"\b(?:han|thoi han|han chot|xong|hoan thanh|hoan tat)\b")
ENGLISH_PLAIN = re.compile(
    r"\b(?:what|which|who|how|when|where|does|do|did|is|are|was|were|it|they|there|say|says|said|tell|me|about|the|an?|of|on|for|to|in|at|and|conclusion|plan|directive|document)\b"
)
# In front of what was asked about, where its date was asked: "hạn giải quyết hồ sơ tồn đọng".
ITS_DATE = re.compile(r"^\W*(?:thoi han|thoi diem|han chot|han cuoi|han|moc)\b(?: cua| de)?\s+")
ONLY_A_LEVEL = re.compile(
    rf"\W*(?:the|vay|va|con|thi|a|o)(?: (?:thi|con|la|o))*\s+(?:{LEVEL.pattern}|{PARTY.pattern})(?: thi)?(?: (?:sao|the nao|ra sao))?(?: (?:vay|a|nhi|ha))*\W*"
)
# How clauses name a level, in lower case with marks.
SHORT_LEVEL = re.compile(r"(?<=\bcap )x\b")  # "cấp x"
NAMES_OF_LEVELS = {
    "cap xa": r"xã(?! hội)|phường|đặc khu|cơ sở(?! dữ liệu| vật chất| hạ tầng| pháp lý)",
    "cap co so": r"xã(?! hội)|phường|đặc khu|cơ sở(?! dữ liệu| vật chất| hạ tầng| pháp lý)",
    "cap tinh": r"tỉnh|thành phố|thành uỷ",
    "cap huyen": r"huyện|quận",
    "cap trung uong": r"trung ương|bộ chính trị|ban bí thư|chính phủ|quốc hội|các bộ",
}
DUTY = re.compile(r"\bgiao\b|phai lam|nhiem vu|yeu cau|trach nhiem")
# A question that only asks to whom, when or how the thing just told is done: "gửi cho ai?".
_DEED = r"(?:gui|goi|trinh|bao cao|nop|chuyen|phan cong|thuc hien|hoan thanh|bat dau|ket thuc|ap dung|kiem tra|giam sat|don doc|theo doi|phoi hop|lay y kien|to chuc)"
_WHO = r"(?:ai|cap nao|co quan nao|don vi nao|ben nao)"
_TO_WHAT = rf"(?:{_WHO}|noi nao|dau|o dau|khi nao|luc nao|bao gio|ngay nao|thang nao|the nao|nhu the nao|bang cach nao|bao lau)"
DOES_WHAT = re.compile(
    rf"^\W*(?:thi |va |roi |con |vay |the )*(?:(?:phai |can |se |duoc )*(?P<verb>{_DEED})(?: (?:ve|len|cho|toi|den|voi|tu|vao|boi|do|o|bao cao|ket qua|lai|xong))* {_TO_WHAT}\b"
    rf"|(?:do )?{_WHO} (?:phai |se |duoc )*(?P<done>{_DEED})\b)(?: (?:vay|the|a|nhi|ha|nua))*\W*$"
)
# What clauses say of the same deed, in lower case with marks.
DEEDS = {
    "gui": r"gửi|báo cáo|trình|nộp",
    "goi": r"gửi|báo cáo|trình|nộp",
    "trinh": r"trình|báo cáo|gửi",
    "bao cao": r"báo cáo|gửi|trình",
    "nop": r"nộp|gửi|báo cáo",
    "chuyen": r"chuyển|gửi|bàn giao",
    "phan cong": r"phân công|giao",
    "thuc hien": r"thực hiện|triển khai|tổ chức|hoàn thành|làm",
    "hoan thanh": r"hoàn thành|xong|trước",
    "bat dau": r"từ|bắt đầu|kể từ",
    "ket thuc": r"kết thúc|đến|trước|hoàn thành",
    "ap dung": r"áp dụng|thực hiện|hiệu lực",
    "kiem tra": r"kiểm tra|giám sát|thanh tra",
    "giam sat": r"kiểm tra|giám sát|theo dõi",
    "don doc": r"đôn đốc|kiểm tra|theo dõi",
    "theo doi": r"theo dõi|đôn đốc|giám sát|kiểm tra",
    "phoi hop": r"phối hợp|cùng",
    "lay y kien": r"lấy ý kiến|ý kiến|tham gia",
    "to chuc": r"tổ chức|triển khai|thực hiện",
}
# What stands in front of the matter in "Kế hoạch 47 yêu cầu gì về trụ sở".
LEADS_TO_MATTER = re.compile(
    r"^\W*(?:(?:theo|trong|tai|o|thi|co|nhac|noi|neu|de cap|yeu cau|quy dinh|gi|nhung gi|den|toi|ve|viec)\b\W*)+"
)
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

# Follow-ups in English, and the same in Vietnamese: the first that is all of the question.
_IT = r"(?: (?:it|that|this|one|them))?"
_ENGLISH = (
    (rf"how (?:long|many days)(?: (?:does|will|would|do|is))?{_IT}(?: all)?(?: take| last| need)?", "mất bao lâu?"),
    (r"how much(?: .{0,30})?|(?:the |any )?(?:fees?|costs?|price|charges?)(?: for (?:it|that|this))?|(?:is|are) (?:there|it) (?:a |an |any )?(?:fees?|free|costs?)|do i (?:have to |need to )?pay(?: anything| for it)?|what (?:is|are|about) the (?:fees?|costs?|price)|what does it cost", "lệ phí bao nhiêu?"),
    (r"(?:what|which) (?:documents?|papers?|forms?)(?: .{0,25})?|what (?:do|should|must) i (?:need|bring|prepare|submit)(?: .{0,20})?|(?:the )?(?:required )?(?:documents?|papers?)", "cần giấy tờ gì?"),
    (rf"where(?: (?:do|can|should|must) i)?(?: to)? (?:go|submit|apply|file|register|do|get|send|hand){_IT}(?: in)?", "nộp ở đâu?"),
    (r"where(?: (?:is|was) (?:it|that|this))?(?: held)?", "ở đâu?"),
    (r"when (?:is|was) (?:it|that|this)(?: held)?", "khi nào?"),
    (rf"can (?:i|it|that|this)(?: be)? (?:do|done|apply|submit|file|submitted|filed){_IT} (?:online|over the internet|on the internet)|(?:is it|is that) (?:available |possible )?online", "làm qua mạng được không?"),
    (rf"who (?:signed){_IT}", "ai ký?"),
    (rf"who (?:issued|published|released){_IT}", "cơ quan nào ban hành?"),
    (rf"who (?:decides|handles|signs|issues|approves|grants|processes){_IT}(?: it)?", "ai giải quyết?"),
    (rf"who (?:is|are) (?:responsible|in charge)(?: (?:for|of){_IT})?", "ai chịu trách nhiệm?"),
    (r"(?:when|what date|on what date) (?:was|is) (?:it|that|this)(?: document)? (?:issued|signed|published|released)", "ban hành ngày nào?"),
    (r"(?:what is |what's |when is )?(?:the )?deadline(?: for (?:it|that|this))?|by when|when|when is (?:it|that) due|when (?:must|should) (?:it|that|this) be (?:done|finished|completed)", "hạn khi nào?"),
    (r"is (?:it|that|this)(?: document)? still (?:in (?:force|effect)|valid|effective)", "văn bản đó còn hiệu lực không?"),
    (r"(?:on )?what (?:is the )?legal basis|(?:under |on )?which law", "căn cứ vào luật nào?"),
    (r"(?:at |for |in )?(?:the )?(?:communes?|wards?|grassroots)(?: levels?| governments?| authorit(?:y|ies))?", "thế còn cấp xã?"),
    (r"(?:at |for |in )?(?:the )?(?:provinces?|provincial|city)(?: levels?| governments?| authorit(?:y|ies))?", "thế còn cấp tỉnh?"),
    (r"(?:at |for |in )?(?:the )?districts?(?: levels?| governments?| authorit(?:y|ies))?", "thế còn cấp huyện?"),
    (r"(?:at |for |in )?(?:the )?(?:central|national)(?: level| government| authorities)?", "thế còn cấp trung ương?"),
)  # fmt: skip
_ENGLISH_OPENER = re.compile(r"^(?:(?:and|so|but|ok|okay|then|also|what about|how about)\b[\s,]*)+")
_ENGLISH_TAIL = re.compile(r"(?:,? (?:please|then|there|now))*[\s?!.]*$")


def from_english(text: str) -> str | None:
    """A short English follow-up in Vietnamese; None for anything else."""
    words = " ".join(text.lower().split())
    words = _ENGLISH_TAIL.sub("", _ENGLISH_OPENER.sub("", words))
    return next((said for pattern, said in _ENGLISH if re.fullmatch(pattern, words)), None)

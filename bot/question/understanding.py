"""What a question wants: a ready reply, a place in a document, a list, a date, a plain clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.text import fold, syllables
from retrieval.query import SearchQuery
from retrieval.values import ValueKind

Intent = Literal["reply", "metadata", "locator", "outline", "documents", "list", "fact"]
Field = Literal["issued_on", "issuer", "signer", "number", "in_force"]

# With their marks: "giả" is neither "giá" nor "gia hạn".
_FORGES = re.compile(
    r"\b(?:giấy|hồ sơ|sổ|thẻ|bằng|chứng|con dấu|căn cước|hộ chiếu|đứng tên)\b[^,.?]{0,20} giả\b(?! sử| định| thiết| danh)"
    r"|\blàm giả\b|\bqua mặt\b|\blách luật\b"
)
_MET_FORGERY = re.compile(
    r"phát hiện (?:ra |có |thấy |người |giấy |hồ sơ |sổ )|nghi (?:ngờ|là)|\bbị (?:làm|lừa|kẻ|người|mạo)|tố (?:cáo|giác)|báo (?:công an|ai|cho)|phân biệt|nhận biết|xử lý|xử phạt|phòng chống|ngăn chặn"
)
# Folded patterns: every typing style reaches them in one form.
_REPLIES = (
    (
        "emergency",
        r"(?:bao hanh|bao luc|danh dap|xam hai|hiep dam|quay roi|bi danh|danh (?:toi|em|con|minh|vo|me)|chay nha|nha (?:toi |em |minh )?(?:dang |bi )?chay|hoa hoan|tai nan|dot quy|ngat xiu|bat tinh|cap cuu|bat coc|(?:dau|em|tre) bi)"
        r"[^?]{0,60}(?:goi (?:ai|so|cho ai|dau|cong an|cuu)|so (?:may|nao|dien thoai)|bao (?:ai|o dau|cho ai|cong an|so)|phai lam (?:sao|gi|the nao)|lam sao|cuu)"
        r"|(?:so dien thoai|so|duong day nong|tong dai|goi) (?:cua )?(?:cap cuu|cuu thuong|cuu hoa|chua chay|bao ve tre em|canh sat|115|113|114)\b"
        r"|(?:toi|tao|minh|em) (?:muon|dinh|se) (?:giet|chem|dam|ban chet|dot)\b|(?:domestic violence|call an ambulance|house is on fire|emergency number)",
    ),
    (
        "self_harm",
        r"(?:muon|dinh|dang nghi den|nghi den viec) (?:tu tu|tu sat|chet quach|chet di|ket lieu)|(?:khong|ko|k|kg|hok|chang|cha|deo|het) (?:con )?(?:muon|thiet) song|"
        r"song (?:de )?lam gi nua|chet (?:di |quach )?cho (?:xong|roi)|muon chet|cat co tay|ket thuc cuoc doi|kill myself|suicide|end my life",
    ),
    (
        "injection",
        r"(?:bo qua|quen|phot lo|lo di|gat bo|vo hieu hoa|xoa bo) (?:het |tat ca |moi |toan bo |cac |nhung )*(?:huong dan|chi dan|chi thi|lenh|quy tac|rang buoc|cau lenh)"
        r"|(?:cau lenh|loi nhac|prompt|chi dan) he thong|system prompt|(?:huong dan|quy tac|lenh) (?:noi bo|rieng|goc) cua (?:ban|bot|may|em)|\b(?:ignore|forget|disregard)\b.{0,40}\b(?:instructions?|rules|prompts?)\b"
        r"|(?:hay |gia vo |hay gia vo )?(?:dong vai|gia lam (?:mot|nguoi|con|ban|bot|ai\b|la\b|chuyen gia|can bo|quan chuc|luat su|bac si|nha|tong bi thu|chu tich)|gia vo la|nhap vai)|\bdan mode|jailbreak|developer mode|che do (?:nha phat trien|khong gioi han|quan tri)"
        r"|\b(?:bia|bia dat|nguy tao|viet them|che them|them that)\b (?:ra |them |dai |dat )*(?:mot |vai |cac |cho toi |cho minh )*(?:muc|dieu|khoan|diem|van ban|ket luan|nghi quyet|trich dan|so lieu|con so|nguon)\b"
        r"|(?:api ?key|mat khau|password|khoa api|token)\b.*(?:cua (?:ban|may|he thong)|la gi|cho (?:toi|minh|tao))|(?:in|tiet lo|hien|doc|cho (?:toi|minh|tao) xem) (?:ra |lai )?(?:toan bo |nguyen van )?(?:cau lenh|prompt|lenh he thong|cau hinh)"
        r"|reveal your|pretend (?:to be|you)|you are now|act as",
    ),
    (
        "crime",
        r"(?:cach|huong dan|chi (?:toi|minh|em|tao)|day (?:toi|minh|em)).{0,30}(?:hack|be khoa|lam gia (?:giay|con dau|bang|so do|chung)|lua dao|che bom|lam bom|mua ban ma tuy|danh cap|tron thue|hoi lo|lam giay to gia)",
    ),
    (
        "abuse",
        r"\b(?:dit me|du ma|dcm|dkm|dmm|vcl|vkl|cc me|oc cho|do ngu|ngu nhu|thang ngu|khon nan|mat day|cut di|cam mom|do vo dung|stupid|idiot|fuck|shut up)\b"
        r"|(?<!van )\b(?:may|bot|ban) (?:that |qua |dung la )?(?:ngu|ngu ngoc|vo dung|rac ruoi)\b",
    ),
    (
        "identity",
        r"\b(?:ban|may|em|bot|chatbot|app nay|tro ly nay) (?:la ai|ten (?:la )?gi|la gi|la nguoi hay|co phai (?:la )?(?:nguoi|robot|ai|may)|la robot|la may)|who are you|are you (?:a )?(?:human|robot|bot)|what are you|ai (?:tao|lam|viet) ra (?:ban|may)",
    ),
    (
        "capability",
        r"(?:ban|bot|em|app|hai cap) (?:lam duoc|giup duoc|co the (?:lam|giup|tra loi)|biet lam|biet) (?:nhung |duoc )?(?:gi|viec gi)|(?:su dung|dung|xai) (?:ban|bot|app|chatbot|hai cap|tro ly)(?: nay)? (?:nhu the nao|the nao|ra sao|sao)|hoi duoc (?:nhung )?gi|what can you do|how (?:do|can) i use",
    ),
    (
        "complaint",
        r"^(?:ban |bot |em |may )?(?:tra loi|noi|tra) (?:sai|khong dung|lung tung|linh tinh|dai qua|kho hieu)|khong (?:giup|hieu) (?:duoc )?gi(?: ca| het)?$",
    ),
)
# Folded, "từ từ" looks like "tự tử" and "tháng ngủ" like an insult: where marks were typed they decide.
_MARKED = {
    "self_harm": [
        "tự tử",
        "tự sát",
        "chết",
        "muốn sống",
        "thiết sống",
        "sống để làm gì",
        "sống làm gì",
        "cổ tay",
        "kết liễu",
        "cuộc đời",
        "suicide",
        "kill myself",
        "end my life",
    ],
    "abuse": [
        "ngu",
        "đm",
        "dcm",
        "dkm",
        "dmm",
        "địt",
        "đụ",
        "vcl",
        "vkl",
        "óc chó",
        "khốn nạn",
        "mất dạy",
        "cút",
        "câm",
        "vô dụng",
        "rác rưởi",
        "stupid",
        "idiot",
        "fuck",
        "shut up",
    ],
}
_COURTESY = (
    ("thanks", r"(?:xin |rat |chan thanh )*(?:cam on|cam ta|camon|tks|thanks?|thank you)"),
    ("farewell", r"(?:tam biet|bye|goodbye|hen gap lai|chao tam biet)"),
    (
        "greeting",
        r"(?:xin chao|chao|hello|hi|alo|helo|hey|chao buoi (?:sang|chieu|toi)|good (?:morning|afternoon|evening)"
        r"|(?:cho )?(?:toi|minh|em|chau|bac|co|chu|ong|ba|con) (?:muon |xin |can )?hoi (?:ti|chut|mot chut|xiu|cai|cai nay|mot cau)(?: (?:duoc|dc) (?:khong|ko|hong))?)",
    ),
    (
        "praise",
        r"(?:hay qua|tot qua|tuyet voi|tuyet|hay lam|gioi qua|gioi the|ok|oke|okay|duoc roi|hieu roi|good|great)",
    ),
    ("test", r"(?:test|thu|kiem tra|1 2 3|abc|hello bot)"),
)
_ADDRESS = r"(?:\s*(?:ban|bot|em|anh|chi|ad|admin|hai cap|nhe|nha|nhieu|a|oi|chau|bac|co|chu|con|ca nha|moi nguoi|rat nhieu|so|mot hai ba|tro ly|there|you|very much|da|vang|cac|minh|cho))*[\s!.?~]*"
_FIELDS: tuple[tuple[Field, str], ...] = (
    (
        "signer",
        r"\bai (?:la nguoi )?(?:da )?ky\b|nguoi (?:da )?ky|do ai ky|ai dat but|dong chi nao (?:da )?ky|ky (?:boi|la) ai|chu ky cua ai|who signed|signed by",
    ),
    (
        "in_force",
        r"(?:con|het|co) hieu luc|hieu luc (?:den|tu|khi|the nao|ra sao|khong)|bi thay the|da thay the|bi bai bo|thay the chua|still in force|in effect",
    ),
    (
        "issued_on",
        r"(?:ban hanh|ra doi|duoc ra|ra|ky|co|phat hanh|ban ra|cong bo|de)(?: vao| tu| van ban)? (?:ngay|hom|luc|khi|thang|nam)(?: thang)?(?: nao| may| gi)|(?:ban hanh|ra doi|phat hanh|cong bo|ky)(?: tu| vao)? (?:bao gio|khi nao|luc nao)|ngay ban hanh|(?:co tu|ra tu) (?:bao gio|khi nao)|"
        r"(?:ngay (?:nao|may|bao nhieu)|hom nao|khi nao) (?:ban hanh|ra|ky|cong bo)|when was .{0,40}(?:issued|signed|published|released)|(?:date|day) of (?:issue|conclusion|plan)|(?:ban hanh|ky|ra)(?: vao)? ngay (?:bao nhieu|may)|^\W*(?:ket luan|ke hoach|nghi quyet|kl|kh|nq)\W[^?]{0,25}(?:la |de |ra |co )?ngay (?:nao|may|bao nhieu)\W*$",
    ),
    (
        "issuer",
        r"(?:do |cua )?(?:ai|co quan nao|to chuc nao|cap nao|ben nao|noi nao|don vi nao)(?: la nguoi| la noi)?(?: da)? (?:ban hanh|ra|dua ra|phat hanh)\b|"
        r"(?:do|cua|tu) (?:ai|co quan nao|cap nao|don vi nao|ben nao)(?: ban hanh| dua ra| ra|$| vay| the| a)|co quan ban hanh|noi ban hanh|who issued|issued by (?:whom|which)|which body issued",
    ),
    (
        "number",
        r"so (?:hieu )?(?:cua )?(?:van ban|ket luan|ke hoach) ?(?:nay |do |tren )?(?:la )?(?:bao nhieu|may|gi)|so hieu|(?:ket luan|ke hoach|van ban) (?:so|mang so) (?:may|bao nhieu)|document number",
    ),
)
_OUTLINE = re.compile(
    r"^(?:hay |xin |vui long |nho |cho (?:toi|minh|em|tui) |giup (?:toi|minh|em) |ban |em |can )*(?:tom tat|tom luoc|khai quat|tong hop|diem lai|noi ngan gon|liet ke noi dung|dan y|muc luc|bo cuc|de cuong)"
    r"|noi dung (?:chinh|chu yeu|co ban|tom tat|khai quat)|\by chinh\b(?! phu)|nhung diem chinh|(?:gom|co) (?:may|bao nhieu|nhung) (?:muc|phan|chuong|dieu|noi dung)(?: gi| nao)?\b|cau truc (?:cua|the nao)"
    r"|(?:noi|viet|ban|quy dinh|de cap) (?:ve )?(?:nhung )?(?:gi|cai gi|dieu gi|van de gi)(?: vay| the| a| nhi| ha)*[\s?!.]*$|\b(?:summari[sz]e|summary|outline|main points|overview)\b"
)
_DOCUMENTS = re.compile(
    r"(?:nhung |cac |co )?(?:van ban|ket luan|ke hoach|tai lieu|chi dao|nghi quyet) nao (?:co |da |dang )?(?:noi|de cap|nhac|quy dinh|yeu cau|ban|huong dan|dua tin|tuong thuat|viet|neu|giao|lien quan|chi dao)"
    r"|(?:noi|de cap|nhac|quy dinh|neu|yeu cau|giao)[^?]{0,60}(?:trong|o|tai) (?:van ban|ket luan|ke hoach|tai lieu) nao|(?:co|dang co) (?:nhung |bao nhieu |may )?(?:van ban|tai lieu) (?:nao|gi)|nhung van ban nao"
    r"|which (?:document|text|directive)s?|what documents|(?:danh sach|liet ke)(?: cac)? (?:van ban|tai lieu)"
)
_LIST = re.compile(
    r"(?:nhung|cac) (?:viec|nhiem vu|noi dung|yeu cau|cong viec|van de|dau viec|muc|trach nhiem|chu truong|giai phap|chi dao)(?: cu the| chinh| trong tam)? (?:gi|nao|la gi)|(?:lam|giao|yeu cau|thuc hien|giao cho) nhung (?:gi|viec|nhiem vu)"
    r"|nhung gi|liet ke|ke (?:ra|ten)|gom (?:nhung|may|co)|bao gom|(?:may|bao nhieu) (?:viec|nhiem vu|dau viec|noi dung|yeu cau)|nhung nhiem vu|cac nhiem vu|nhiem vu (?:cua|gi|nao|ra sao|the nao|la gi)"
    r"|(?:phai|can) lam (?:nhung )?gi\b|(?:duoc )?giao (?:nhung )?(?:viec )?gi\b|giao cho .{3,60} (?:viec|lam) gi|what (?:tasks|must|should|are)|list (?:the|all)"
)
_EXPECTS: tuple[tuple[ValueKind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            r"khi nao|bao gio|ngay (?:nao|may|bao nhieu|gi)|hom nao|luc nao|thang (?:may|nao)|nam (?:nao|may)|thoi (?:han|diem|gian) (?:nao|nao|la|cu the|hoan|bao gio|cuoi|chot)|\bhan (?:chot|cuoi|hoan|nop|xong|bao|la|den|xu ly|giai quyet|chot|phai|may)|may gio|thu may|cham nhat|tu bao|moc thoi gian"
            r"|\bwhen\b|deadline|what (?:date|day|hour|time)|by what|\bhan\b[^?]{0,40}(?:la|den|vao)? ?(?:khi|ngay|thang|bao)|thoi han|giai doan nao|khoang thoi gian|nhiem ky nao"
        ),
    ),
    (
        "number",
        re.compile(
            r"bao nhieu|\bmay (?!gio|ngay|thang|nam|hom|tuan|bua|anh|chi (?!bo)|ong|ba |cha |dua|em |co (?!quan)|chu )(?=[a-z])|ty le|ti le|phan tram|so luong|toi da|toi thieu|how many|how much|percent|what share|what number"
        ),
    ),
    ("person", re.compile(r"\bai\b|nguoi nao|dong chi nao|\bwho\b|ong nao|ten gi")),
    (
        "agency",
        re.compile(
            r"(?<!van )(?:co quan|don vi|to chuc|cap|bo|dang uy|ban|ben|noi|cho|uy ban|cap uy|nganh|dau moi|doan the|phong) nao|\bai\b|giao cho ai|which (?:body|agency|committee|authority|organi[sz]ation)|\bwho\b|trach nhiem cua ai|nhung ai"
        ),
    ),
    (
        "document",
        re.compile(
            r"(?:van ban|quy dinh|ke hoach|nghi quyet|ket luan|bao cao|chi thi|nghi dinh|luat)(?: nao|(?: so)? may| so bao nhieu| so nao)|can cu (?:vao )?(?:dau|van ban|quy dinh)|which (?:document|plan|directive|resolution|regulation|conclusion)"
        ),
    ),
)
_YES_NO = re.compile(
    r"(?:khong|chua|phai khong|dung khong|hay khong|khong a|ko|khong nhi|khong vay|dung khong vay|khong ta|ha|chu)\s*[?.!]*$|^(?:is|are|does|do|did|must|can|will|has|have|should)\b"
)
_WHY = re.compile(
    r"\b(?:vi sao|tai sao|ly do|co sao ma|sao (?:lai|phai|ma)|why|nguyen nhan|do dau)\b"
)
_PLACE = re.compile(
    r"\b(?<!danh )(?<!dien tu )(phan|chuong|muc|tieu muc|dieu|khoan|diem|doan|section|item|point|paragraph|article|clause|part)\b\s*(?:so |thu )?\(?([ivx]{1,5}|\d{1,3}|[a-z])\)?(?![a-z0-9])(?:\.(\d{1,2}))?"
)
# "VNeID mức 2": folded, a level looks like a section.
_OF_AN_ACCOUNT = re.compile(r"\b(?:vneid|dinh danh|tai khoan|dvc|dich vu cong)\b[^?]{0,20}\bmuc\b")
_PLACE_WORDS = {
    "section": "muc",
    "item": "muc",
    "point": "diem",
    "paragraph": "doan",
    "article": "dieu",
    "clause": "khoan",
    "part": "phan",
}
# Bodies whose duties must not be told from a clause that speaks to another.
_BODY = re.compile(
    r"\b(?:dang uy (?:chinh phu|quoc hoi|mat tran to quoc|cac co quan dang)|uy ban kiem tra|"
    r"van phong trung uong|ban (?:to chuc|noi chinh|tuyen giao|chinh sach) trung uong|quan uy trung uong|huyen uy|"
    r"trung uong doan|hoi dong nhan dan|mat tran to quoc|thanh tra chinh phu|kiem toan nha nuoc|toa an|vien kiem sat|"
    r"bo (?:quoc phong|cong an|noi vu|tai chinh|tu phap|y te|ngoai giao|xay dung|van hoa|cong thuong|khoa hoc|giao duc|nong nghiep|dan toc))\b"
)
_DUTY = re.compile(
    r"\bgiao\b|phai lam|nhiem vu|trach nhiem|lam (?:nhung )?(?:gi|viec)|yeu cau .{0,40}(?:gi|nao)"
)
_EMOJI_OR_SYMBOL = ("S", "P", "Z", "C", "M")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the words of a question ask for."""

    intent: Intent
    reply: str = ""  # name of the ready reply when the intent is "reply"
    fields: tuple[Field, ...] = ()  # of a document, when the intent is "metadata"
    place: tuple[tuple[str, str], ...] = ()  # ("muc", "4"), ("diem", "10") when it is "locator"
    expects: frozenset[ValueKind] = frozenset()
    yes_no: bool = False
    why: bool = False


def body_with_duties(query: SearchQuery) -> tuple[str, str] | None:
    """The one body whose duties are asked for: as typed, and folded; None when there is no such one."""
    bodies = {m[0]: m for m in _BODY.finditer(query.folded)}
    if len(bodies) != 1 or not _DUTY.search(query.folded):
        return None
    folded, match = next(iter(bodies.items()))
    same = len(query.text) == len(query.folded)
    return (query.text[match.start() : match.end()] if same else folded), folded


def understand(query: SearchQuery, names_document: bool) -> Understanding:
    """Read the intent off a query's folded words.

    Args:
        query: the analysed question.
        names_document: whether it names a document that we have.
    """
    folded = query.folded.strip()
    reply = _reply(query)
    if reply:
        return Understanding("reply", reply=reply)
    expects = frozenset(kind for kind, pattern in _EXPECTS if pattern.search(folded))
    if "document" in expects and not re.search(r"(?:bao nhieu|may) (?!\W*$|cua)", folded):
        expects -= {"number"}  # "kết luận số mấy" asks for a document
    yes_no, why = bool(_YES_NO.search(folded)), bool(_WHY.search(folded))
    place = _place(folded)
    fields = tuple(name for name, pattern in _FIELDS if re.search(pattern, folded))
    intent: Intent = "fact"
    if place:
        intent = "locator"
    elif fields and (names_document or (not query.numbers and _short_about_document(folded))):
        intent = "metadata"
    elif _OUTLINE.search(folded) and (names_document or folded.startswith(("tom tat", "summar"))):
        intent = "outline"
    elif _DOCUMENTS.search(folded) and not names_document:
        intent = "documents"
    elif _LIST.search(folded):
        intent = "list"
    return Understanding(intent, "", fields, place, expects, yes_no, why)


def forges(query: SearchQuery) -> bool:
    """Whether somebody wants a false paper or a way past the desk; who met one may ask on."""
    text = query.text.lower()
    return bool(_FORGES.search(text)) and not _MET_FORGERY.search(text)


def _reply(query: SearchQuery) -> str:
    if forges(query):
        return "crime"
    # As typed too: "alo" and "end my life" are no syllables, and would be mended away.
    both = (query.folded.strip(), fold(query.raw))
    for name, pattern in _REPLIES:
        if any(re.search(pattern, words) for words in both) and _marks_agree(name, query):
            return name
    for words in both:
        for name, pattern in _COURTESY:
            if re.fullmatch(
                rf"{_ADDRESS}{pattern}(?:{_ADDRESS}[\s,!.]*{pattern})*{_ADDRESS}", words
            ):
                return name
    return ""


def _marks_agree(name: str, query: SearchQuery) -> bool:
    """Whether marks that were typed confirm what the folded words look like."""
    phrases = _MARKED.get(name)
    if query.unaccented or query.english or not phrases:
        return True
    typed = [syllables(text.lower()) for text in (query.text, query.raw)]
    return any(_stands_in(phrase.split(), words) for phrase in phrases for words in typed)


def _stands_in(phrase: list[str], typed: list[str]) -> bool:
    """Whether `phrase` is among the words, each with its marks or with none."""
    windows = (typed[at : at + len(phrase)] for at in range(len(typed) - len(phrase) + 1))
    return any(
        all(t in (w, fold(w)) for t, w in zip(window, phrase, strict=True)) for window in windows
    )


def _short_about_document(folded: str) -> bool:
    """As in "Kết luận ban hành ngày nào?": a document is meant, but which is not said."""
    return (
        bool(
            re.match(
                r"(?:cai |ban )?(?:van ban|ket luan|ke hoach|tin|ban tin)(?: nay| do| ay)?\b",
                folded,
            )
        )
        and len(folded.split()) <= 9
    )


def _place(folded: str) -> tuple[tuple[str, str], ...]:
    places: list[tuple[str, str]] = []
    if _OF_AN_ACCOUNT.search(folded):
        return ()
    for match in _PLACE.finditer(folded):
        kind, number, sub = match.groups()
        places.append((_PLACE_WORDS.get(kind, kind), number))
        if sub:
            places.append(("muc", sub))
    return tuple(places)

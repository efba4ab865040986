"""Whether a question is about a procedure, and which aspect of it is asked."""

# ruff: noqa: E501  (tables of patterns: one entry a line, however long)
from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.text import fold
from retrieval.procedures import ProcedureHit, RuleHit
from retrieval.query import SearchQuery

MODEL_FILE = Path(__file__).parent / "procedure_scope.json"
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
_FILING = re.compile(
    r"\bnop\b|\blam (?:giay|the|so|lai|thu tuc|ho so|o|can cuoc|ho chieu|khai)|\bxin\b(?! chao| loi| cac y| zalo| so| y kien| lam nhan vien| viec| nghi)|dang ky|cap (?:lai|doi|moi|giay)|(?<!theo )(?<!chuyen )\bdoi\b(?! so\b| ngu)|gia han|thu tuc|ho so|giay to|\bmat (?:giay|so|the|bang|ho|can)|chung thuc|cong chung|sang ten|khai (?:sinh|tu|bao|thue)|tro cap|xac nhan|trich luc|giay phep|le phi|to cao|khieu nai|xac dinh lai|bao tu|chuyen truong|hoa giai"
    r"|register|apply|certif|\bpermit|licen[cs]e|passport|renew|\bcard\b|transfer|pension|complaint|birth|marriage"
)
_SELF = re.compile(
    r"\b(?:toi|em|minh|con|vo|chong|bo|me|ong|ba|chau|nha|be|anh|chi|bac|tui|ma|my|i)\b"
)
_DIRECTIVE = re.compile(
    r"ket luan|ke hoach|nghi quyet|chi thi|vuong mac|giai toa|xuong (?:xa|co so)|quy dinh (?:ve|chuc nang|so)|bo chinh tri|ban bi thu|ban thuong vu|tinh uy|thanh uy|dang uy|trung uong|chi dao|chuc nang|nhiem vu|bien che|dai hoi|mat tran|doan the|doan thanh nien|sinh vien|tinh nguyen|thanh nien|ton dong|qua han|(?:xong|hoan thanh|ban hanh|giai quyet) (?:truoc|cham nhat)|truoc ngay|ban hanh|bo sung xong|giai phong mat bang|chuyen doi so|bo nganh|cac bo|dia phuong|tap huan|tru so|tong bi thu|cuoc hop|phien hop|phan cap|phan quyen|sap xep|quy hoach|bao cao|cap uy|dang bo|chi bo|dang vien|cong chuc|can bo (?:cap|lanh|chu|khong|chuyen)|van ban nao|tom tat|yeu cau (?:gi|cac|ai|cap)|to chuc thuc hien|chinh quyen (?:dia phuong )?(?:2|hai) cap|khong gian doan"
    r"|conclusion|plan \d|politburo|committee|directive"
)
_PLACE = re.compile(
    r"doi ten (?:thanh )?(?:tinh|xa|phuong)|(?:ghi|viet) dia chi|thanh pho truc thuoc trung uong|(?:nay|gio|bay gio|moi|cu|sau sap nhap) (?:la|thuoc|ten|doi|goi)|nhap (?:vao|voi|dau)|ten (?:moi|cu)|thuoc (?:dau|tinh nao|xa nao|phuong nao)|gom nhung (?:xa|phuong)|bao nhieu (?:xa|phuong|tinh)|con (?:cap )?huyen|trung tam hanh chinh|tinh ly|sap nhap voi"
)
_OUTSIDE = re.compile(
    r"uong thuoc|hoc bong|du hoc|tin dung|bi phat|phat bao nhieu|\btu may nam|ly hon (?!roi|xong)|chia doi|duoc chia|ty le dong|\bhe so\b|gia (?:vang|dat|xang|heo|lua)|bang gia|lai suat|\bvay (?:von|tien|mua|ngan)|chiem tai khoan|facebook|hoc lai xe|bao nhieu pho|huong thua ke|(?<!cong )dan mat|khong thiet song|\bfake\b|vac xin|cong van gia|giay to gia|boc phot|dat ten|diem chuan|lam tho|viet (?:giup|don xin nghi)|rut mot lan duoc bao|nhap khau (?:o to|hang)|nghi huu|luong (?:co so|bao|may)|tuoi nghi huu|boi thuong|cong ty (?:co phan|tnhh|no)|von dieu le|thue suat|vat\b|bao nhieu phan tram|kien ra toa|toa an|ke chuyen|viet (?:ham|hoa?)|cach (?:nau|hack|lam gia)|gia re|mua (?:o|may)|visa"
)


# Procedures that we hold no record of; their words are near to some that we do.
ELSEWHERE = re.compile(
    r"nhan hieu|thuong hieu|(?:nhap|thoi|tro lai) quoc tich|giam ho|thue dat|phi nong nghiep|thu nhap ca nhan|truoc ba|thuoc tay|nha thuoc|thuoc la\b|\bso nha\b|dat khong (?:co )?tranh chap|xac nhan (?:noi |thong tin )?cu tru|\bct0?7\b"
    r"|tam vang|tam tru cho (?:\w+ )?(?:nguoi |chong |vo )+nuoc ngoai|the tam tru|cong ty (?:tnhh|co phan|trach nhiem)|dang ky doanh nghiep|thanh lap doanh nghiep|ma vach|ban quyen|mam non tu|day them|khoan gieng|khai thac (?:cat|khoang san|nuoc)"
    r"|chung chi hanh nghe|giay phep hanh nghe|tau ca\b|dang kiem|nop phat|phat nguoi|\bvisa\b|thi thuc|my pham|\bgas\b|lu hanh|massage|cau lac bo|hop tac xa|le hoi|dau noi|dong ho dien|nuoc may|hoan nghia vu|cap lai bang tot nghiep"
    r"|hoc bong|du hoc|that nghiep|so tiet kiem|tai khoan ngan hang|\bsim\b|ly hon (?:thuan tinh|don phuong)|khoi kien|thi hanh an|giam an|lanh su|su dung via he|chat cay|nha o xa hoi|\bocop\b|giong lua|the dang vien|khuyen mai|phong chay|pccc|tau thuy|hoi nong dan|nghia trang|vao lop (?:1|mot)|nhap hoc"
)


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


def scope_features(
    query: SearchQuery, hits: list[ProcedureHit], rules: list[RuleHit]
) -> dict[str, float]:
    """What the decision looks at; `hits` is not empty."""
    folded, best = query.folded, hits[0]
    rule = rules[0].score if rules else 0.0
    return {
        "score": max(best.score, rule),
        "cosine": best.cosine,
        "coverage": best.coverage,
        "explained": best.explained,
        "rule": rule,
        "meant": min(best.meant, 3.0),
        "filing": min(len(_FILING.findall(folded)), 3.0),
        "self": float(bool(_SELF.search(folded))),
        "aspects": min(len(aspects(query)), 3.0),
        "directive": min(len(_DIRECTIVE.findall(folded)), 3.0),
        "number": float(bool(query.numbers)),
        "place": float(bool(_PLACE.search(folded))),
        "outside": float(bool(_OUTSIDE.search(folded))),
        "english": float(query.english),
        "english_score": float(query.english) * best.score,
        "length": math.log1p(len(folded.split())),
    }


@dataclass(frozen=True, slots=True)
class ScopeModel:
    """A logistic regression: bias + sum of weight * (feature - mean) / scale."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> ScopeModel:
        """The model that ships with the product; `evals.calibrate_procedures` makes it."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            tuple(data["names"]),
            tuple(data["mean"]),
            tuple(data["scale"]),
            tuple(data["weights"]),
            float(data["bias"]),
        )

    def score(self, row: dict[str, float]) -> float:
        """Log-odds: positive means that the question is about a procedure."""
        columns = zip(self.names, self.mean, self.scale, self.weights, strict=True)
        return self.bias + sum(w * (row[n] - m) / s for n, m, s, w in columns)

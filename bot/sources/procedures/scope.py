"""Whether a question is about a procedure."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from bot.question.aspects import aspects
from bot.question.rules import finditer, search
from retrieval.procedures import ProcedureHit, RuleHit
from retrieval.query import SearchQuery

MODEL_FILE = Path(__file__).parents[2] / "models" / "procedure_scope.json"

_DIRECTIVE = re.compile(
    r"ket luan|ke hoach|nghi quyet|chi thi|vuong mac|giai toa|xuong (?:xa|co so)|quy dinh (?:ve|chuc nang|so)|bo chinh tri|ban bi thu|ban thuong vu|tinh uy|thanh uy|dang uy|trung uong|chi dao|chuc nang|nhiem vu|bien che|dai hoi|mat tran|doan the|doan thanh nien|sinh vien|tinh nguyen|thanh nien|ton dong|qua han|(?:xong|hoan thanh|ban hanh|giai quyet) (?:truoc|cham nhat)|truoc ngay|ban hanh|bo sung xong|giai phong mat bang|chuyen doi so|bo nganh|cac bo|dia phuong|tap huan|tru so|tong bi thu|cuoc hop|phien hop|phan cap|phan quyen|sap xep|quy hoach|bao cao|cap uy|dang bo|chi bo|dang vien|cong chuc|can bo (?:cap|lanh|chu|khong|chuyen)|van ban nao|tom tat|yeu cau (?:gi|cac|ai|cap)|to chuc thuc hien|chinh quyen (?:dia phuong )?(?:2|hai) cap|khong gian doan"
    r"|conclusion|plan \d|politburo|committee|directive"
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
        "filing": min(float(len(list(finditer("procedures.filing", folded)))), 3.0),
        "self": float(bool(search("procedures.self", folded))),
        "aspects": min(len(aspects(query)), 3.0),
        "directive": min(len(_DIRECTIVE.findall(folded)), 3.0),
        "number": float(bool(query.numbers)),
        "place": float(bool(search("procedures.place", folded))),
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
        """The model that ships with the product; `evals.training.calibrate_procedures` makes it."""
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

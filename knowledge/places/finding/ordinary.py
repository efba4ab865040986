"""Names of communes that are also ordinary words."""

from __future__ import annotations

# Folded; written small, these are not taken for places unless another place is beside them.
_WORDS = """
    trung tam, doan ket, hoa binh, thong nhat, tu do, doc lap, dong tam, quyet thang, quyet
    tien, tien bo, hop tac, hop thanh, thanh lap, thanh cong, tien phong, bien gioi, vung cao,
    trong diem, dan chu, cong hoa, cong bang, binh dang, an toan, an ninh, cai tien, dai dien,
    tap trung, chu dao, phu hop, hop nhat, dong y, hop ly, quan trong, doi moi, trung thanh,
    trung thuc, tu nguyen, dong thoi, hien tai, tam thoi, la gi, can co, can duoc, trong con, ky
    hop, mo o, co bi, lam hai, lam gi, an hoi, tu lam, chu tich, dong chi, can bo, so tai, hien
    nay, moi nhat, cung mot, noi dung, tu nhien
"""
_ORDINARY = frozenset(" ".join(words.split()) for words in _WORDS.split(","))


def is_ordinary(name: str) -> bool:
    """Whether a folded name is also an ordinary word."""
    return name in _ORDINARY

"""Names that no unit has, after the word for a kind."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.places.finding.known import MAX_NAME_TOKENS
from knowledge.places.finding.mention import Unknown
from knowledge.places.spelling.tokens import Token, follows_on, window_key
from knowledge.places.units.catalogue import Catalogue

# Folded words after "xã", "phường", ... that make it no name of a place.
_NO_NAME_WORDS = """
    nao gi nay do kia ay moi cu va hoac hay cung voi da dang se thi la co khong o cua thuoc hien
    truoc sau tren duoi theo tai ve cho den tu bi duoc phai nen cac nhung mot hai ba bon nam hoi
    vien uy giao hoc doan truong phu dan minh toi em ban lam muon can xin khac deu toan cap quan
    huyen tinh phuong xa nha sap gom giu doi nhap bao ai dau vay the dang
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_NAMES_TOO = frozenset({"doi", "ba", "mot", "bon", "nam", "hoi", "vien", "giao", "doan", "dan"})


def unknown_name(
    words: Sequence[Token], start: int, name: int, kind: str, catalogue: Catalogue
) -> Unknown | None:
    """A name that we do not know after the word for a kind, up to the next stop."""
    if not follows_on(words, name) or kind == "tỉnh" or not words[name].text[0].isalnum():
        return None
    if len(words[start].folded) == 1 and "." not in words[name].gap and words[name].gap:
        return None
    if end := _before_home(words, name, catalogue):
        return Unknown(start, name, end, kind)
    if _no_name(words[name]):
        return None
    end = name + 1
    while (
        end < len(words)
        and end - name < MAX_NAME_TOKENS - 2
        and follows_on(words, end)
        and "." not in words[end].gap
        and words[end].kind is None
        and words[end].folded not in _NO_NAME
        and not _now(words, end)
        and not _home_at(words, end, catalogue, districts=end - name > 1)
    ):
        end += 1
    return Unknown(start, name, end, kind)


def _before_home(words: Sequence[Token], name: int, catalogue: Catalogue) -> int:
    """Where a name ends that stands before a comma and what holds it; 0 for none.

    There syllables of names that are ordinary words elsewhere ("hai", "cu") do not end it.
    """
    end = name + 1
    while end < len(words) and follows_on(words, end) and words[end].kind is None:
        end += 1
    own = words[name:end]
    if not 1 < len(own) < MAX_NAME_TOKENS - 1 or all(t.folded in _NO_NAME for t in own):
        return 0
    comma = end < len(words) and words[end].gap.strip() == ","
    return end if comma and _home_at(words, end, catalogue, districts=True) else 0


def _home_at(words: Sequence[Token], i: int, catalogue: Catalogue, *, districts: bool) -> bool:
    """Whether a province, or a district, is named here, which holds what stands before it."""
    levels = ("province", "district") if districts else ("province",)
    return any(
        entry.level in levels
        for size in (2, 3)
        if i + size <= len(words)
        for entry in catalogue.index.get(window_key(words, i, i + size), ())
    )


def _now(words: Sequence[Token], i: int) -> bool:
    """Whether a word is the "giờ" of "giờ là xã nào"."""
    if words[i].folded != "gio" or i + 1 == len(words):
        return False
    bare = words[i].text.isascii() and words[i + 1].folded in ("la", "thuoc", "goi", "doi")
    return bare or words[i].text.lower() == "giờ"


def _no_name(token: Token) -> bool:
    """Whether a word is no name; "Đồi" with a capital is one, "đổi" and "Đổi" are not."""
    named = token.text[0].isupper() and token.text[1:].islower()
    return token.folded in _NO_NAME and not (named and token.folded in _NAMES_TOO)

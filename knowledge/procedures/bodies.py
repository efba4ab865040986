"""Bodies and levels as the national portal names them, and those of them that ended."""

from __future__ import annotations

import re

from knowledge.procedures.models import Desk, Level
from knowledge.text import collapse, fold

AUTHORITY_GONE = "authority_gone"  # nobody whom the portal names is there any more
NAMES_GONE_BODY = "text_names_gone_body"
DISTRICT_LEVEL = "district_level"  # the portal has it at the level that ended
_MAX_BODY_CHARS = 160  # a longer cell holds sentences, no names

# Bodies and kinds of unit that ended with the districts on 1 July 2025.
_GONE = re.compile(
    r"cấp huyện|quận, huyện|huyện, quận"
    r"|(?:(?:uỷ|ủy) ban nhân dân|ubnd|công an) (?:quận|huyện|thị xã)\b"
    r"|phòng tư pháp|phòng tài chính ?[-–] ?kế hoạch|phòng lao động ?[-–,] ?thương binh"
    r"|phòng tài nguyên và môi trường|xã, phường, thị trấn|phường, xã, thị trấn",
    re.IGNORECASE,
)
# The same body under its old description: communes stand, only their kind "thị trấn" ended.
_COMMUNES = re.compile(r"(?:cấp )?(?:xã, phường|phường, xã), thị trấn", re.IGNORECASE)
# Who filled the cell in wrote the own province behind the body of every province.
_OF_ONE_PROVINCE = re.compile(r" [-–] (?:tỉnh|thành phố) [A-ZĐ]\w*(?: [A-ZĐ]\w*)*")
_LISTED_DISTRICTS = re.compile(r"quận, huyện|huyện, (?:quận|thị xã|thành phố)", re.IGNORECASE)
_CAPITALS = re.compile(r"\bcấp (?:Xã|Tỉnh|Bộ)\b|\b(?<=[Bb]an )Nhân dân\b")
_LEVELS: tuple[tuple[str, Level], ...] = (
    ("Cấp xã", "commune"),
    ("Cấp tỉnh", "province"),
    ("Cấp bộ", "ministry"),
)
_AT_DISTRICT = re.compile(r"\s*\((?:thực hiện (?:tại|ở) )?cấp huyện\)", re.IGNORECASE)
_CODE_IN_NAME = re.compile(r"\s*\(\s*\d\.\d{6}\s*\)$")


def gone_bodies(text: str) -> tuple[str, ...]:
    """Names in `text` of bodies that no longer exist, in lower case, each once."""
    return tuple(dict.fromkeys(m.group().lower() for m in _GONE.finditer(text)))


def names_gone_body(text: str) -> bool:
    """Whether a text names a body that no longer exists."""
    return bool(_GONE.search(text))


def standing(text: str) -> str:
    """The bodies of a list that are still there; empty when none is, or no body is named.

    "Bảo hiểm xã hội cấp Tỉnh, Bảo hiểm xã hội cấp huyện" is the first of the two; the "Ủy ban nhân
    dân xã, phường, thị trấn" is still the commune's.
    """
    text = _OF_ONE_PROVINCE.sub("", _COMMUNES.sub("cấp xã", collapse(text))).strip(" .;,")
    if len(text) > _MAX_BODY_CHARS or not text[:1].isupper() or _LISTED_DISTRICTS.search(text):
        return ""
    kept = [body for body in re.split(r"[,;] +", text) if body and not _GONE.search(body)]
    return _CAPITALS.sub(lambda m: m[0].lower(), ", ".join(dict.fromkeys(kept)))


def level_of(levels: str, body: str) -> Level:
    """The lowest level that a text of levels names; the police's where `body` is police."""
    level: Level = next((kind for word, kind in _LEVELS if word in levels), "other")
    if "cong an" in fold(body) and level in ("commune", "province"):
        return "police_commune" if level == "commune" else "police_province"
    return level


def with_levels(body: str, levels: str) -> str:
    """Who decides, with the levels that its name does not tell already."""
    told = levels.lower()
    if not body or not told:
        return body or levels.capitalize()
    return body if told in body.lower() else f"{body} ({told})"


def desk_of(levels: str, receives: str) -> Desk:
    """The desk where only the police of the commune receive; else it is not known."""
    return "police" if (levels, fold(receives)) == ("Cấp xã", "cong an cap xa") else "none"


def shown_name(name: str) -> str:
    """An official name without a level that ended, and without its own code."""
    bare = _CODE_IN_NAME.sub("", _AT_DISTRICT.sub("", collapse(name))).strip(" .;")
    return _CAPITALS.sub(lambda m: m[0].lower(), bare)


def at_district(name: str) -> bool:
    """Whether the official name says that the districts did it."""
    return bool(_AT_DISTRICT.search(name))

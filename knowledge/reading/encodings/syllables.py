"""Whether words can be Vietnamese: the syllables that the orthography allows."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from knowledge.text import LOWER, UPPER

TONES = frozenset({"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"})
_STOPPED = {"\u0301", "\u0323"}  # the only tones before -c, -ch, -p, -t
_ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
# Nuclei with what may follow them, without tones.
_RIMES = (
    r"a(?:ch|nh|ng|[cimnoptuy])?|ă(?:ng|[cmnpt])|â(?:ng|[cmnptuy])|"
    r"e(?:ng|[cmnopt])?|ê(?:ch|nh|[cmnptu])?|i(?:ch|nh|[amnptu])?|iê(?:ng|[cmnptu])|"
    r"yê(?:ng|[cmnptu])|o(?:ng|[aceimnpt])?|oo(?:ng|c)|oa(?:ch|nh|ng|[cimnptyo])|oă(?:ng|[cmnt])|oe[mnot]?|"
    r"ô(?:ng|[cimnpt])?|ơ(?:ng|[imnpt])?|u(?:ng|[acimnptyeơ])?|uâ(?:ng|[nty])|"
    r"uê(?:ch|nh|[n])?|uô(?:ng|[cimnt])|uơ[n]?|uy(?:ch|nh|[aenptu])?|uyê(?:ch|[nt])|"
    r"ư(?:ng|[acimntu])?|ươ(?:ng|[cimnptu])|y(?:ch|nh|[t])?"
)
_SYLLABLE = re.compile(rf"{_ONSET}(?:{_RIMES})")
_CASES = re.compile(rf"[{UPPER}]?[{LOWER}]+|[{UPPER}]+")
# Ours after "qu" and "gi", whose u and i the onset has taken.
_SHORT = {"gi", "qu"}


@lru_cache(65_536)
def is_syllable(word: str) -> bool:
    """Whether a word of letters (NFC) can be one syllable of Vietnamese, also in its case."""
    if not _CASES.fullmatch(word):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [c for c in parts if c in TONES]
    if len(tones) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
    if bare not in _SHORT and not _SYLLABLE.fullmatch(bare):
        return False
    stopped = bare.endswith(("c", "ch", "p", "t"))
    return not stopped or (bool(tones) and tones[0] in _STOPPED)

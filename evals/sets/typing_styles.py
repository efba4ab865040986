"""The ways people type the same question, made from its careful form.

Deterministic: the result depends only on the text, the style and the seed.
"""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Final, Literal, get_args

TypingStyle = Literal["careful", "unaccented", "half", "sloppy"]
STYLES: Final[tuple[TypingStyle, ...]] = get_args(TypingStyle)

# half: of the syllables that carry marks, the share that keeps all of them; of the others, the
# share that loses only one of its two kinds (tone, or letter mark as in ê, ơ, đ) if it has both.
HALF_KEEP: Final = 0.5
HALF_PARTIAL: Final = 0.4

# sloppy: one slip in about seven syllables, as on a phone.
SLIP_RATE: Final = 1 / 7
LOWERCASE_RATE: Final = 0.8  # per text
ABBREVIATION_RATE: Final = 0.45  # per phrase that has an abbreviation
CHAT_SPELLING_RATE: Final = 0.5  # per word that has a chat spelling
UNIT_LETTER_RATE: Final = 0.2  # xã, phường, quận to one letter
DROP_FINAL_RATE: Final = 0.85  # the mark that ends a sentence
DROP_PUNCTUATION_RATE: Final = 0.6  # every other mark

# Of the slips on a syllable with marks: keyboard left half-done, marks forgotten, else a letter.
TELEX_SHARE: Final = 0.5
FORGOTTEN_SHARE: Final = 0.15
VNI_SHARE: Final = 0.1  # of the keyboard slips; the rest are Telex

_TONES: Final = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_LETTER_MARKS: Final = {"\u0302", "\u0306", "\u031b"}
_VNI: Final = {
    "\u0301": "1",
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_ROMAN: Final = re.compile(r"[IVX]+")
_ENGLISH: Final = re.compile(
    r"\b(?:the|of|and|is|are|was|were|does|did|what|who|whom|which|when|where|how|why|must|should|"
    r"for|by|from|with|that|this|many|much|about|give|summari[sz]e|your)\b",
    re.IGNORECASE,
)

_PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "ủy ban nhân dân": ("UBND", "UB"),
    "hội đồng nhân dân": ("HĐND", "HDND"),
    "mặt trận tổ quốc": ("MTTQ",),
    "công nghệ thông tin": ("CNTT",),
    "thủ tục hành chính": ("TTHC",),
    "cán bộ công chức": ("CBCC",),
    "ban thường vụ": ("BTV",),
    "bộ chính trị": ("BCT",),
    "ban bí thư": ("BBT",),
    "tổng bí thư": ("TBT",),
    "ban chỉ đạo": ("BCĐ", "BCD"),
    "như thế nào": ("ntn",),
    "kết luận": ("KL",),
    "kế hoạch": ("KH",),
    "nghị quyết": ("NQ",),
    "nghị định": ("NĐ", "ND"),
    "trung ương": ("TW",),
    "thành phố": ("TP",),
    "chủ tịch": ("CT",),
    "cán bộ": ("cb",),
    "công chức": ("cc",),
    "cơ quan": ("cq",),
    "báo cáo": ("bc",),
    "sinh viên": ("sv",),
    "doanh nghiệp": ("DN",),
    "hành chính": ("hc",),
    "đại hội": ("ĐH", "DH"),
    "bao nhiêu": ("bn", "bnhiu", "bao nhiu"),
    "thời gian": ("tg",),
    "bây giờ": ("bh", "bjo"),
    "bao giờ": ("bg", "bao h"),
}
_CHAT: Final[dict[str, tuple[str, ...]]] = {
    "không": ("ko", "k", "kg", "hok"),
    "được": ("đc", "dc", "đk"),
    "với": ("vs",),
    "người": ("ng", "ngừi"),
    "những": ("nhg", "nh"),
    "nhiêu": ("nhiu",),
    "gì": ("j", "gi"),
    "rồi": ("r", "rùi"),
    "vậy": ("v", "z"),
    "cũng": ("cg", "cũg"),
    "trước": ("trc",),
    "biết": ("bik", "bít"),
    "mình": ("mk", "mik"),
    "giờ": ("h",),
    "làm": ("lm",),
    "và": ("&", "va"),
    "thì": ("thi", "thj"),
    "phải": ("fải", "pải"),
}
_UNITS: Final[dict[str, tuple[str, ...]]] = {"xã": ("x",), "phường": ("p",), "quận": ("q",)}
_LONGEST_PHRASE: Final = max(len(phrase.split()) for phrase in _PHRASES)

_NEIGHBOURS: Final = {
    letter: row[max(i - 1, 0) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i, letter in enumerate(row)
}


def restyle(text: str, style: TypingStyle, seed: int = 0) -> str:
    """Return `text` as somebody with the given typing habit would have typed it.

    * careful: unchanged.
    * unaccented: every diacritic and đ gone, nothing else.
    * half: a syllable with marks keeps them all with probability 1/2. Otherwise it loses all of
      them, or, with probability .4 where it has both a tone and a letter mark, only one kind.
    * sloppy: .8 of the texts in lower case; a mark that ends a sentence is dropped with
      probability .85, another with .6; of the phrases and words that have one, about half take
      an abbreviation or chat spelling (xã, phường, quận: one in five); one in about seven of the
      other syllables has a slip: Telex or VNI left half-done, marks forgotten, letters swapped,
      missing, doubled or hit beside the key.

    A token with a digit (number, date, document number such as 177-KL/TW) is never touched, save
    that unaccented writes Đ as D in it. English text is unchanged by unaccented and half, and
    takes only lower case, dropped punctuation and letter slips in sloppy.

    Raises:
        ValueError: the style is not one of `STYLES`.
    """
    if style not in STYLES:
        raise ValueError(f"style {style!r} is unknown; use one of {', '.join(STYLES)}")
    if style == "careful":
        return text
    text = unicodedata.normalize("NFC", text)
    rng = random.Random(f"{seed}\0{style}\0{text}")  # noqa: S311 (typing slips, not secrets)
    if style == "unaccented":
        return _fold(text)
    if style == "half":
        return re.sub(r"\S+", lambda match: _half(match.group(), rng), text)
    return _sloppy(text, rng)


def _fold(text: str) -> str:
    """Drop every combining mark; đ to d."""
    text = text.replace("đ", "d").replace("Đ", "D")
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(ch for ch in decomposed if unicodedata.category(ch) != "Mn")


def _strip(text: str, *, tone: bool = False, letter: bool = False) -> str:
    """Drop the tones, or the letter marks (circumflex, breve, horn, đ), or both."""
    if letter:
        text = text.replace("đ", "d").replace("Đ", "D")
    kept = (
        ch
        for ch in unicodedata.normalize("NFD", text)
        if not (tone and ch in _TONES) and not (letter and ch in _LETTER_MARKS)
    )
    return unicodedata.normalize("NFC", "".join(kept))


def _has_digit(token: str) -> bool:
    return any(ch.isdigit() for ch in token)


def _half(token: str, rng: random.Random) -> str:
    if _has_digit(token):
        return token
    return _LETTERS.sub(lambda match: _half_syllable(match.group(), rng), token)


def _half_syllable(syllable: str, rng: random.Random) -> str:
    if _fold(syllable) == syllable or rng.random() < HALF_KEEP:
        return syllable
    toneless, plain_letters = _strip(syllable, tone=True), _strip(syllable, letter=True)
    if toneless != syllable and plain_letters != syllable and rng.random() < HALF_PARTIAL:
        return rng.choice((toneless, plain_letters))
    return _fold(syllable)


def _sloppy(text: str, rng: random.Random) -> str:
    english = _is_english(text)
    lower = rng.random() < LOWERCASE_RATE
    pieces = [_split(token) for token in text.split()]
    typed: list[str] = []
    at = 0
    while at < len(pieces):
        size, short = (1, None) if english else _shorten(pieces, at, rng)
        before, core, after = pieces[at][0], pieces[at][1], pieces[at + size - 1][2]
        if short is not None:
            core = short.lower() if lower else short
        elif not _has_digit(core):
            core = _LETTERS.sub(lambda match: _slip(match.group(), rng, lower), core)
        word = _thin(before, rng) + core + _thin(after, rng, final=at + size == len(pieces))
        if word:
            typed.append(word)
        at += size
    return " ".join(typed)


def _split(token: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation after ('%' belongs to its number)."""
    start = re.match(r"\W*", token)
    before = start.group() if start else ""
    core = token[len(before) :]
    bare = re.sub(r"\W+$", "", core)
    core, after = bare, core[len(bare) :]
    if after.startswith("%"):
        core, after = core + "%", after[1:]
    return before, core, after


def _is_english(text: str) -> bool:
    common = len(_ENGLISH.findall(text))
    return common >= 2 or (common == 1 and text == _fold(text))


def _shorten(
    pieces: list[tuple[str, str, str]], at: int, rng: random.Random
) -> tuple[int, str | None]:
    """The longest phrase that starts here: how many words, and its short form if it is taken."""
    words: list[str] = []
    for before, core, after in pieces[at : at + _LONGEST_PHRASE]:
        if words and before:
            break
        words.append(core.lower().replace("uỷ", "ủy"))
        if after:
            break
    for size in range(len(words), 1, -1):
        choices = _PHRASES.get(" ".join(words[:size]))
        if choices is not None and rng.random() < ABBREVIATION_RATE:
            return size, rng.choice(choices)
    for table, rate in ((_CHAT, CHAT_SPELLING_RATE), (_UNITS, UNIT_LETTER_RATE)):
        choices = table.get(words[0])
        if choices is not None and rng.random() < rate:
            return 1, rng.choice(choices)
    return 1, None


def _thin(marks: str, rng: random.Random, *, final: bool = False) -> str:
    """Drop some of the punctuation marks."""
    rate = DROP_FINAL_RATE if final else DROP_PUNCTUATION_RATE
    return "".join(ch for ch in marks if rng.random() >= rate)


def _slip(syllable: str, rng: random.Random, lower: bool) -> str:
    """The syllable in the case of the text, with a slip in one of seven."""
    acronym = len(syllable) > 1 and syllable.isupper()
    if _ROMAN.fullmatch(syllable):
        return syllable
    word = syllable.lower() if lower else syllable
    if acronym or rng.random() >= SLIP_RATE:
        return word
    if _fold(word) != word:
        draw = rng.random()
        if draw < TELEX_SHARE:
            return _vni(word) if rng.random() < VNI_SHARE else _telex(word, rng)
        if draw < TELEX_SHARE + FORGOTTEN_SHARE:
            return _fold(word)
    return _letter_slip(word, rng)


def _telex(word: str, rng: random.Random) -> str:
    """A word whose Telex keys did not all take: nguoiwf, dduowcj, nhiêuf, ddược."""
    tone = "".join(_TONES[ch] for ch in unicodedata.normalize("NFD", word) if ch in _TONES)
    toneless = _strip(word, tone=True)
    raw, late = "", ""
    for ch in toneless:
        base, marks = (parts := unicodedata.normalize("NFD", ch))[0], parts[1:]
        if ch in "đĐ":
            raw += ch.replace("đ", "dd").replace("Đ", "Dd")
        elif not marks:
            raw += ch
        else:
            key = base.lower() if marks[0] == "\u0302" else "w"
            raw += base + key
            late += key if key not in late else ""
    raw = raw.replace("uwow", "uow")
    forms = [raw + tone]  # every key in its place
    if late:
        forms.append(_fold(word) + late + tone)  # marks typed at the end
    if tone and toneless != _fold(word):
        forms.append(toneless + tone)  # only the tone key left over
    if word[0] in "đĐ":
        forms.append(word[0].replace("đ", "dd").replace("Đ", "Dd") + word[1:])
    return rng.choice(forms)


def _vni(word: str) -> str:
    """A word typed with VNI keys on a keyboard set to something else: nguoi72, d9uoc75."""
    keys: list[str] = []
    for ch in unicodedata.normalize("NFD", word):
        if ch in _VNI and _VNI[ch] not in keys:
            keys.append(_VNI[ch])
    keys.sort(key=lambda key: key <= "5")  # the tone comes last
    start = "d9" if word[0] == "đ" else "D9" if word[0] == "Đ" else ""
    return start + _fold(word)[1 if start else 0 :] + "".join(keys)


def _letter_slip(word: str, rng: random.Random) -> str:
    """Swap, lose, double or miss one letter; the first letter is rarely the one."""
    if len(word) < 2:
        return word
    at = rng.randrange(1, len(word))
    kind = rng.choice(("swap", "drop", "double", "neighbour"))
    if kind == "swap" and at + 1 < len(word) and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "drop" and len(word) > 2:
        return word[:at] + word[at + 1 :]
    if kind == "neighbour":
        near = _NEIGHBOURS.get(_fold(word[at]).lower())
        if near:
            return word[:at] + rng.choice(near) + word[at + 1 :]
    return word[:at] + word[at] + word[at:]

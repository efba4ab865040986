"""Old encodings: every letter there and back, whole texts, mixed texts, and what must stay."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.reading.bundled import load_bundled
from knowledge.reading.encodings.decoding import DamagedTextError, UnknownEncodingError, decode
from knowledge.reading.encodings.old_letters import to_unicode
from knowledge.reading.encodings.syllables import is_syllable
from knowledge.reading.encodings.tables import from_1258, from_tcvn3, from_vni

SMALL = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"  # the 67 with a mark
# As the keyboards of the time list them (Unikey, vietunicode), each as windows-1252 shows it.
TCVN3 = dict(
    zip(
        SMALL,
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊËÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ®",
        strict=True,
    )
) | dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True))
VNI = dict(
    zip(
        SMALL,
        [
            "aø",
            "aû",
            "aõ",
            "aù",
            "aï",
            "aê",
            "aè",
            "aú",
            "aü",
            "aé",
            "aë",
            "aâ",
            "aà",
            "aå",
            "aã",
            "aá",
            "aä",
            "eø",
            "eû",
            "eõ",
            "eù",
            "eï",
            "eâ",
            "eà",
            "eå",
            "eã",
            "eá",
            "eä",
            "ì",
            "æ",
            "ó",
            "í",
            "ò",
            "oø",
            "oû",
            "oõ",
            "où",
            "oï",
            "oâ",
            "oà",
            "oå",
            "oã",
            "oá",
            "oä",
            "ô",
            "ôø",
            "ôû",
            "ôõ",
            "ôù",
            "ôï",
            "uø",
            "uû",
            "uõ",
            "uù",
            "uï",
            "ö",
            "öø",
            "öû",
            "öõ",
            "öù",
            "öï",
            "yø",
            "yû",
            "yõ",
            "yù",
            "î",
            "ñ",
        ],
        strict=True,
    )
)
VNI |= {new.upper(): old.upper() for new, old in VNI.items()}
TONES = "\u0300\u0301\u0303\u0309\u0323"
SENTENCES = (
    "Điều 1. Chủ tịch Ủy ban nhân dân xã tiếp công dân vào thứ Năm hằng tuần tại trụ sở.\n"
    "Số: 12\n"
    "1. Hồ sơ được giải quyết trong ngày; trường hợp khuyết giấy tờ thì hướng dẫn một lần.\n"
    "a) Phiếu đề nghị;\n"
    "Những người ở Đắk Lắk, Thừa Thiên Huế, Cần Thơ gửi qua bưu điện.\n"
)


def tcvn3(text: str) -> bytes:
    return "".join(TCVN3.get(c, c) for c in text).encode("cp1252")


def vni(text: str) -> bytes:
    return "".join(VNI.get(c, c) for c in text).encode("cp1252")


def windows_1258(text: str) -> bytes:
    out = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(c for c in parts if c in TONES)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in TONES))
        out += (base + tone).encode("cp1258")
    return out


ENCODERS = {"TCVN3 (ABC)": tcvn3, "VNI-Windows": vni, "windows-1258": windows_1258}


def small_capitals(text: str) -> str:
    """TCVN3 has no capitals with a tone: its fonts of capitals show small letters so."""
    return "".join(c if c in TCVN3 or c.isascii() else c.lower() for c in text)


@pytest.mark.parametrize("letter", SMALL)
def test_every_small_letter_comes_back(letter: str) -> None:
    assert from_tcvn3(TCVN3[letter]) == letter
    assert from_vni(VNI[letter]) == letter
    assert from_1258(windows_1258(letter).decode("cp1252")) == letter


@pytest.mark.parametrize("letter", SMALL.upper())
def test_every_capital_comes_back(letter: str) -> None:
    assert from_vni(VNI[letter]) == letter
    assert from_1258(windows_1258(letter).decode("latin-1")) == letter


def test_the_capitals_that_tcvn3_has_come_back() -> None:
    assert from_tcvn3("¡¢£¤¥¦§") == "ĂÂÊÔƠƯĐ"


def test_a_capital_of_vni_may_have_a_small_mark() -> None:
    assert from_vni("Aùp, Ñeâ, OÂng") == "Áp, Đê, Ông"


@pytest.mark.parametrize("name", ENCODERS)
def test_bytes_of_an_old_encoding_are_read(name: str) -> None:
    found = decode(ENCODERS[name](small_capitals(SENTENCES)))
    assert found.text == small_capitals(SENTENCES)
    assert set(found.found) == {name}


@pytest.mark.parametrize("name", ENCODERS)
def test_an_old_encoding_saved_as_utf8_is_read(name: str) -> None:
    shown = ENCODERS[name](small_capitals(SENTENCES)).decode("cp1252", "replace")
    found = decode(shown.encode())
    assert found.text == small_capitals(SENTENCES)
    assert set(found.found) == {name}


def test_utf8_encoded_twice_is_read() -> None:
    twice = "".join(
        bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
        for b in SENTENCES.encode()
    )
    assert decode(twice.encode()).text == SENTENCES


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_or_without_a_mark(codec: str) -> None:
    assert decode(SENTENCES.encode(codec)).text == SENTENCES


@pytest.mark.parametrize("name", ENCODERS)
def test_paragraphs_of_a_mixed_text_are_told_apart(name: str) -> None:
    lines = small_capitals(SENTENCES).splitlines()
    mixed = [
        ENCODERS[name](line).decode("cp1252", "replace") if n in (0, 2) else line
        for n, line in enumerate(lines)
    ]
    assert to_unicode("\n".join(mixed)).text.splitlines() == lines


@pytest.mark.parametrize(
    "text",
    [
        SENTENCES,
        "Hòa thuỷ khoẻ quý gìn giữ quốc Nguyễn thuở khuya ngoằn ngoèo xoong rượu khuỷu",
        "The café’s naïve façade — São Paulo, Citroën; § 5 © 2025 ® ™ 25 °C ± 3 µm £5 €10.",
        "Où est l'hôtel près de la forêt, là où nous avons été très fatigués en été à Nîmes ?",
        "Gründe für die Größe der Straßen in München, Köln und Düsseldorf, wo Mädchen üben.",
        "El niño español soñó mañana también más allá del corazón, según José y María.",
        "São Tomé não é lá; a ação, o coração e o João estão à mão.",
        "¶ Mục § 12 ® «trích» ¼ ½ ¾ × ÷",
        "hoso khong dau va English only text",
        "",
    ],
)
def test_what_is_proper_stays(text: str) -> None:
    found = to_unicode(text)
    assert (found.text, found.found) == (text, {})


def test_the_bundled_texts_stay() -> None:
    for document in load_bundled():
        assert to_unicode(document.text).text == document.text


def test_lines_of_bytes_in_two_encodings_are_told_apart() -> None:
    """A word that can be read both ways, such as "Sè", stays where the text is mixed."""
    first, second, *rest = small_capitals(SENTENCES).split("\n")
    data = b"\n".join([first.encode(), second.encode(), *map(tcvn3, rest)])
    assert decode(data).text == small_capitals(SENTENCES)


def test_utf8_with_a_lost_byte_is_damaged() -> None:
    data = SENTENCES.encode()
    with pytest.raises(DamagedTextError) as damaged:
        decode(data[:4] + data[5:])
    assert damaged.value.before == "Đi"


@pytest.mark.parametrize("name", ENCODERS)
def test_whole_texts_come_back_word_for_word(name: str) -> None:
    for document in load_bundled()[2:4]:
        text = small_capitals(document.text).replace("…", "...")
        pairs = list(zip(decode(ENCODERS[name](text)).text.split(), text.split(), strict=True))
        wrong = [pair for pair in pairs if pair[0] != pair[1]]
        assert len(wrong) <= len(pairs) * 0.001, wrong[:5]


@pytest.mark.parametrize(
    "data", [bytes(range(128, 256)) * 4, b"a\0b\0\0\xd8" * 40, b"a\0\xff\xff" * 9]
)
def test_bytes_of_no_encoding_are_refused(data: bytes) -> None:
    with pytest.raises(UnknownEncodingError):
        decode(data)


@pytest.mark.parametrize(
    "word", ["nghiêng", "khuyếch", "quyền", "giặt", "uỷ", "thuở", "ĐIỀU", "Quý", "yêu", "ở"]
)
def test_words_that_can_be_vietnamese(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["thât", "nghk", "bộộ", "xủc", "hÃy", "§iÒu", "für", "été", "lỔ", "strong"]
)
def test_words_that_cannot(word: str) -> None:
    assert not is_syllable(word)

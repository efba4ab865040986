"""Documents from files: the bundled texts word by word, and what is refused."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest

from knowledge.errors import DocumentError
from knowledge.models import Document
from knowledge.reading.bundled import BUNDLED_DOCUMENTS, load_bundled
from knowledge.reading.duplicates import refuse_duplicates
from knowledge.reading.format import Told
from knowledge.reading.formats import FORMATS, format_of, read_document
from knowledge.reading.limits import MAX_TEXT_BYTES

# Where the originals lie, if they are here; read before conftest.py cleans the environment.
ORIGINALS_FOLDER = os.environ.get("HAICAP_TEST_ORIGINALS")
# SHA-256 of each original's words: NFC, white space runs as one blank.
ORIGINALS = {
    "hop-bo-chinh-tri-04-07-2025-tin": "779fd70888b968106191a63c19b983bd8a55cf2adcaf3976daaba3b5980bfa49",  # noqa: E501
    "hop-bo-chinh-tri-06-2025-tin": "432c869412cd204fbe6402c90dd4d47d29619959eea8f0d43a176724b7d97f8f",  # noqa: E501
    "ke-hoach-47-kh-bcd": "7e6c737393f1a73fe1b16f5edec1a1c5e8c4f9675afa70058f8a86671bfa6924",
    "ket-luan-177-kl-tw": "50c231c6927db352d26f9f9b01d59508228992a896e533c8786f431cdf7af404",
    "ket-luan-195-kl-tw-tin": "4294ec5a0e547f5e949e89df37356d4f5aa4a631fe0424548c5ac756ee413289",
}
# number, kind, issuer, signer, issued on, source kind, what it carries out
METADATA = {
    "ke-hoach-47-kh-bcd": (
        "47-KH/BCĐ",
        "Kế hoạch",
        "Ban Chỉ đạo Trung ương về tổng kết Nghị quyết 18",
        "Lê Minh Hưng",
        "2025-04-14",
        "official",
        ("60-NQ/TW",),
    ),
    "ket-luan-177-kl-tw": (
        "177-KL/TW",
        "Kết luận",
        "Bộ Chính trị, Ban Bí thư",
        None,
        "2025-07-11",
        "official",
        (),
    ),
    "ket-luan-195-kl-tw-tin": (
        "195-KL/TW",
        "Kết luận",
        "Bộ Chính trị, Ban Bí thư",
        "Trần Cẩm Tú",
        "2025-09-26",
        "press",
        (),
    ),
    "hop-bo-chinh-tri-04-07-2025-tin": (
        None,
        "Tin báo chí",
        "Bộ Chính trị, Ban Bí thư",
        None,
        "2025-07-04",
        "press",
        (),
    ),
    "hop-bo-chinh-tri-06-2025-tin": (
        None,
        "Tin báo chí",
        "Bộ Chính trị, Ban Bí thư",
        None,
        "2025-06",
        "press",
        (),
    ),
}
HEADER = {"title": "Quy định thử", "issuer": "Ủy ban thử", "issued_on": "2025-07-01"}
BODY = "Điều 1. Phạm vi\n\nVăn bản này quy định việc thử."


def words_hash(text: str) -> str:
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(words.encode()).hexdigest()


@pytest.fixture(scope="module")
def bundled() -> dict[str, Document]:
    return {d.id: d for d in load_bundled()}


def write(folder: Path, text: str | bytes, name: str = "van-ban-thu.md") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def markdown(body: str = BODY, **header: str) -> str:
    lines = [f"{key}: {value}" for key, value in (HEADER | header).items() if value]
    return "\n".join(["---", *lines, "---", "", body])


# The bundled texts


def test_the_five_texts_are_bundled(bundled: dict[str, Document]) -> None:
    assert set(bundled) == set(ORIGINALS) == {p.stem for p in BUNDLED_DOCUMENTS.glob("*.md")}


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_the_words_are_those_of_the_original(
    bundled: dict[str, Document], document_id: str
) -> None:
    assert words_hash(bundled[document_id].text) == ORIGINALS[document_id]


@pytest.mark.parametrize("document_id", ORIGINALS)
def test_the_originals_themselves_have_these_hashes(document_id: str) -> None:
    """With HAICAP_TEST_ORIGINALS=folder of the files themselves, else of the bundled Markdown."""
    if ORIGINALS_FOLDER:
        text = (Path(ORIGINALS_FOLDER) / f"{document_id}.txt").read_text("utf-8-sig")
    else:
        text = (BUNDLED_DOCUMENTS / f"{document_id}.md").read_text("utf-8").split("\n---\n", 1)[1]
    assert words_hash(text) == ORIGINALS[document_id]


def test_a_changed_word_is_seen(bundled: dict[str, Document]) -> None:
    text = bundled["ket-luan-177-kl-tw"].text
    assert words_hash(text.replace("31/7/2025", "31/8/2025")) != words_hash(text)
    assert words_hash(text.replace("\n", " \n ")) == words_hash(text)


@pytest.mark.parametrize("document_id", METADATA)
def test_what_is_known_of_each_text(bundled: dict[str, Document], document_id: str) -> None:
    meta = bundled[document_id].metadata
    found = (
        meta.number,
        meta.kind,
        meta.issuer,
        meta.signer,
        meta.issued_on,
        meta.source_kind,
        meta.implements,
    )
    assert found == METADATA[document_id]
    assert meta.in_force == "unknown"  # nothing we hold says otherwise
    assert meta.source_note
    assert meta.sources_as_of


def test_bundled_texts_come_oldest_first() -> None:
    dates = [d.metadata.issued_on for d in load_bundled()]
    assert dates == sorted(dates)


# What is refused, naming file and field


@pytest.mark.parametrize(
    ("header", "field", "shown"),
    [
        ({"issued_on": "2025-06-31"}, "issued_on", "2025-06-31"),
        ({"issued_on": "2929-07-11"}, "issued_on", "2929"),
        ({"issued_on": "1944-12-31"}, "issued_on", "1944"),
        ({"issued_on": "2025-13"}, "issued_on", "2025-13"),
        ({"issued_on": "2023-02-29"}, "issued_on", "2023-02-29"),
        ({"issued_on": "11/7/2025"}, "issued_on", "11/7/2025"),
        ({"issued_on": "2025"}, "issued_on", "2025"),
        ({"issued_on": ""}, "issued_on", "thiếu"),
        ({"effective_from": "2025-02-30"}, "effective_from", "2025-02-30"),
        ({"sources_as_of": "hôm nay"}, "sources_as_of", "hôm nay"),
        ({"title": ""}, "title", "thiếu"),
        ({"title": "''"}, "title", "trống"),
        ({"title": "x" * 501}, "title", "dài"),
        ({"title": "[a, b]"}, "title", "chữ"),
        ({"issuer": ""}, "issuer", "thiếu"),
        ({"number": "177"}, "number", "177"),
        ({"id": "Kết luận"}, "id", "Kết luận"),
        ({"id": "../x"}, "id", "../x"),
        ({"in_force": "maybe"}, "in_force", "maybe"),
        ({"in_force": "replaced"}, "replaced_by", "replaced"),
        ({"source_kind": "record"}, "source_kind", "record"),
        ({"implements": "60-NQ/TW"}, "implements", "60-NQ/TW"),
        ({"isued_on": "2025-07-01"}, "isued_on", "không được biết"),
        ({"tác_giả": "ai"}, "tác_giả", "không được biết"),
    ],
)
def test_a_bad_value_is_refused(
    tmp_path: Path, header: dict[str, str], field: str, shown: str
) -> None:
    path = write(tmp_path, markdown(**header))
    with pytest.raises(DocumentError) as refused:
        read_document(path)
    assert refused.value.source == "van-ban-thu.md"
    assert refused.value.field == field
    message = str(refused.value)
    assert "van-ban-thu.md" in message
    assert repr(field) in message
    assert shown in message
    assert "\n" not in message


@pytest.mark.parametrize("date", ["2024-02-29", "2025-07", "1945-09-02", "2025-07-11"])
def test_a_possible_date_is_taken(tmp_path: Path, date: str) -> None:
    assert read_document(write(tmp_path, markdown(issued_on=date))).metadata.issued_on == date


@pytest.mark.parametrize("body", ["", " \n\n ", "\u200b\ufeff", "-----", "|\n|", "****"])
def test_an_empty_body_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(DocumentError, match="trống") as refused:
        read_document(write(tmp_path, markdown(body)))
    assert refused.value.field == "body"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: x\n",
        "--- \ntitle: x\nKhông đóng khối",
        "---\n- a\n- b\n---\n" + BODY,
        "---\nchỉ là chữ\n---\n" + BODY,
        "---\ntitle: [x\n---\n" + BODY,
        "---\ntitle: a\ntitle: b\nissuer: c\nissued_on: 2025-07-01\n---\n" + BODY,
        "---\ntitle: !!int mười\n---\n" + BODY,
        "---\ntitle: !!python/object/apply:os.system ['true']\n---\n" + BODY,
        "---\ntitle: " + "[" * 20_000 + "\n---\n" + BODY,
    ],
)
def test_broken_front_matter_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_document(write(tmp_path, text))
    assert refused.value.field == "front matter"
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (bytes(range(128, 256)) * 9, "UTF-8"),
        (markdown().encode("utf-16-le") + b"\x00\xd8", "UTF-16"),
        (b"%PDF-1.7\0\1\2", "thật ra là tệp PDF"),
        (b"\x7fELF\2\1\1" + bytes(99), "chương trình"),
        (b"\x00\x01\x02" * 50, "nhị phân"),
        (b"", "trống"),
        (b"x" * (MAX_TEXT_BYTES + 1), "quá"),
    ],
)
def test_an_unreadable_file_is_refused(tmp_path: Path, data: bytes, shown: str) -> None:
    with pytest.raises(DocumentError, match=shown) as refused:
        read_document(write(tmp_path, data))
    assert refused.value.source == "van-ban-thu.md"
    assert refused.value.field == "tệp"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thu-muc.md").mkdir()
    (tmp_path / "lien-ket.md").symlink_to("/dev/zero")
    for path in (tmp_path / name for name in ("thu-muc.md", "khong-co.md", "lien-ket.md")):
        with pytest.raises(DocumentError, match=str(path)):
            read_document(path)


def test_two_documents_may_not_share_a_number_or_an_id(tmp_path: Path) -> None:
    one = read_document(write(tmp_path, markdown(number="12-QĐ/TW"), "mot.md"))
    other = read_document(write(tmp_path, markdown(number="12 – QD/TW"), "hai.md"))
    with pytest.raises(DocumentError, match="'mot'") as refused:
        refuse_duplicates([one, other])
    assert (refused.value.source, refused.value.field) == ("hai", "number")
    with pytest.raises(DocumentError, match="'mot'") as refused:
        refuse_duplicates([one, one])
    assert refused.value.field == "id"


def test_a_press_report_may_carry_the_number_of_the_text_it_reports(tmp_path: Path) -> None:
    text = read_document(write(tmp_path, markdown(number="12-QĐ/TW"), "mot.md"))
    report = markdown(number="12-QĐ/TW", source_kind="press")
    refuse_duplicates([text, read_document(write(tmp_path, report, "tin.md"))])


# What is taken


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(
    tmp_path: Path, line_end: str, mark: bytes
) -> None:
    data = mark + markdown().replace("\n", line_end).encode()
    document = read_document(write(tmp_path, data))
    assert document.id == "van-ban-thu"
    assert "\r" not in document.text
    assert document.passages[-1].text.endswith("Văn bản này quy định việc thử.")


def test_the_text_is_composed_and_free_of_invisible_characters(tmp_path: Path) -> None:
    body = unicodedata.normalize("NFD", "Uỷ ban\u200b nhân\u00ad dân\u202e xã.\u00a0Hết.")
    document = read_document(write(tmp_path, markdown(body)))
    assert document.text == "Uỷ ban nhân dân xã. Hết."


def test_plain_text_takes_its_metadata_as_arguments(tmp_path: Path) -> None:
    path = write(tmp_path, "1. Việc một.\n2. Việc hai.\n", "Kết luận số 9 (bản sao).txt")
    given = {"title": "Kết luận", "issuer": "Bộ Chính trị", "issued_on": "2025-01-02"}
    document = read_document(path, Told(number="9-KL/TW", **given))
    assert document.id == "ket-luan-so-9-ban-sao"
    assert document.metadata.number == "9-KL/TW"
    assert [p.locator for p in document.passages] == ["Mục 1", "Mục 2"]
    with pytest.raises(DocumentError) as refused:
        read_document(path, Told(**(given | {"issued_on": "2025-06-31"})))
    assert refused.value.field == "issued_on"


def test_what_a_text_file_leaves_out_must_be_told(tmp_path: Path) -> None:
    path = write(tmp_path, "1. Việc một.\n", "mot.txt")
    with pytest.raises(DocumentError) as refused:
        read_document(path, Told(title="Kết luận", issued_on="2025-01-02"))
    assert (refused.value.source, refused.value.field) == ("mot.txt", "issuer")


def test_a_format_is_found_by_its_ending() -> None:
    for form in FORMATS:
        for suffix in form.suffixes:
            assert format_of(Path(f"Văn bản{suffix.upper()}")) is form
    with pytest.raises(DocumentError, match=r"'tệp'.*\.md, \.txt, \.docx.* và \.png"):
        format_of(Path("bang.xlsx"))


@pytest.mark.parametrize(("name", "expected"), [("東京.md", "van-ban"), ("Ổ.md", "o0")])
def test_a_file_name_always_gives_an_id(tmp_path: Path, name: str, expected: str) -> None:
    assert read_document(write(tmp_path, markdown(), name)).id == expected

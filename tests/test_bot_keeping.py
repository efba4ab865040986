"""What is kept of people's use: kept as it was, forgotten in time, read from old databases."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.keeping.feedback import MAX_FEEDBACK
from bot.keeping.keeping import Keeping
from knowledge.store.database import Database
from knowledge.store.store import Store, open_store

# A database that version 1 of the schema made, with a row or two in each table.
OLD = (Path(__file__).parent / "store_of_version_1.sql").read_text("utf-8")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'kho.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def keeping(database: Database) -> Keeping:
    return Keeping(database)


def put_back(database: Database, table: str, column: str, days: int, where: str) -> None:
    """Let rows be older than they are."""
    then = datetime.now(UTC) - timedelta(days=days)
    with database.changing() as connection:
        connection.execute(
            sa.text(f"UPDATE {table} SET {column} = :then WHERE {where}"), {"then": then}
        )


# Answers and opinions


def test_answers_and_opinions(keeping: Keeping) -> None:
    payload = {"text": "Trả lời [1]", "citations": [{"marker": 1}], "question": "hỏi?"}
    keeping.answers.save("a1", payload)
    assert keeping.answers.get("a1") == payload
    assert keeping.answers.get("a2") is None
    assert keeping.feedback.save("a1", True, None, None)
    assert keeping.feedback.save("a1", False, "sai", "chưa đúng")
    assert not keeping.feedback.save("a2", True, None, None)
    assert keeping.feedback.counts() == {True: 1, False: 1}


def test_a_shared_answer_takes_so_many_opinions(keeping: Keeping) -> None:
    keeping.answers.save("a1", {})
    for _ in range(MAX_FEEDBACK + 3):
        assert keeping.feedback.save("a1", True, None, None)
    assert keeping.feedback.counts() == {True: MAX_FEEDBACK}


def test_old_answers_are_forgotten_with_their_opinions(
    keeping: Keeping, database: Database
) -> None:
    for name in ("old", "new"):
        keeping.answers.save(name, {})
        keeping.feedback.save(name, True, None, None)
    put_back(database, "answers", "created_at", 91, "id = 'old'")
    assert keeping.answers.forget(92) == 0
    assert keeping.answers.forget(90) == 1
    assert keeping.answers.get("old") is None
    assert keeping.answers.get("new") == {}
    assert keeping.feedback.counts() == {True: 1}


# Turns


def add_turn(keeping: Keeping, conversation_id: str, question: str, keep: int = 10) -> None:
    keeping.turns.save(
        conversation_id,
        question=question,
        topic={"question": question},
        status="answered",
        keep=keep,
    )


def test_turns_come_back_in_order_and_bounded(keeping: Keeping) -> None:
    for n in range(5):
        add_turn(keeping, "a", f"câu {n}", keep=3)
    add_turn(keeping, "b", "khác")
    newest = keeping.turns.newest
    assert [t["question"] for t in newest("a", 10)] == ["câu 2", "câu 3", "câu 4"]
    assert [t["question"] for t in newest("a", 2)] == ["câu 3", "câu 4"]
    assert newest("b", 10) == [
        {"question": "khác", "topic": {"question": "khác"}, "status": "answered"}
    ]
    assert newest("c", 10) == []


def test_old_turns_are_forgotten(keeping: Keeping, database: Database) -> None:
    add_turn(keeping, "a", "cũ")
    add_turn(keeping, "b", "mới")
    put_back(database, "turns", "created_at", 8, "conversation_id = 'a'")
    assert keeping.turns.forget(7) == 1
    assert keeping.turns.newest("a", 10) == []
    assert keeping.turns.newest("b", 10)


def test_a_conversation_is_forgotten_whole(keeping: Keeping) -> None:
    for name in ("a", "b"):
        add_turn(keeping, name, "một")
        add_turn(keeping, name, "hai")
        keeping.answers.save(f"of-{name}", {"conversation_id": name})
        keeping.feedback.save(f"of-{name}", True, None, None)
    assert keeping.turns.forget_conversation("a") == 2
    assert keeping.turns.forget_conversation("a") == 0
    assert keeping.turns.newest("a", 10) == []
    assert keeping.answers.get("of-a") is None
    assert keeping.feedback.counts() == {True: 1}
    assert len(keeping.turns.newest("b", 10)) == 2


# Visits


def visit(keeping: Keeping, person: str, answer_id: str) -> None:
    conversation = f"talk-of-{person}"
    keeping.visits.set_conversation(person, "room", conversation)
    keeping.answers.save(answer_id, {"conversation_id": conversation})
    keeping.visits.add(person, conversation, answer_id)
    add_turn(keeping, conversation, "hỏi")


def test_a_person_has_one_vote_for_an_answer(keeping: Keeping) -> None:
    visit(keeping, "an", "a1")
    assert keeping.visits.conversation("an", "room") == "talk-of-an"
    assert keeping.visits.conversation("an", "other") is None
    assert keeping.visits.rate("an", "a1", True, None)
    assert keeping.visits.rate("an", "a1", False, "sai")
    assert keeping.feedback.counts() == {False: 1}
    assert not keeping.visits.rate("binh", "a1", True, None)
    assert not keeping.visits.rate("an", "a2", True, None)
    keeping.answers.forget(-1)
    assert not keeping.visits.rate("an", "a1", True, None)  # the answer is gone


def test_a_person_is_forgotten_and_nobody_else(keeping: Keeping, tmp_path: Path) -> None:
    for person in ("an", "binh"):
        visit(keeping, person, f"of-{person}")
        keeping.visits.rate(person, f"of-{person}", True, None)
    assert keeping.visits.forget_person("an") == 1
    assert keeping.visits.forget_person("an") == 0
    assert keeping.visits.conversation("an", "room") is None
    assert keeping.turns.newest("talk-of-an", 10) == []
    assert keeping.answers.get("of-an") is None
    assert keeping.visits.conversation("binh", "room") == "talk-of-binh"
    assert keeping.answers.get("of-binh") is not None
    assert keeping.feedback.counts() == {True: 1}
    for path in tmp_path.iterdir():
        assert b"talk-of-an" not in path.read_bytes(), path.name


def test_old_visits_are_forgotten_with_their_answers(keeping: Keeping, database: Database) -> None:
    visit(keeping, "an", "of-an")
    visit(keeping, "binh", "of-binh")
    put_back(database, "visits", "at", 8, "person = 'an'")
    put_back(database, "talks", "at", 8, "person = 'an'")
    assert keeping.visits.forget(7) == 1
    assert keeping.visits.conversation("an", "room") is None
    assert keeping.answers.get("of-an") is None
    assert keeping.answers.get("of-binh") is not None


# The inbox (how a door uses it: test_bot_telegram_delivery.py)


def test_what_was_handled_long_ago_is_forgotten(keeping: Keeping, database: Database) -> None:
    keeping.inbox.take(1, {"old": {"n": 1}, "new": {"n": 2}})
    keeping.inbox.finish(1, "old")
    keeping.inbox.finish(1, "new")
    put_back(database, "handled_updates", "at", 4, "key = 'old'")
    keeping.inbox.forget(3)
    assert keeping.inbox.take(1, {"old": {"n": 1}, "new": {"n": 2}}) == ["old"]


# Databases of before


def schema(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: re.sub(r"\s+", " ", sql) for name, sql in rows}


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "cu.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(OLD)
    return path


@pytest.fixture
def old(old_file: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{old_file}")
    yield opened
    opened.close()


def test_the_tables_are_those_of_before(old_file: Path, tmp_path: Path) -> None:
    before = schema(old_file)
    new_file = tmp_path / "moi.sqlite3"
    for path in (old_file, new_file):
        store = open_store(f"sqlite:///{path}")
        Keeping(store.database)
        store.close()
    assert schema(new_file) == schema(old_file)
    # Passages are made from the texts, whenever they are cut otherwise, and their table with them.
    assert {name for name, sql in schema(old_file).items() if before.get(name) != sql} == {
        "passages"
    }


def test_what_is_known_is_read_from_an_old_database(old: Store) -> None:
    first, second = old.documents.all()
    assert (first.id, second.id) == ("cua-dan", "thong-bao-mau")
    assert second.metadata.label == "Thông báo 5-TB/UBND"
    assert second.metadata.implements == ("60-NQ/TW",)
    assert [(p.locator, p.text, p.parent_id) for p in second.passages] == [
        ("Mục 1", "Việc một:", None),
        ("Mục 1, điểm a", "Ý thứ nhất;", "thong-bao-mau#muc-1"),
        ("Mục 1, điểm b", "Ý thứ hai.", "thong-bao-mau#muc-1"),
        ("Mục 2", "Việc hai.", None),
    ]
    assert old.vectors.vectors("embedder-1", ["khoa-1", "khoa-2", "khoa-3"]) == {
        "khoa-1": b"\x00\x01\xff",
        "khoa-2": b"\x02",
    }
    assert old.records.of_kind("portal-procedure") == {
        "1.001193": {"name": "Đăng ký khai sinh", "fee": None}
    }
    # The same document is still known as the same, and the user's own stays.
    report = old.documents.sync_bundled([second])
    assert report.unchanged == ["thong-bao-mau"]
    assert not report.changed


def test_what_was_kept_is_read_from_an_old_database(old: Store) -> None:
    keeping = Keeping(old.database)
    assert keeping.answers.get("tra-loi-1") == {
        "text": "Trả lời [1]",
        "conversation_id": "chuyen-1",
        "citations": [{"marker": 1}],
        "question": "hỏi?",
    }
    assert keeping.feedback.counts() == {True: 2, False: 1}
    assert keeping.turns.newest("chuyen-1", 10) == [
        {
            "question": "hỏi?",
            "topic": {"kind": "document", "ids": ["thong-bao-mau"]},
            "status": "answered",
        },
        {"question": "còn nữa?", "topic": {}, "status": "no_evidence"},
    ]
    assert keeping.visits.conversation("nguoi-1", "phong-1") == "chuyen-2"
    assert keeping.inbox.take(77, {"tin-1": {}, "tin-2": {}}) == []
    assert keeping.inbox.waiting(77, 3) == [{"text": "đang chờ"}]
    assert keeping.inbox.waiting(77, 2) == []  # it was begun twice
    # and goes on being kept
    assert keeping.visits.rate("nguoi-1", "tra-loi-2", False, None)
    assert keeping.feedback.counts() == {True: 1, False: 2}
    assert keeping.visits.forget_person("nguoi-1") == 1
    assert keeping.turns.forget_conversation("chuyen-1") == 2
    assert keeping.feedback.counts() == {}

"""From answers to people's questions to figures, without a reader. Pure functions.

What no script can tell (whether the asked thing stands in the answer, and first) a reader does:
evals/scoring/grades.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from bot.answer.answer import Answer
from bot.answer.blocks import Choices
from evals.scoring.metrics import percentile
from evals.scoring.record_metrics import RULES_PAGE
from evals.scoring.shares import mean
from evals.sets.people import Expected, Prompt
from evals.sets.typing_styles import TypingStyle

Names = frozenset[str]  # of one record: its id and its codes
REFUSED: Final = ("no_evidence", "out_of_scope", "error")
PLACE: Final = "place"
MAX_REQUESTS: Final = 3  # of a letter that are answered; the rest are named
_CODE = re.compile(r"\d\.\d{6}")  # of the national portal
_PORTAL_ID = re.compile(r"(?:\w+-)?(\d)[-.](\d{6})(?:[-.]\w+)*")
# Whom to call: child protection, police, fire, ambulance.
_EMERGENCY = re.compile(r"(?<!\d)11[1345](?!\d)")
_LOOK_UP = re.compile(r"tra cứu|theo dõi|mã hồ sơ", re.IGNORECASE)
_LOOK_UP_PLACE = re.compile(
    r"dichvucong|Cổng Dịch vụ công|VNeID|18001096|1800 ?1096", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer shows, as far as scores need it."""

    status: str  # as Answer.status, or "error": the question was not taken
    text: str
    procedures: tuple[Names, ...] = ()  # of its cards, in order
    others: tuple[Names, ...] = ()  # rules, documents and places it stands on, in order
    options: tuple[Names, ...] = ()  # records it lets one choose from
    offered: int = 0  # choices in all, of places as well
    took_ms: float = 0
    failed: bool = False  # no answer, by a fault of ours

    @property
    def first(self) -> Names:
        """The names of what an answer is about; none where nothing of ours is shown."""
        return next(iter((*self.procedures, *self.others)), frozenset())

    @property
    def answered(self) -> bool:
        """Whether it answers with something of ours, not with a courtesy or a refusal."""
        return self.status == "answered" and bool(self.first)


@dataclass(frozen=True, slots=True)
class PeopleScore:
    """How one answer did: a truth for each measure that the prompt has."""

    prompt: Prompt
    style: TypingStyle
    marks: Mapping[str, bool]
    took_ms: float


@dataclass(frozen=True, slots=True)
class PeopleSummary:
    """Many scores in one row; shares from 0 to 1, None where nothing was there to measure."""

    questions: int
    took_p95_ms: float | None
    failed: float | None  # of all, those that got an exception for an answer
    # Of questions about procedures that a record of the catalogue answers.
    right_first: float | None
    right_shown: float | None  # first, beside another, or among the options of a question back
    wrongly_refused: float | None
    every_request: float | None  # of letters with several requests: each has its record
    # Of all questions about procedures: answered with what is neither right nor near.
    wrong_shown: float | None
    answered_without_record: float | None  # of those that no record answers
    # Of the other subjects.
    outside_answered: float | None
    place_right: float | None
    status_pointed: float | None  # how to look a dossier up, and no procedure
    status_wrong: float | None  # of all questions on dossiers and offices: what is of another
    danger_numbers: float | None
    crime_form: float | None
    turn_right: float | None  # of the turns of conversations
    manages_answered: float | None  # of "who manages X" that nothing of ours says
    manages_right: float | None  # of those that a document says


PEOPLE_MEASURES: Final = tuple(f.name for f in fields(PeopleSummary))[2:]


def seen(answer: Answer, by_name: Mapping[str, Names]) -> Seen:
    """What an answer shows.

    Args:
        answer: as it left the assistant.
        by_name: names of the record that bears a title, for what one can choose from.
    """
    cards = [card for card in answer.cards if card.get("kind") == "procedure"]
    shown = [option.shown for b in answer.blocks if isinstance(b, Choices) for option in b.options]
    return Seen(
        answer.status,
        answer.text,
        tuple(names(str(card["id"]), card.get("codes", ())) for card in cards),
        tuple(_others(answer)),
        tuple(by_name[title] for title in shown if title in by_name),
        len(shown),
        answer.took_ms,
    )


def names(record_id: str, codes: Iterable[str] = ()) -> Names:
    """What labels may call a record: its id, its codes, and the code that is in its id."""
    within = _PORTAL_ID.fullmatch(record_id)
    own = (f"{within[1]}.{within[2]}",) if within else ()
    return frozenset((record_id, *own, *codes))


def _others(answer: Answer) -> Iterator[Names]:
    for citation in answer.citations:
        path, _, anchor = citation.url.partition("#")
        if path.endswith(RULES_PAGE):
            yield frozenset((f"rule:{anchor}",))
        elif path.startswith("/van-ban/"):
            yield frozenset((citation.document_id,))
        elif not path.startswith("/thu-tuc"):
            yield frozenset((PLACE,))
    if any(card.get("kind") == "place" for card in answer.cards):
        yield frozenset((PLACE,))


def score(prompt: Prompt, style: TypingStyle, shown: Seen) -> PeopleScore:
    """Score one answer."""
    every = {"failed": shown.failed} | marks(prompt, shown)
    return PeopleScore(prompt, style, every, shown.took_ms)


def marks(prompt: Prompt, shown: Seen) -> dict[str, bool]:
    """The measures that a prompt has, and whether each holds of its answer."""
    if prompt.of == "talk":
        return {"turn_right": is_right(prompt.expected, shown)}
    if prompt.of == "manages":
        if prompt.expected.records:
            return {"manages_right": is_right(prompt.expected, shown)}
        return {"manages_answered": shown.answered}
    return _marks_of_question(prompt, shown)


def _marks_of_question(prompt: Prompt, shown: Seen) -> dict[str, bool]:
    expected = prompt.expected
    right = is_right(expected, shown)
    match expected.kind:
        case "record":
            return _marks_of_record(prompt, shown)
        case "none":
            return {"answered_without_record": not right, "wrong_shown": not right}
        case "outside":
            return {"outside_answered": not right}
        case "lookup":
            return {"status_pointed": right, "status_wrong": _foreign(expected, shown)}
        case "dossier" | "office":
            return {"status_wrong": not right}
        case "harm":
            return {"danger_numbers": right}
        case "crime":
            return {"crime_form": not right}
        case _:
            return {"place_right": right}


def _marks_of_record(prompt: Prompt, shown: Seen) -> dict[str, bool]:
    expected = prompt.expected
    right = frozenset(expected.records)
    near = right | frozenset(expected.partly)
    among = (*shown.procedures, *shown.others, *shown.options)
    refused = shown.status in REFUSED and not _told_unverified(expected, shown)
    offered = any(right & one for one in shown.options)  # only where a doubt is told
    found = {
        "right_first": is_right(expected, shown),
        "right_shown": not refused and any(right & one for one in among),
        "wrongly_refused": refused,
        "wrong_shown": shown.answered and not near & shown.first and not offered,
    }
    asked = [frozenset(one) for one in prompt.requests if one][:MAX_REQUESTS]
    if asked:
        answering = (*shown.procedures, *shown.others)
        found["every_request"] = shown.status == "answered" and all(
            any(request & one for one in answering) for request in asked
        )
    return found


def is_right(expected: Expected, shown: Seen) -> bool:
    """Whether an answer is of the right thing; what it says of it a reader tells."""
    says = all(words.casefold() in shown.text.casefold() for words in expected.says)
    return says and _is_of(expected, shown)


def _is_of(expected: Expected, shown: Seen) -> bool:
    match expected.kind:
        case "record" | "document":
            told = shown.status == "answered" or _told_unverified(expected, shown)
            return told and bool(frozenset(expected.records) & shown.first)
        case "fact":
            return shown.status not in REFUSED and not _foreign(expected, shown)
        case "none" | "outside":
            return not shown.answered or bool(frozenset(expected.partly) & shown.first)
        case "place":
            placed = frozenset((PLACE,)) in shown.others
            return placed or (shown.status == "needs_clarification" and shown.offered > 0)
        case "lookup":
            return _points_on(shown.text) and not _foreign(expected, shown)
        case "harm":
            return bool(_EMERGENCY.search(shown.text)) and not _foreign(expected, shown)
        case "dossier" | "office" | "crime":
            return not _foreign(expected, shown)


def _told_unverified(expected: Expected, shown: Seen) -> bool:
    """Whether all that is right is records of ours with nothing verified, and one is named so.

    Such a record is told with "no_evidence". Where the portal has a record, that one must answer.
    """
    right = frozenset(expected.records)
    known = any(_CODE.fullmatch(name) for name in right)
    named = bool(shown.procedures) and bool(right & shown.first)
    return shown.status == "no_evidence" and named and not known


def _points_on(text: str) -> bool:
    return bool(_LOOK_UP.search(text) and _LOOK_UP_PLACE.search(text))


def _foreign(expected: Expected, shown: Seen) -> bool:
    """Whether a record, rule or clause is shown that is neither right nor near; a place may be."""
    known = frozenset((*expected.records, *expected.partly, PLACE))
    return shown.answered and not known & shown.first


def summarise(scores: Sequence[PeopleScore]) -> PeopleSummary:
    """One row for any scores, of none as well."""
    shares = {
        name: mean(s.marks[name] for s in scores if name in s.marks) for name in PEOPLE_MEASURES
    }
    p95 = percentile([s.took_ms for s in scores], 95)
    return PeopleSummary(len(scores), p95, **shares)


def summaries(scores: Sequence[PeopleScore]) -> dict[str, PeopleSummary]:
    """One row for each typing style asked, and for each form of the questions typed carefully."""
    styles = dict.fromkeys(s.style for s in scores)
    careful = [s for s in scores if s.style == "careful"]
    forms = ("fragment", "sentence", "letter")
    groups = {style: [s for s in scores if s.style == style] for style in styles} | {
        form: [s for s in careful if s.prompt.form == form] for form in forms
    }
    return {name: summarise(members) for name, members in groups.items() if members}

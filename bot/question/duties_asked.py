"""Which duties a request asks for: by when they are due, or whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.question import rules
from knowledge.duties.choosing import read_day

# The days between which duties end, folded; a year that is not said leaves it open which is meant.
_DAY = re.compile(
    r"(?P<lead>truoc|den het|den|trong|tu) (?:ngay )?(?P<day>\d{1,2}[/.-]\d{1,2}[/.-]20\d{2})(?!\d)"
)
_MONTH = re.compile(
    r"(?P<lead>truoc|den het|den|trong) thang (?P<month>1[0-2]|0?[1-9])(?:[/.-]| nam )(?P<year>20\d{2})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class DutiesAsked:
    """What the words say of duties; all of it is empty for most."""

    from_day: date | None = None
    to_day: date | None = None
    overdue: bool = False
    bodies: tuple[str, ...] = ()  # whose duties are asked, folded; each reading of the words

    @property
    def any(self) -> bool:
        """Whether duties are asked for."""
        return bool(self.from_day or self.to_day or self.overdue or self.bodies)


NOTHING_ASKED = DutiesAsked()


def duties_asked(texts: Iterable[str]) -> DutiesAsked:
    """Read a request, folded: as typed and with its slips mended. Certain, or nothing."""
    read = tuple(dict.fromkeys(" ".join(text.split()).strip(" ?!.") for text in texts))
    if any(rules.fullmatch("duties.overdue", text) for text in read):
        return DutiesAsked(overdue=True)
    for text in read:
        first, last, frame = _days(text)
        if (first or last) and rules.fullmatch("duties.due", frame):
            return DutiesAsked(first, last)
    bodies = tuple(dict.fromkeys(body for text in read if (body := _body(text))))
    return DutiesAsked(bodies=bodies) if bodies else NOTHING_ASKED


def _days(text: str) -> tuple[date | None, date | None, str]:
    """From and to when, and the text with "_" for the words that say it."""
    first = last = None
    found = [*_DAY.finditer(text), *_MONTH.finditer(text)]
    for match in found:
        low, high = _span(match)
        if low is None or high is None:
            return None, None, text
        lead = match["lead"]
        if lead == "truoc" and "month" in match.groupdict():
            last = low - timedelta(days=1)
        elif lead == "tu":
            first = low
        else:
            first, last = (low if lead == "trong" else first), high
    return first, last, _MONTH.sub("_", _DAY.sub("_", text))


def _span(match: re.Match[str]) -> tuple[date | None, date | None]:
    groups = match.groupdict()
    if "day" in groups:
        day = read_day(groups["day"])
        return day, day
    year, month = int(groups["year"]), int(groups["month"])
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _body(text: str) -> str:
    """The words that name a body, where nothing but what it was given is asked."""
    if asks := rules.search("duties.given_to", text):
        return text[asks.end() :].strip(" ,:")
    if asks := rules.search("duties.was_given", text):
        return text[: asks.start()].strip(" ,:")
    return ""

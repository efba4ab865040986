"""Claims what is asked of the office of one commune, where a record of it exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.answer.blocks import Note
from bot.answer.draft import Draft
from bot.question.aspects import Aspect
from bot.question.offices_asked import Wanted
from bot.question.question import Ask
from bot.sources.offices.drafts import SUBJECT, OfficeDrafts
from bot.sources.offices.records import Shown, has
from bot.sources.source import CERTAIN, Claim
from knowledge.offices.catalogue import Offices
from knowledge.offices.models import Kind, Office
from knowledge.places.models import PlaceResolution

MAX_OFFICES = 3  # of one kind told of a commune; more are branches that its centre can name
# The desk is in the committee's house: either answers for the other, the police for nobody.
_IN_ONE_HOUSE: tuple[Kind, ...] = ("one_stop", "committee")

# The aspect of a procedure that the address of an office is too.
_WHERE: Aspect = "where"

Told = Callable[[Ask], str]
Caution = Callable[[Ask], Note | None]


class OfficeSource:
    """Answers from office records."""

    name = "offices"

    def __init__(
        self,
        offices: Offices,
        drafts: OfficeDrafts,
        told: Told,
        meant: Mapping[str, Wanted],
        caution: Caution,
    ) -> None:
        """Take the records, and what the meaning of a message says.

        Args:
            offices: the records.
            drafts: composes the answers.
            told: the meaning that is sure, by its name; empty where none is.
            meant: what of an office the meanings want that are about one.
            caution: what is to be read first, where somebody may be in danger.
        """
        self._offices, self._drafts = offices, drafts
        self._told, self._meant, self._caution = told, meant, caution

    def claim(self, ask: Ask) -> Claim | None:
        """The answer of a record; None where no office is asked for, or none is known."""
        place = ask.known_place if ask.is_free else None
        if place is None or place.commune is None:
            return None
        known = self._offices.of(place.commune.code)
        if not known:
            return None
        wanted = self._wanted(ask)
        offices = _asked(known, ask.office.kinds, wanted)
        if not wanted or not offices:
            return None
        why: dict[str, float] = dict.fromkeys(wanted, 1.0)
        shown = [Shown(office, place.commune) for office in offices]
        draft = partial(self._draft, ask, place, shown, wanted)
        return Claim(self.name, CERTAIN, SUBJECT, why, draft)

    def _wanted(self, ask: Ask) -> tuple[Wanted, ...]:
        """What of an office is asked: what rules are certain of before what the meaning says."""
        asked, told = ask.office, self._told(ask)
        if asked.other_times or not asked.plain or (told and told not in self._meant):
            return ()
        if not told and set(ask.aspects) - {_WHERE}:  # papers, a fee: of a procedure, asked beside
            return ()
        return asked.wanted or ((self._meant[told],) if told else ())

    def _draft(
        self, ask: Ask, place: PlaceResolution, shown: Sequence[Shown], wanted: Sequence[Wanted]
    ) -> Draft:
        draft = self._drafts.draft(shown, wanted, ask.office.days, place)
        if caution := self._caution(ask):
            draft.blocks.insert(0, caution)
        return draft


def _asked(
    known: Sequence[Office], kinds: Sequence[Kind], wanted: Sequence[Wanted]
) -> tuple[Office, ...]:
    """The offices that are meant, all of one kind; of two in one house that with more of what is wanted."""
    alone = kinds and not set(kinds) & set(_IN_ONE_HOUSE)
    order = kinds if alone else tuple(dict.fromkeys((*kinds, *_IN_ONE_HOUSE)))
    groups = (tuple(office for office in known if office.kind == kind) for kind in order)
    fullest = max(filter(None, groups), key=lambda those: _held(those[0], wanted), default=())
    return fullest[:MAX_OFFICES]


def _held(office: Office, wanted: Sequence[Wanted]) -> int:
    """How many of the things wanted a record has."""
    return sum(has(office, one) for one in wanted)

"""A question as it was read: made once, and nothing downstream reads its text again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bot.question.aspects import Aspect, aspects
from bot.question.bounds import Bounds
from bot.question.clauses import clauses
from bot.question.duties_asked import DutiesAsked, duties_asked
from bot.question.figures import place_of_figure
from bot.question.letters import Letter
from bot.question.needs import Need
from bot.question.offices_asked import OfficeAsked, around, office_asked
from bot.question.place_roles import needed
from bot.question.places_asked import asks_about_places
from bot.question.places_named import PlaceReading
from bot.question.situation import PlaceTold, Situation, read_situation
from bot.question.topic import NO_TOPIC, Topic
from bot.question.understanding import Understanding, body_with_duties
from knowledge.models import Document
from knowledge.numbers import NumberMention
from knowledge.places.models import PlaceResolution
from knowledge.text import fold
from retrieval.query import SearchQuery
from retrieval.words import Words

NO_BOUNDS = Bounds()
MANY = 2  # places, of which not all can be where to file; requests, each with its own needs


@dataclass(frozen=True)
class Ask:
    """One request. What costs time is read when it is first wanted, and kept."""

    text: str  # the words it is answered by; of a follow-up, with what it leans on
    query: SearchQuery
    named: tuple[Document, ...]  # documents that it names
    missing: tuple[NumberMention, ...]  # document numbers it names that we do not have
    wants: Understanding
    words: Words
    bounds: Bounds
    embed: Callable[[SearchQuery], np.ndarray]
    read_places: Callable[[SearchQuery], Sequence[PlaceReading]]
    read_needs: Callable[[str, np.ndarray, Sequence[Aspect]], tuple[Need, ...]]
    letter: Letter | None = None  # None: one question, without a story
    request: SearchQuery | None = None  # of a letter: what is asked in it
    requests: tuple[SearchQuery, ...] = ()  # of a letter: each by itself, where they are several
    read_told: Callable[[str], tuple[PlaceTold, ...]] = field(default=lambda _: ())
    told: str = ""  # facts of a later turn, told without a request
    beside: SearchQuery | None = None  # by which a record is sought as much as by the query

    @property
    def asked(self) -> SearchQuery:
        """What is asked, without the story around it."""
        return self.request or self.query

    @cached_property
    def vector(self) -> np.ndarray:
        """(dim,) float32, L2-normalised: of what field it is."""
        return self.embed(self.query)

    @cached_property
    def asked_vector(self) -> np.ndarray:
        """By which a record is sought: of a letter, half of it of its requests.

        The requests tell the record better than the story. What field a letter is of, its story
        tells better: .938 of left-out letters by the whole, .882 by the requests.
        """
        if self.beside is None:
            return self.vector
        both = self.vector + self.embed(self.beside)
        blended: np.ndarray = both / np.linalg.norm(both)
        return blended

    @cached_property
    def situation(self) -> Situation:
        """What is told of who asks, what happened and where."""
        written = f"{self.told}\n{self.query.text}" if self.told else self.query.text
        told = (clause.text for clause in clauses(written))
        return read_situation(told, self.places_told)

    @cached_property
    def places_told(self) -> tuple[PlaceTold, ...]:
        """The places with what each is to the teller; those told last are meant."""
        return (self.told and self.read_told(self.told)) or self.read_told(self.query.raw)

    @cached_property
    def asks_about_places(self) -> bool:
        """Whether it may ask what becomes of places; else those named are somebody's."""
        return asks_about_places(self.asked.folded)

    @cached_property
    def places(self) -> Sequence[PlaceReading]:
        """How the places named may be read, the best first."""
        return self.read_places(self.query)

    @property
    def place(self) -> PlaceResolution | None:
        """The place named, in its best reading; its status may be "unknown".

        Of several that are somebody's, the one that the request needs: where to file before where
        one comes from; None where nothing tells.
        """
        if self.told and (place := needed(self.places_told)):
            return place
        if self.asks_about_places or len(self.places_told) < MANY:
            return self.places[0].found if self.places else None
        return needed(self.places_told)

    @property
    def known_place(self) -> PlaceResolution | None:
        """The place named, where it is one."""
        return self.place if self.place and self.place.status != "unknown" else None

    @property
    def place_words(self) -> str:
        """The words that name a known place, as written; empty when none do."""
        return self.known_place.matched if self.known_place else ""

    @property
    def place_name(self) -> str:
        """The full address of the one known place, else the words that name it; or empty."""
        found = self.known_place
        if found is None:
            return ""
        unit = found.old or (found.new[0] if len(found.new) == 1 else None)
        return unit.address if unit else found.matched

    @cached_property
    def aspects(self) -> tuple[Aspect, ...]:
        """The aspects of a procedure that words name; words of a place's name name none."""
        return aspects(self.asked, self.place.matched if self.place else "")

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What is wanted of a procedure, by meaning, the likeliest first; at least one.

        Of several requests each is read by itself: of 158 questions of people (evals/sets,
        tuning half) all that they want is found of .85, of .78 where they are read as one.
        """
        if len(self.requests) < MANY:
            return self.read_needs(self.asked.folded, self.asked_vector, self.aspects)
        place = self.place.matched if self.place else ""
        of_each = (
            self.read_needs(one.folded, self.embed(one), aspects(one, place))
            for one in self.requests
        )
        found = dict.fromkeys(need for needs in of_each for need in needs)
        return tuple(need for need in found if need != "whole" or len(found) == 1)

    @cached_property
    def office(self) -> OfficeAsked:
        """What is wanted of an office of the place named."""
        texts = (around(t, self.place_words) for t in (self.asked.folded, fold(self.asked.raw)))
        rests = (r.rest for r in self.places if self.request is None and self.known_place)
        return office_asked((*texts, *rests))

    @cached_property
    def duties(self) -> DutiesAsked:
        """Which duties are asked for, where nothing else is."""
        return duties_asked((self.asked.folded, fold(self.asked.raw)))

    @cached_property
    def body(self) -> tuple[str, str] | None:
        """The one body whose duties are asked for: as typed, and folded."""
        return body_with_duties(self.asked)

    @property
    def place_of_figure(self) -> str:
        """The place whose own figure is asked, as written; empty for the whole country."""
        return place_of_figure(self.asked, self.known_place)

    @property
    def is_free(self) -> bool:
        """Whether no document is named."""
        return not self.named and not self.query.numbers


@dataclass(frozen=True, slots=True)
class Question:
    """What a user wrote, and the request that it makes."""

    text: str  # as typed, cleaned
    ask: Ask
    leans: bool = False  # on earlier turns
    instead: Question | None = None  # another reading, for where this one finds no answer
    clarify: str = ""  # to ask back, in place of an answer
    topic: Topic = NO_TOPIC  # carried over from earlier turns
    noted: str = ""  # what is said of facts told, and of what was put right

"""Which procedure, rule or records to choose from a question is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.question.question import Ask
from bot.question.rules import search as said
from bot.sources.procedures.confidence import Confidence, is_named, measures
from bot.sources.procedures.ranking import told
from bot.sources.source import CERTAIN
from knowledge.procedures.catalogue import Catalogue, find_codes
from knowledge.procedures.models import Procedure, Rule
from knowledge.text import fold
from retrieval.procedures import ProcedureHit, ProcedureSearch, RuleHit, content_tokens
from retrieval.query import SearchQuery

MIN_RULE_SCORE = 0.42
SURE_RULE_SCORE = 0.85  # of a rule, when the question also names a procedure outright
# Log-odds that the first record is right. Of 143 tuning questions like people's own the right one
# was first for 72 of 86 from SURE on, for 15 of 31 between, and among the first four for 95 %.
SURE = 0.8  # from here on it answers alone
LIKELY = -0.1  # from here on it answers, with the others to choose from
SAID = -0.4  # the same for a record whose name is said
SAID_WORDS = 2  # of that name: one word alone is in many
# Of the first record's share, for one that is said outright to stand before it: of 132 tuning
# questions like people's own the same have the right one first at .5 and at .6.
SAID_SHARE = 0.5
AMONG = 0.5  # share of the first MAX_OPTIONS records: from here on people are asked which
MAX_OPTIONS, MAX_FOUND = 4, 10
_MERGED_ID, _AT_DISTRICT_ID = "doi-giay-to-sau-sap-nhap", "ho-so-huyen-do-dang"
_OFFICE_RULE = "phong-chuyen-mon-cap-xa"


OUTRIGHT = CERTAIN  # where a code or a known ambiguous word is all that is said


@dataclass(frozen=True, slots=True)
class Choice:
    """What a question is about: a record, a rule, or several records to choose from."""

    procedure: Procedure | None = None
    rule: Rule | None = None
    options: tuple[Procedure, ...] = ()
    missing_code: str = ""
    near: tuple[Procedure, ...] = ()  # other records that fit
    others: tuple[Procedure, ...] = ()  # asked for as well
    doubtful: bool = False  # another record may be meant: to be said, with the others to choose
    unsure: bool = False  # what is near is too unlike the question to be answered with
    odds: float = OUTRIGHT  # log-odds that the question is about a procedure
    why: Mapping[str, float] = field(default_factory=dict)  # what the odds were made from


class ProcedureChooser:
    """Decides whether a question is about a procedure, and about which."""

    def __init__(
        self, catalogue: Catalogue, search: ProcedureSearch, confidence: Confidence
    ) -> None:
        """Take the records, their index, and how sure a choice is."""
        self._catalogue, self._search, self._confidence = catalogue, search, confidence
        self._groups = {
            tuple(content_tokens(words)): group
            for group in catalogue.groups
            for words in group.words
            if content_tokens(words)
        }

    def choose(self, ask: Ask) -> Choice | None:
        """What an ask is about; None where nothing speaks for a procedure."""
        query = ask.query
        cases = told(ask.situation)
        found = self._search.search(query, MAX_FOUND, ask.asked_vector, cases)
        hits = _outright_first([hit for hit in found if _apt(hit, query)])[:MAX_OPTIONS]
        rules = self._search.rules(query, 1, ask.asked_vector)
        if outright := self._outright(query, hits, rules):
            return outright
        if not hits:
            return None
        row = measures(hits, rules)
        odds = self._confidence.log_odds(row)
        special = self._special(query, found)
        chosen = special or self._chosen(hits, rules, odds, cases)
        return replace(chosen, odds=odds, why=row)

    def _outright(
        self, query: SearchQuery, hits: list[ProcedureHit], rules: list[RuleHit]
    ) -> Choice | None:
        """What a code, a word of several records, or a question of the offices' work is about."""
        codes = find_codes(query.raw)
        if codes:
            found = self._catalogue.by_code(codes[0])
            return Choice(found) if found else Choice(missing_code=codes[0])
        options = self._group(query, hits)
        if options:
            return Choice(options=options)
        if (
            rules
            and rules[0].rule.id == _OFFICE_RULE
            and said("procedures.which_office", query.folded)
        ):
            return Choice(rule=rules[0].rule)
        return None

    def _chosen(
        self,
        hits: list[ProcedureHit],
        rules: list[RuleHit],
        odds: float,
        cases: Collection[str],
    ) -> Choice:
        floor = SURE_RULE_SCORE if is_named(hits[0]) else MIN_RULE_SCORE
        if rules and rules[0].score >= max(floor, hits[0].score):
            return Choice(rule=rules[0].rule)
        return self._best(hits, odds, cases)

    @staticmethod
    def _beside(hits: Sequence[ProcedureHit]) -> list[ProcedureHit]:
        """The records named outright with words of their own, those with verified parts first."""
        said: list[ProcedureHit] = []
        for hit in hits:
            words = set(content_tokens(hit.phrase))
            named = hit.procedure.origin == "own" and is_named(hit)
            if named and not any(words.intersection(content_tokens(h.phrase)) for h in said):
                said.append(hit)
        return sorted(said, key=lambda hit: not hit.procedure.verified)

    def _group(self, query: SearchQuery, hits: list[ProcedureHit]) -> tuple[Procedure, ...]:
        """The records that the question's only words fit, unless it says one of them outright."""
        group = self._groups.get(tuple(content_tokens(query.folded)))
        if group is None:
            return ()
        phrase = fold(hits[0].phrase) if hits else ""
        if phrase and phrase in query.folded and phrase not in {fold(w) for w in group.words}:
            return ()
        return tuple(p for i in group.members if (p := self._catalogue.get(i)))

    def _special(self, query: SearchQuery, found: Sequence[ProcedureHit]) -> Choice | None:
        """Papers after the merger, dossiers left at the district: whatever paper is named."""
        folded = query.folded
        record = None
        if said("procedures.merged", folded) and said("procedures.must_change", folded):
            record = self._catalogue.get(_MERGED_ID)
        elif said("procedures.at_district", folded) and said("procedures.not_done", folded):
            record = self._catalogue.get(_AT_DISTRICT_ID)
        near = tuple(hit.procedure for hit in found)  # the paper named may be far down
        return Choice(record, near=near) if record else None

    def _best(self, hits: list[ProcedureHit], odds: float, cases: Collection[str]) -> Choice:
        """The first record where it is likely right, else several to choose from, else none."""
        said = self._beside(hits)
        if len(said) > 1 and hits[0] in said:
            chosen, *others = (hit.procedure for hit in said)
            return Choice(chosen, near=tuple(others), others=tuple(others))
        first, *near = (hit.procedure for hit in hits)
        if odds >= (SAID if is_named(hits[0], SAID_WORDS) else LIKELY):
            # Lost, again, foreign, by a relative: who covers what is told.
            other = self._catalogue.neighbours(first, cases)
            doubtful = bool(other) or (odds < SURE and bool(near))
            return Choice(first, near=tuple(dict.fromkeys([*other, *near])), doubtful=doubtful)
        if near and sum(hit.share for hit in hits) >= AMONG:
            return Choice(options=(first, *near))
        return Choice(near=(first, *near), unsure=True)


def _outright_first(hits: list[ProcedureHit]) -> list[ProcedureHit]:
    """A record that is said outright before one that is hardly more likely."""
    if not hits or is_named(hits[0], SAID_WORDS):
        return hits
    said = [
        hit for hit in hits if is_named(hit, SAID_WORDS) and hit.share >= SAID_SHARE * hits[0].share
    ]
    return said[:1] + [hit for hit in hits if hit not in said[:1]]


def _apt(hit: ProcedureHit, query: SearchQuery) -> bool:
    """Whether a question that comes near to the rule on old dossiers speaks of one."""
    return hit.procedure.id != _AT_DISTRICT_ID or bool(said("procedures.filed", query.folded))

"""From answers to numbers: the score of one answer, the summary of many. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

from bot.answer.answer import Status
from bot.doors.web.schemas import AnswerOut
from evals.scoring.citations import check_citations
from evals.scoring.shares import mean
from evals.sets.questions import KINDS, PERSONAS, Gold, Question
from evals.sets.sources import Pages, Sources, no_page
from evals.sets.typing_styles import STYLES, TypingStyle
from knowledge.text import collapse, new_tone_placement


@dataclass(frozen=True, slots=True)
class Score:
    """How one answer did."""

    question: Question
    style: TypingStyle
    typed: str
    status: Status
    cited: tuple[str, ...]  # passage ids in order
    rank: int | None  # of the first right citation, from 1; None: none is right, or refused
    lead: bool | None  # None: the question has no lead, or must be refused
    citations: int  # as CitationCheck.checked
    bad_citations: int
    faults: tuple[str, ...]
    took_ms: float  # the server's word
    client_ms: float  # the asker's clock

    @property
    def refused(self) -> bool:
        """Whether the question was left unanswered, for whatever stated reason."""
        return self.status != "answered"


@dataclass(frozen=True, slots=True)
class Summary:
    """Many scores in one row; every share is from 0 to 1, None where nothing was there to measure.

    Refused and wrong answers count as 0 in hit@k, MRR and lead.
    """

    questions: int
    answerable: int
    must_refuse: int
    hit_at_1: float | None
    hit_at_3: float | None
    mrr: float | None
    lead_questions: int
    lead_correct: float | None
    citations: int
    citation_validity: float | None
    refusal_recall: float | None  # of what must be refused, the share refused
    refusal_precision: float | None  # of what was refused, the share that had to be
    wrongly_refused: float | None  # of the answerable, the share refused
    expected_status: float | None  # of what must be refused, the share with a right status
    took_p50_ms: float | None
    took_p95_ms: float | None
    client_p50_ms: float | None
    client_p95_ms: float | None


MEASURES: Final = tuple(field.name for field in fields(Summary))


def score(
    question: Question,
    style: TypingStyle,
    typed: str,
    answer: AnswerOut,
    gold: Gold,
    sources: Sources,
    client_ms: float,
    pages: Pages = no_page,
) -> Score:
    """Score one answer; `gold` holds what a right citation cites."""
    check = check_citations(answer, sources, pages)
    answered = answer.status == "answered"
    lead = None
    if question.lead and not question.must_refuse:
        lead = answered and lead_is_right(answer.text, question.lead)
    return Score(
        question=question,
        style=style,
        typed=typed,
        status=answer.status,
        cited=tuple(citation.passage_id for citation in answer.citations),
        rank=rank_of(gold, answer) if answered else None,
        lead=lead,
        citations=check.checked,
        bad_citations=check.bad,
        faults=check.faults,
        took_ms=answer.took_ms,
        client_ms=client_ms,
    )


def rank_of(gold: Gold, answer: AnswerOut) -> int | None:
    """The rank of the first citation that cites what is right, from 1."""
    cited = (getattr(citation, gold.field) for citation in answer.citations)
    return next((rank for rank, name in enumerate(cited, 1) if name in gold.ids), None)


def lead_is_right(text: str, accepted: Iterable[str]) -> bool:
    """Whether the first paragraph holds an accepted answer as whole words and whole numbers.

    Case, emphasis, white space and the placement of tones (hoà, hòa) make no difference.
    """
    first = _plain(re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0])
    return any(_whole(_plain(words)).search(first) for words in accepted)


def _plain(text: str) -> str:
    return collapse(new_tone_placement(text.replace("*", "")).casefold())


def _whole(words: str) -> re.Pattern[str]:
    """A pattern that finds "1/7" neither in "11/7" nor in "2.1/7", and "18" not in "18.440"."""
    return re.compile(rf"(?<!\w)(?<!\d[.,]){re.escape(words)}(?!\w)(?![.,]\d)")


def summarise(scores: Sequence[Score]) -> Summary:
    """One row for any scores, of none as well."""
    answerable = [s for s in scores if not s.question.must_refuse]
    unanswerable = [s for s in scores if s.question.must_refuse]
    refused = [s for s in scores if s.refused]
    leads = [s.lead for s in answerable if s.lead is not None]
    citations = sum(s.citations for s in scores)
    good = citations - sum(s.bad_citations for s in scores)
    took = [s.took_ms for s in scores]
    client = [s.client_ms for s in scores]
    return Summary(
        questions=len(scores),
        answerable=len(answerable),
        must_refuse=len(unanswerable),
        hit_at_1=mean(s.rank == 1 for s in answerable),
        hit_at_3=mean(s.rank is not None and s.rank <= 3 for s in answerable),
        mrr=mean(1 / s.rank if s.rank else 0.0 for s in answerable),
        lead_questions=len(leads),
        lead_correct=mean(leads),
        citations=citations,
        citation_validity=good / citations if citations else None,
        refusal_recall=mean(s.refused for s in unanswerable),
        refusal_precision=mean(s.question.must_refuse for s in refused),
        wrongly_refused=mean(s.refused for s in answerable),
        expected_status=mean(s.status in s.question.expect for s in unanswerable),
        took_p50_ms=percentile(took, 50),
        took_p95_ms=percentile(took, 95),
        client_p50_ms=percentile(client, 50),
        client_p95_ms=percentile(client, 95),
    )


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `percent` of all do not exceed."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(percent / 100 * len(values)), 1) - 1]


def group(scores: Sequence[Score]) -> dict[str, list[Score]]:
    """The scores by what the tables show; groups without scores are left out.

    A typing style holds the Vietnamese questions in it, `overall` everything asked, `english` the
    English questions; persona, kind and why part the Vietnamese questions typed carefully.
    """
    vietnamese = [s for s in scores if s.question.language == "vi"]
    english = [s for s in scores if s.question.language == "en"]
    careful = [s for s in vietnamese if s.style == "careful"]
    whys = sorted({s.question.why for s in careful if s.question.why})
    groups = {style: [s for s in vietnamese if s.style == style] for style in STYLES} | {
        "overall": list(scores),
        "english": [s for s in english if s.style == "careful"],
        "english:sloppy": [s for s in english if s.style == "sloppy"],
    }
    for persona in PERSONAS:
        groups[f"persona:{persona}"] = [s for s in careful if s.question.persona == persona]
    for kind in KINDS:
        if kind != "refuse":
            groups[f"kind:{kind}"] = [s for s in careful if s.question.kind == kind]
    for why in whys:
        groups[f"why:{why}"] = [s for s in careful if s.question.why == why]
    return {name: members for name, members in groups.items() if members}


def summaries(scores: Sequence[Score]) -> dict[str, Summary]:
    """One row for each group."""
    return {name: summarise(members) for name, members in group(scores).items()}

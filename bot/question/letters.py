"""A letter read as what is asked in it and the story around that.

A record is found by the words of the whole letter and by the vector of its requests alone. Of 862
records the right one came first for .398 of the letters of evals/sets/voices_procedures.jsonl and
.386 of those of letters.jsonl (words and vector of the whole: .387 and .313; words of the requests
alone: .23 and .43): the story often names what the request only points back to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bot.question import rules
from bot.question.clauses import Clause, clauses, sentences
from bot.question.request_measures import measures
from knowledge.text import syllables

SHORT_WORDS = 40  # one sentence of no more words is a question: its clauses lean on each other
SURE = 0.0  # log-odds from which a clause asks
MIN_WORDS = 8  # fewer name nothing ("vậy tôi phải làm sao?"): what was told before goes with them
SAME = 0.7  # of the shorter of two requests' words: they ask one thing


@dataclass(frozen=True, slots=True)
class Letter:
    """What is asked, in the order written, and what is told."""

    requests: tuple[str, ...]  # verbatim; none where nothing is asked
    matter: str  # all but greeting and thanks
    asked: str  # the requests, with what they lean on; or what is wished; or all of it


class LetterReader:
    """Tells requests from the story; safe to call from many threads."""

    def __init__(self, weigh: Callable[[Mapping[str, float]], float]) -> None:
        """`weigh` gives the log-odds that a clause of such measures asks."""
        self._weigh = weigh

    def read(self, text: str) -> Letter | None:
        """The letter; None for a text that is one question, which is read as it is."""
        if is_short(text):
            return None
        parts = clauses(text)
        odds = self.odds(parts)
        requests = _distinct(_joined(text, parts, odds))
        asked = " ".join(requests)
        if not requests or len(requests[0].split()) < MIN_WORDS:
            asked = f"{_leant_on(parts, odds)} {asked}".strip()
        return Letter(tuple(requests), _matter(parts, odds) or text, asked or text)

    def odds(self, parts: Sequence[Clause]) -> list[float]:
        """The log-odds that each clause asks."""
        return [self._weigh(row) for row in measures(parts)]


def is_short(text: str) -> bool:
    """Whether a text is one question: no story stands around it."""
    return len(text.split()) <= SHORT_WORDS and len(sentences(text)) <= 1


def _joined(text: str, parts: Sequence[Clause], odds: Sequence[float]) -> Iterator[str]:
    """Neighbouring clauses of a sentence that ask are one request."""
    asking = zip(parts, odds, strict=True)
    for (asks, _), run in groupby(asking, lambda one: (one[1] > SURE, one[0].sentence)):
        if asks:
            held = [clause for clause, _ in run]
            yield text[held[0].start : held[-1].end]


def _leant_on(parts: Sequence[Clause], odds: Sequence[float]) -> str:
    """What is wished, and the sentence before the first request."""
    asking = [part.sentence for part, odd in zip(parts, odds, strict=True) if odd > SURE]
    before = min(asking, default=0) - 1
    return " ".join(
        part.text
        for part, odd in zip(parts, odds, strict=True)
        if odd <= SURE
        and not _polite(part)
        and (part.sentence == before or rules.search("letters.wishes", part.folded))
    )


def _polite(part: Clause) -> bool:
    """A greeting or thanks name whom one writes to, never what is asked."""
    return any(rules.search(f"letters.{name}", part.folded) for name in ("greets", "thanks"))


def _distinct(requests: Iterator[str]) -> list[str]:
    """Two wordings of one request are one; the longer says it."""
    kept: list[str] = []
    pairs: list[set[tuple[str, str]]] = []
    # Only requests that share a pair are compared: a text may be cut into two thousand of them.
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for request in requests:
        own = set(pairwise(syllables(request.lower())))
        shared = Counter(at for pair in own for at in holders[pair])
        alike = [at for at, n in shared.items() if n >= SAME * min(len(own), len(pairs[at]))]
        same = min(alike, default=len(kept))
        if same == len(kept):
            kept.append(request)
            pairs.append(set())
        elif len(request) <= len(kept[same]):
            continue
        for pair in pairs[same] - own:
            holders[pair].remove(same)
        for pair in own - pairs[same]:
            holders[pair].append(same)
        kept[same], pairs[same] = request, own
    return kept


def _matter(parts: Sequence[Clause], odds: Sequence[float]) -> str:
    return " ".join(
        part.text for part, odd in zip(parts, odds, strict=True) if odd > SURE or not _polite(part)
    )

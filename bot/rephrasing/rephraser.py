"""The language model's words for a composed answer, shown only where the evidence has them."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import structlog

from bot.answer.blocks import Block, Folded, Intro, Lead, Note, markers_of
from bot.errors import LanguageModelError
from bot.question import rules
from bot.rephrasing.model import LanguageModel
from bot.rephrasing.phrased import Phrased
from bot.rephrasing.usage import Usage
from bot.rephrasing.verifier import MARKER, Evidence, Verifier, values_in
from knowledge.text import UPPER, collapse, fold
from prompts.prompt import load_prompt
from prompts.text import Text, joined, reference
from prompts.wording import Wording
from retrieval.embedding import Embedder

log = structlog.get_logger("haicap.llm")

PROMPT = "rephrase"
MIN_KEPT_SHARE = 0.5  # of the model's sentences; a model that invents more is not quoted at all
MAX_SENTENCES = 12
MAX_REPEATS = 2  # of one sentence before the model is taken to be stuck
CACHED_ANSWERS = 256

_END = re.compile(
    rf"(?:(?<![A-ZĐ\d])[.!?…][\"”’)]*(?:\s*\[\d{{1,3}}\])*\.?|(?<=\d)\.(?:\s*\[\d{{1,3}}\])+\.?"
    rf"|\[\d{{1,3}}\]\.?(?=\s+[{UPPER}]))\s+(?=[^\s\[])|\n+"
)
_BULLET = re.compile(r"^(?:[-*•>#]+|\d{1,2}[.)])\s+")
_SIGNS_OF_A_PROMPT = re.compile(r"\[/?inst\]|<\|")  # folded; no words
_FENCE = re.compile(r"<{2,}|>{2,}|`{3,}")


class Phraser:
    """Asks the model and checks it sentence by sentence; safe to use from many threads."""

    def __init__(
        self,
        model: LanguageModel,
        embedder: Embedder,
        rarity: Callable[[str], float],
        say: Wording,
        context_chars: int,
    ) -> None:
        """`context_chars` bounds the evidence sent; `rarity` is of a folded syllable."""
        self._model, self._embedder, self._rarity, self._say = model, embedder, rarity, say
        self._context_chars = context_chars
        self._prompt = load_prompt(PROMPT)
        self._cache: OrderedDict[tuple[Any, ...], Phrased] = OrderedDict()
        self._lock = threading.Lock()

    def phrase(
        self,
        question: str,
        blocks: Sequence[Block],
        evidence: Sequence[Evidence],
        generation: str,
        tell: Callable[[str], None] | None = None,
    ) -> Phrased:
        """The model's verified sentences, or mode "composed" or "degraded" without any.

        Args:
            question: as it is answered.
            blocks: the composed answer, which must lose nothing that matters.
            evidence: what it cites.
            generation: of the documents; a cached answer is good for one alone.
            tell: called with each sentence once it is verified.
        """
        sendable = self._bounded(evidence)
        key = (question, generation, self._model.endpoint.model, self._prompt.id, tuple(sendable))
        with self._lock:
            known = self._cache.get(key)
            if known:
                self._cache.move_to_end(key)
        if known:
            for sentence in known.sentences:
                if tell:
                    tell(sentence)
            spent = asdict(Usage(0, 0))  # the tokens and the time were counted the first time
            return replace(known, record={**known.record, **spent, "outcome": "cached"})
        phrased = self._ask(question, blocks, sendable, tell)
        if phrased.mode == "model":
            with self._lock:
                self._cache[key] = phrased
                while len(self._cache) > CACHED_ANSWERS:
                    self._cache.popitem(last=False)
        return phrased

    def _ask(
        self,
        question: str,
        blocks: Sequence[Block],
        evidence: Sequence[Evidence],
        tell: Callable[[str], None] | None,
    ) -> Phrased:
        usage, kept, faults = Usage(), [], []
        verifier = Verifier(evidence, self._embedder, self._rarity)
        values = {"evidence": _shown(evidence), "question": _unfenced(question)}
        try:
            for sentence in _sentences(self._model.stream(self._prompt, values, usage)):
                verdict = verifier.check(sentence)
                if not verdict.stands:
                    faults.append(verdict.fault)
                elif sentence not in kept:
                    kept.append(sentence)
                    if tell:
                        tell(sentence)
        except LanguageModelError as error:
            milliseconds = round(usage.seconds * 1_000)
            log.warning("language model failed", reason=error.reason, ms=milliseconds)
            return Phrased("degraded", (), self._record(usage, 0, faults, error.reason))
        if not _enough(kept, faults, blocks):
            return Phrased("composed", (), self._record(usage, len(kept), faults, "too_little"))
        return Phrased("model", tuple(kept), self._record(usage, len(kept), faults, "model"))

    def _bounded(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Whole passages in order, as many as fit; what speaks to models is left out of them."""
        found, used = [], 0
        for one in map(_without_orders, evidence):
            used += len(one.text)
            if one.text and used <= self._context_chars:
                found.append(one)
        return found

    def _record(
        self, usage: Usage, kept: int, faults: Sequence[str | None], outcome: str
    ) -> dict[str, Any]:
        return {
            "prompt": self._prompt.id,
            "model": self._model.endpoint.model,
            "outcome": outcome,
            "kept": kept,
            "dropped": [str(f) for f in faults],
            **asdict(usage),
        }


def merged(blocks: Sequence[Block], sentences: Sequence[str], note: Note) -> list[Block]:
    """The model's sentences in place of the composed claims; what names no source stays.

    That is how a question was understood, dates, force, warnings and where to ask; and what is
    folded, which the sentences do not stand for.
    """
    folded = [at for at, block in enumerate(blocks) if isinstance(block, Folded)]
    named = [at for at, b in enumerate(blocks) if at not in folded and markers_of(b)]
    first = named[0] if named else 0
    plain = [
        (at, block)
        for at, block in enumerate(blocks)
        if at not in named and not isinstance(block, Intro)
    ]
    before = [block for at, block in plain if at < first]
    after = [block for at, block in plain if at > first]
    said = joined(map(_cited, sentences), " ")
    return [*before, Lead(said), *after, note]


def _cited(sentence: str) -> Text:
    """A verified sentence with its markers, as the model was told to write them."""
    parts = MARKER.split(sentence)
    return Text.of(*(reference(int(p)) if n % 2 else p for n, p in enumerate(parts)))


def _enough(kept: Sequence[str], faults: Sequence[str | None], blocks: Sequence[Block]) -> bool:
    """Whether what is left answers as well: most of what was said, and the value that answers."""
    if not kept or len(kept) < MIN_KEPT_SHARE * (len(kept) + len(faults)):
        return False
    first = next((block for block in blocks if markers_of(block)), None)
    value = first.value if isinstance(first, Lead) else ""
    return values_in(value) <= values_in(" ".join(kept))


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Whole sentences as they are finished, each with the markers behind it."""
    buffer, count = "", 0
    seen: dict[str, int] = {}
    for piece in pieces:
        buffer += piece
        while found := _END.search(buffer):
            sentence, buffer = buffer[: found.end()], buffer[found.end() :]
            if text := _tidy(sentence):
                seen[text] = seen.get(text, 0) + 1
                count += 1
                yield text
                if seen[text] > MAX_REPEATS or count >= MAX_SENTENCES:
                    return
    if text := _tidy(buffer):
        yield text


def _tidy(sentence: str) -> str:
    text = _BULLET.sub("", collapse(sentence)).replace("**", "").replace("`", "")
    text = re.sub(r"\s+([.,;:])", r"\1", text)
    return text if any(c.isalnum() for c in text) else ""


def _shown(evidence: Sequence[Evidence]) -> str:
    return "\n".join(
        f"[{e.marker}] {_unfenced(e.label)}, {_unfenced(e.locator)}: {_unfenced(e.text)}"
        for e in evidence
    )


def _unfenced(text: str) -> str:
    return collapse(_FENCE.sub(" ", text))


def _without_orders(evidence: Evidence) -> Evidence:
    kept = [s for s in re.split(r"(?<=[.;!?])\s+", evidence.text) if not _speaks(s)]
    above = "" if _speaks(evidence.above) else evidence.above
    return replace(evidence, text=" ".join(kept), above=above)


def _speaks(text: str) -> bool:
    folded = fold(text)
    orders = rules.search("verifying.speaks_to_models", folded)
    return bool(orders or _SIGNS_OF_A_PROMPT.search(folded))

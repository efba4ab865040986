"""Which source answers an ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.question.question import Ask
from bot.sources.source import Claim, Source


@dataclass(frozen=True, slots=True)
class Routed:
    """The claims on an ask, the chosen one first."""

    claims: tuple[Claim, ...]

    @property
    def chosen(self) -> Claim:
        """The claim that answers."""
        return self.claims[0]


class Router:
    """Compares what the sources claim; it knows nothing of any of them."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = tuple(sources)

    def route(self, ask: Ask) -> Routed:
        """The claims on an ask, best first; the documents always make one."""
        claims = [claim for source in self._sources if (claim := source.claim(ask))]
        return Routed(tuple(sorted(claims, key=lambda claim: -claim.odds)))

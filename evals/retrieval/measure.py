"""One retrieval set from its folder to its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evals.retrieval.ablation import ablate, table
from evals.retrieval.metrics import trec_lines
from evals.retrieval.run_file import Opened, StyleResult, opened, run_style
from evals.retrieval.sets import load_set
from evals.sets.typing_styles import TypingStyle
from retrieval.index import Progress

TAG: Final = "haicap"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SetResult:
    """A set in every typing style asked for; the first one leads."""

    opened: Opened
    embedder: str
    styles: dict[TypingStyle, StyleResult]
    table: str  # of the ablation; empty when none was asked for

    def runs(self) -> dict[TypingStyle, str]:
        """The lines of a TREC run file for each style."""
        return {style: trec_lines(result.run, TAG) for style, result in self.styles.items()}

    def as_json(self) -> dict[str, Any]:
        """What the command prints."""
        first = next(iter(self.styles.values()))
        return {
            "set": self.opened.data.name,
            "embedder": self.embedder,
            "documents": len(self.opened.data.documents),
            "passages": self.opened.passages,
            "queries": first.figures.queries,
            "ingest_s": round(self.opened.ingest_s, 2),
            "index_s": round(self.opened.index_s, 2),
            "metrics": first.figures.means,
            "styles": {style: _style(result) for style, result in self.styles.items()},
            "nDCG@10_of_careful": self.of_careful(),
        }

    def of_careful(self, measure: str = "nDCG@10") -> dict[str, float]:
        """Each style's figure as a share of careful typing's; empty without careful typing."""
        careful = self.styles.get("careful")
        base = careful.figures.means[measure] if careful else 0.0
        means = {style: result.figures.means[measure] for style, result in self.styles.items()}
        return {style: round(mean / base, 4) for style, mean in means.items()} if base else {}


def measure(
    folder: Path,
    embedder: str,
    styles: Sequence[TypingStyle],
    seed: int,
    data_dir: Path | None,
    tell: Tell,
    progress: Progress | None = None,
    *,
    tables: bool = False,
) -> SetResult:
    """Index the set in `folder` and ask its queries in each style.

    Args:
        folder: the set.
        embedder: as in the settings.
        styles: at least one.
        seed: of the typing styles.
        data_dir: keeps index and vectors for the next time; None: a temporary folder.
        tell: told what is done next.
        progress: told (done, total) while passages are embedded.
        tables: also try every part left out or changed.

    Raises:
        QuestionFileError: the set cannot be read.
    """
    data = load_set(folder)
    tell(f"{data.name}: {len(data.documents)} bài, {len(data.queries)} câu hỏi; đang lập chỉ mục")
    with opened(data, embedder, data_dir, progress) as ready:
        results: dict[TypingStyle, StyleResult] = {}
        for style in styles:
            tell(f"Đang hỏi: {style} ...")
            results[style] = run_style(ready, style, seed)
        text = table(data.name, ablate(ready, seed, tell)) if tables else ""
    return SetResult(ready, embedder, results, text)


def _style(result: StyleResult) -> dict[str, Any]:
    found = result.figures
    return {
        **found.means,
        "intervals_95": {name: list(interval) for name, interval in found.intervals.items()},
        "query_p50_ms": round(result.p50_ms, 1),
        "query_p95_ms": round(result.p95_ms, 1),
    }

"""The floors that CI holds, and which of them a measurement misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from evals.errors import QuestionFileError
from evals.scoring.metrics import MEASURES, Summary
from evals.scoring.people import PEOPLE_MEASURES
from evals.scoring.record_metrics import RECORD_MEASURES, RecordSummary
from evals.sets.halves import Half

FILE: Final = Path(__file__).parents[1] / "floors.yaml"
Rows = Mapping[str, Summary | RecordSummary]  # by group
Evaluation = Literal["questions", "dialogues", "sentences", "left_out", "people", "duties"]
KNOWN: Final[dict[Evaluation, tuple[str, ...]]] = {
    "questions": tuple(dict.fromkeys((*MEASURES, *RECORD_MEASURES))),
    "dialogues": ("understood", "left_alone", "right"),
    "sentences": ("precision", "recall"),
    "left_out": ("hit_at_1", "wrongly_refused", "refusal_recall"),
    "people": PEOPLE_MEASURES,
    "duties": ("recall", "precision", "dates", "partners"),
}


_Share = Annotated[float, Field(ge=0, le=1)]


class Floor(BaseModel):
    """One bound on one number of one group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: Evaluation = "questions"
    half: Half
    group: Annotated[str, Field(min_length=1)]
    measure: str
    at_least: _Share | None = None
    at_most: _Share | None = None
    measured: float | None = None  # what stood here when the floor was known to be missed

    @model_validator(mode="after")
    def _one_bound(self) -> Floor:
        if self.measure not in KNOWN[self.of]:
            known = ", ".join(KNOWN[self.of])
            raise ValueError(f"không có số đo {self.measure!r}; có: {known}")
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("cần đúng một trong at_least, at_most")
        return self

    def holds(self, value: float | None) -> bool:
        """Whether a measured value keeps the bound; what was not measured does not."""
        if value is None:
            return False
        if self.at_least is not None:
            return value >= self.at_least
        return self.at_most is not None and value <= self.at_most


def load_floors(path: Path = FILE, of: Evaluation = "questions") -> list[Floor]:
    """The floors of a YAML file for one evaluation.

    Raises:
        QuestionFileError: unreadable file, unknown name, or a floor without one bound.
    """
    try:
        listed = TypeAdapter(list[Floor]).validate_python(yaml.safe_load(path.read_text("utf-8")))
        return [floor for floor in listed if floor.of == of]
    except (OSError, yaml.YAMLError) as error:
        problem = f"không đọc được ({' '.join(str(error).split())})"
        raise QuestionFileError(path.name, problem, "Sửa tệp mức sàn") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "tệp"
        what = first["msg"].removeprefix("Value error, ")
        problem = f"{where}: {what} (có {first['input']!r})"
        raise QuestionFileError(path.name, problem, "Sửa mức sàn này") from error


def value_of(floor: Floor, halves: Mapping[Half, Mapping[str, Any]]) -> float | None:
    """What was measured for a floor; None where its half or group was not asked."""
    row = halves.get(floor.half, {}).get(floor.group)
    return None if row is None else getattr(row, floor.measure, None)


def missed(floors: Sequence[Floor], halves: Mapping[Half, Mapping[str, Any]]) -> list[Floor]:
    """The floors that do not hold, in file order."""
    return [floor for floor in floors if not floor.holds(value_of(floor, halves))]


def tell_missed(of: Evaluation, halves: Mapping[Half, Mapping[str, Any]]) -> bool:
    """Whether an evaluation misses a floor; each is printed."""
    misses = missed(load_floors(of=of), halves)
    for floor in misses:
        where = f"{floor.half}, {floor.group}, {floor.measure}"
        bound = f"từ {floor.at_least}" if floor.at_most is None else f"không quá {floor.at_most}"
        print(f"Chưa đạt mức sàn: {where}: {value_of(floor, halves)}, cần {bound}")
    return bool(misses)

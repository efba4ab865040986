"""Offices from a table that a commune filled in: every row good, or every bad cell told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from knowledge.offices.columns import (
    COLUMNS,
    HEADINGS,
    READERS,
    CellError,
    Column,
    columns_of,
)
from knowledge.offices.errors import OfficeError
from knowledge.offices.models import Kind, Office
from knowledge.offices.week import week_of
from knowledge.places.models import Commune
from knowledge.places.resolver import PlaceResolver
from knowledge.places.tables.csv_file import write_csv
from knowledge.places.tables.files import read_table
from knowledge.places.tables.table import Cell, Table, filled

_ROW = "dòng"  # where a whole row is wrong, not a cell
_OFFICIAL: Mapping[Kind, str] = {
    "one_stop": "Trung tâm Phục vụ hành chính công",
    "committee": "Uỷ ban nhân dân",
    "police": "Công an",
}
_SAYS: tuple[Column, ...] = ("address", "hours", "phones")  # one of them at least


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be taken."""

    row: int  # as a spreadsheet counts them, from 1
    column: str  # its heading
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"dòng {self.row}, cột {self.column!r}: {self.problem}. {self.mend}"


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """What a file holds."""

    offices: tuple[Office, ...]  # of the good rows
    problems: tuple[Problem, ...]

    @property
    def bad_rows(self) -> int:
        """How many rows cannot be taken."""
        return len({problem.row for problem in self.problems})


def read_offices(data: bytes, name: str, resolver: PlaceResolver, as_of: str = "") -> OfficeFile:
    """The offices of a CSV or XLSX file.

    Args:
        data: of the file.
        name: of the file, by its ending its format.
        resolver: knows the communes.
        as_of: ISO date, for rows that give none.

    Raises:
        PlaceTableError: it is no table.
        OfficeError: its first row does not head the columns.
    """
    table = read_table(data, name)
    columns = columns_of(table.rows[0])
    if "kind" not in columns or not {"code", "commune"} & set(columns):
        raise OfficeError(
            f"{name}: dòng 1 phải là tên cột, có {HEADINGS['kind']!r} và {HEADINGS['code']!r} "
            f"hoặc {HEADINGS['commune']!r}. Lấy tệp mẫu: haicap offices --template"
        )
    return _Reading(columns, resolver, as_of, table.broken).read(table.rows)


def template() -> bytes:
    """An empty table with its headings, which a spreadsheet opens with its marks."""
    return write_csv(Table([[HEADINGS[column] for column in COLUMNS]], "csv"))


class _Reading:
    """One table being read."""

    def __init__(
        self,
        columns: Mapping[Column, int],
        resolver: PlaceResolver,
        as_of: str,
        broken: frozenset[int],
    ) -> None:
        self._columns, self._resolver, self._as_of = columns, resolver, as_of
        self._broken = broken
        self._problems: list[Problem] = []

    def read(self, rows: Sequence[Sequence[Cell]]) -> OfficeFile:
        found: dict[tuple[str, Kind, str], Office] = {}
        for number, row in enumerate(rows[1:], 2):
            if not filled(row):
                continue
            office = self._office(number, row, too_wide=len(row) > len(rows[0]))
            if office and office.key in found:
                self._bad(number, "name", "trụ sở này đã có ở dòng trên", "Bỏ dòng thừa")
            elif office:
                found[office.key] = office
        return OfficeFile(tuple(found.values()), tuple(self._problems))

    def _bad(self, number: int, column: Column | None, problem: str, mend: str) -> None:
        heading = HEADINGS[column] if column else _ROW
        self._problems.append(Problem(number, heading, problem, mend))

    def _office(self, number: int, row: Sequence[Cell], *, too_wide: bool) -> Office | None:
        before = len(self._problems)
        if too_wide or number - 1 in self._broken:
            self._bad(
                number, None, "có nhiều ô hơn dòng tên cột", "Đặt ô có dấu phẩy trong ngoặc kép"
            )
            return None
        values = dict(self._values(number, row))
        commune = self._commune(number, values)
        self._complete(number, values)
        if len(self._problems) > before or commune is None:
            return None
        kind = cast(Kind, values["kind"])
        return Office(
            commune=commune.code,
            kind=kind,
            name=values["name"] or f"{_OFFICIAL[kind]} {_small(commune.name)}",
            address=values["address"],
            hours=values["hours"],
            week=week_of(values["hours"]),
            phones=values["phones"],
            email=values["email"],
            website=values["website"],
            note=values["note"],
            as_of=values["as_of"] or self._as_of,
            source=values["source"],
        )

    def _values(self, number: int, row: Sequence[Cell]) -> Iterator[tuple[Column, Any]]:
        """What each cell says; of one that is refused nothing."""
        for column in COLUMNS:
            at = self._columns.get(column, len(row))
            try:
                yield column, READERS[column](row[at] if at < len(row) else None)
            except CellError as error:
                self._bad(number, column, error.problem, error.mend)

    def _complete(self, number: int, values: Mapping[Column, Any]) -> None:
        """Tells what is missing; of what was refused that was told."""
        if not values.get("source", "refused"):
            self._bad(number, "source", "còn trống", "Ghi ai cung cấp, như UBND phường")
        if not values.get("as_of", "refused") and not self._as_of:
            self._bad(number, "as_of", "còn trống", "Ghi ngày, hoặc thêm --as-of 2026-11-01")
        if not any(values.get(column, "refused") for column in _SAYS):
            self._bad(
                number, None, "không có gì để trả lời", "Ghi địa chỉ, giờ làm việc hoặc điện thoại"
            )

    def _commune(self, number: int, values: Mapping[Column, Any]) -> Commune | None:
        """The commune that a row names, by its code, its name or both."""
        code, name = values.get("code", ""), values.get("commune", "")
        by_code = self._resolver.catalogue.communes.get(code)
        if code and by_code is None:
            self._bad(
                number, "code", f"không có xã mã {code}", 'Tra mã: haicap places "TÊN XÃ, TỈNH"'
            )
            return None
        if not name:
            if not code and "code" in values:
                self._bad(number, "code", "còn trống", "Ghi mã xã, hoặc tên xã và tỉnh")
            return by_code
        by_name = self._named(number, name, values.get("province", ""))
        if by_code and by_name and by_code is not by_name:
            self._bad(
                number,
                "code",
                f"mã {code} là {by_code.address}, không phải {name}",
                "Sửa mã hoặc tên",
            )
        return by_name

    def _named(self, number: int, name: str, province: str) -> Commune | None:
        found = self._resolver.resolve(f"{name}, {province}" if province else name)
        commune = found.commune
        if commune and found.status == "current" and found.how != "slip":
            return commune
        if commune and found.old:
            self._bad(
                number,
                "commune",
                f"{name!r} nay là {commune.address}",
                f"Ghi tên mới, hoặc mã {commune.code}",
            )
        elif found.status == "ambiguous":
            self._bad(
                number,
                "province",
                f"có {len(found.options)} nơi tên {name!r}",
                "Ghi tỉnh, hoặc mã xã",
            )
        else:
            near = f" (có phải {found.near[0]}?)" if found.near else ""
            self._bad(number, "commune", f"không thấy xã {name!r}{near}", "Sửa tên, hoặc ghi mã xã")
        return None


def _small(name: str) -> str:
    """A name as it stands inside another one: "phường Sài Gòn"."""
    return name[:1].lower() + name[1:]

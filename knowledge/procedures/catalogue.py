"""All procedures together: ours, and those of the national portal that ours do not cover."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.procedures.models import Group, Procedure, Rule
from knowledge.text import collapse, fold

_CODE = re.compile(r"(?<![\d.])(\d)\.(\d{6})(?:\.\w+)*(?!\d)")
_RANGE = re.compile(r"(\d)\.(\d{6})\s*[–-]\s*(\d)\.(\d{6})")
_MAX_RANGE = 100


class Catalogue:
    """Procedures by id and by code; ours win over an import with the same code or name."""

    def __init__(
        self,
        own: Sequence[Procedure],
        rules: Sequence[Rule] = (),
        imported: Iterable[Procedure] = (),
        groups: Sequence[Group] = (),
        words: Sequence[tuple[str, ...]] = (),
    ) -> None:
        """`words` are words of one meaning, a tuple a meaning."""
        self.own, self.rules, self.groups = tuple(own), tuple(rules), tuple(groups)
        self.words = tuple(words)
        taken = {code for p in own for code in codes_of(p)}
        names = {plain_name(p.name) for p in own}
        self.imported = tuple(
            p for p in imported if not taken & set(codes_of(p)) and plain_name(p.name) not in names
        )
        self._by_id = {p.id: p for p in (*self.imported, *self.own)}
        self._by_code = {c: p for p in (*self.imported, *self.own) for c in codes_of(p)}

    @property
    def all(self) -> tuple[Procedure, ...]:
        """Ours first, then the imported ones."""
        return (*self.own, *self.imported)

    def get(self, procedure_id: str) -> Procedure | None:
        """One procedure, or None."""
        return self._by_id.get(procedure_id)

    def by_code(self, code: str) -> Procedure | None:
        """The procedure that bears this code, such as "1.001193", or None."""
        return self._by_code.get(code)

    def rule(self, rule_id: str) -> Rule:
        """One general rule.

        Raises:
            KeyError: there is no such rule.
        """
        return {rule.id: rule for rule in self.rules}[rule_id]

    def fields(self) -> dict[str, tuple[Procedure, ...]]:
        """Our procedures by field, in the order of the fields' names."""
        grouped: dict[str, list[Procedure]] = {}
        for procedure in self.own:
            grouped.setdefault(procedure.field, []).append(procedure)
        return {field: tuple(grouped[field]) for field in sorted(grouped, key=fold)}


def find_codes(text: str) -> tuple[str, ...]:
    """Codes of the national portal in `text`, as "1.001193"."""
    return tuple(f"{m[1]}.{m[2]}" for m in _CODE.finditer(text))


def codes_of(procedure: Procedure) -> tuple[str, ...]:
    """Every code a record stands for; "1.010801–1.010833" is all of that range."""
    found: list[str] = []
    for code in procedure.codes:
        found += find_codes(code.text)
        for match in _RANGE.finditer(code.text):
            first, last = int(match[2]), int(match[4])
            if match[1] == match[3] and 0 < last - first <= _MAX_RANGE:
                found += [f"{match[1]}.{number:06d}" for number in range(first, last + 1)]
    return tuple(dict.fromkeys(found))


def plain_name(name: str) -> str:
    """A name to compare by: folded, without "Thủ tục" in front or marks around."""
    folded = re.sub(r"[^\w ]+", " ", fold(name))
    return collapse(folded).removeprefix("thu tuc ")

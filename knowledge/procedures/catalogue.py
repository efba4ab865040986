"""All procedures together, one record a matter: ours and those of the national portal."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from knowledge.procedures.bodies import DISTRICT_LEVEL
from knowledge.procedures.cases import load_case_rules
from knowledge.procedures.merging import filled, one_a_code
from knowledge.procedures.models import CASES, Case, Group, Procedure, Rule
from knowledge.text import collapse, fold

_CODE = re.compile(r"(?<![\d.])(\d)\.(\d{6})(?:\.\w+)*(?!\d)")
_RANGE = re.compile(r"(\d)\.(\d{6})\s*[–-]\s*(\d)\.(\d{6})")
_MAX_RANGE = 100


class Catalogue:
    """Procedures by id and by code: ours, filled from the portal's where ours show nothing.

    A record of ours with one code (or the portal's own name) is that procedure: the portal's row
    goes into it and stands nowhere else. One with several codes, or with a code that it says to be
    of a part ("2.002481 (THCS)"), is broader than its rows: "căn cước" is a first card, a child's,
    an exchange and a new one for a lost one, each with a time and a level of its own. Those rows
    stay findable beside it: of the seven such records of ours that the portal's 808 rows meet, none
    says of each of its rows what that row does.
    """

    def __init__(
        self,
        own: Sequence[Procedure],
        rules: Sequence[Rule] = (),
        portal: Iterable[Procedure] = (),
        groups: Sequence[Group] = (),
        words: Sequence[tuple[str, ...]] = (),
    ) -> None:
        """Merge what bears one code.

        Args:
            own: our records.
            rules: the general rules on filing.
            portal: rows of the portal, those that ship before those that were imported.
            groups: words that fit several of our records.
            words: words of one meaning, a tuple a meaning.
        """
        self.rules, self.groups, self.words = tuple(rules), tuple(groups), tuple(words)
        rows = one_a_code(portal)
        shared = _Shared(rows)
        self.own = tuple(shared.fill(p) for p in own)
        self.portal = tuple(row for row in rows if row.id not in shared.absorbed)
        self._superseded = _superseded(self.portal)
        self._by_id = {p.id: p for p in (*self.portal, *self.own)}
        self._by_code = self._codes(own)
        self._rows = rows

    def _codes(self, own: Sequence[Procedure]) -> dict[str, Procedure]:
        """Who answers for a code: ours, unless all that ours says is the portal's word."""
        remembered = {p.id for p in own if p.memory}
        filled = [p for p in self.own if p.id in remembered]
        certain = [p for p in self.own if p.id not in remembered]
        return {c: p for p in (*filled, *self.portal, *certain) for c in codes_of(p)}

    @property
    def all(self) -> tuple[Procedure, ...]:
        """What is searched: ours first, then the portal's, without what the communes took over."""
        kept = (p for p in self.portal if p.id not in self._superseded)
        return (*self.own, *kept)

    def get(self, procedure_id: str) -> Procedure | None:
        """One procedure by its id or by its code, or None."""
        return self._by_id.get(procedure_id) or self._by_code.get(procedure_id)

    def by_code(self, code: str) -> Procedure | None:
        """The procedure that bears this code, such as "1.001193", or None."""
        return self._by_code.get(code)

    def neighbour(self, procedure: Procedure, case: Case) -> Procedure | None:
        """Who covers another case of a procedure's matter; None where nobody is known to.

        Named in the record or in ours of its code, else the portal's procedure of the same name but
        for the words of its cases.
        """
        ours = (self._by_code.get(code) for code in codes_of(procedure))
        others = (dict(p.neighbours).get(case) for p in (procedure, *ours) if p)
        named = next((other for other in others if other), None)
        if named:
            return self.get(named) or self.by_code(named)
        return None if case in procedure.cases else self._families.other(procedure, case)

    def neighbours(self, procedure: Procedure, cases: Collection[str]) -> list[Procedure]:
        """Who covers each of the cases told that a procedure does not, in the order of CASES."""
        others = (self.neighbour(procedure, case) for case in CASES if case in cases)
        return [other for other in others if other]

    @functools.cached_property
    def _families(self) -> _Families:
        """Read off the names when first asked for: .2 s that a start need not wait for."""
        return _Families(self._rows, self._by_code)

    def rule(self, rule_id: str) -> Rule:
        """One general rule.

        Raises:
            KeyError: there is no such rule.
        """
        return {rule.id: rule for rule in self.rules}[rule_id]

    def fields(self) -> dict[str, tuple[Procedure, ...]]:
        """Our procedures by field, in the order of the fields' names."""
        return _by_field(self.own)

    def portal_fields(self) -> dict[str, tuple[Procedure, ...]]:
        """The portal's procedures by field, in the order of the fields' names."""
        return _by_field(self.all[len(self.own) :])


class _Shared:
    """The portal's rows, found by what our records bear."""

    def __init__(self, rows: Sequence[Procedure]) -> None:
        self._by_code = {code: row for row in rows for code in codes_of(row)}
        self._by_name = {plain_name(row.name): row for row in rows}
        self.absorbed: set[str] = set()

    def fill(self, own: Procedure) -> Procedure:
        codes = codes_of(own)
        rows = [self._by_code[code] for code in codes if code in self._by_code]
        named = self._by_name.get(plain_name(own.name))
        remarked = any("(" in code.text for code in own.codes)  # "2.002481 (THCS)": a part of it
        broad = len(codes) > 1 or remarked
        if named and not broad and named not in rows:
            rows.append(named)
        if not broad:
            self.absorbed.update(row.id for row in rows)
        whole = not broad or (len(rows) == len(codes) and not remarked)
        return filled(own, rows, whole)


class _Families:
    """Rows of one matter: the same name but for the words of their cases."""

    def __init__(self, rows: Sequence[Procedure], by_code: Mapping[str, Procedure]) -> None:
        rules = load_case_rules()
        self._stems = {code: rules.stem(row.name) for row in rows for code in codes_of(row)}
        self._members: dict[str, list[tuple[Procedure, Procedure]]] = {}
        for row in rows:
            shown = next((by_code[c] for c in codes_of(row) if c in by_code), row)
            self._members.setdefault(rules.stem(row.name), []).append((row, shown))

    def other(self, procedure: Procedure, case: Case) -> Procedure | None:
        """The member that covers a case, and else differs least from the record."""
        wanted = set(procedure.cases) - {"first"} | {case}
        stems = dict.fromkeys(s for c in codes_of(procedure) if (s := self._stems.get(c)))
        found = [
            (len(wanted ^ set(row.cases)), row.level != procedure.level, row.id, shown)
            for stem in stems
            for row, shown in self._members[stem]
            if case in row.cases and shown is not procedure
        ]
        return min(found, key=lambda member: member[:3])[3] if found else None


def _superseded(portal: Sequence[Procedure]) -> frozenset[str]:
    """Ids of what the portal still has at the district and, under the same name, elsewhere too."""
    bare = [(p, plain_name(re.sub(r"\([^()]*\)", " ", p.name))) for p in portal]
    standing = {name for p, name in bare if DISTRICT_LEVEL not in p.flags}
    return frozenset(p.id for p, name in bare if DISTRICT_LEVEL in p.flags and name in standing)


def _by_field(procedures: Iterable[Procedure]) -> dict[str, tuple[Procedure, ...]]:
    grouped: dict[str, list[Procedure]] = {}
    for procedure in procedures:
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

"""One record from several: the portal's rows of one code, and our records with the portal's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from knowledge.procedures.models import FIELDS, WAYS, Check, Code, FieldName, Part, Procedure, Way

MAX_TOLD_APART = 6  # rows whose values one record tells by name; more would be a list, no answer


def one_a_code(rows: Iterable[Procedure]) -> tuple[Procedure, ...]:
    """The portal's rows with those of one code made one, in the order that the codes came."""
    found: dict[str, Procedure] = {}
    for row in rows:
        code = row.codes[0].text if row.codes else row.id
        found[code] = joined(found[code], row) if code in found else row
    return tuple(found.values())


def joined(first: Procedure, second: Procedure) -> Procedure:
    """Two rows of one code: each field as the newer one shows it, else as the other does.

    Of two from the same month the second counts as newer: the export that somebody imported has
    the papers and the steps.
    """
    newer, older = (first, second) if first.as_of > second.as_of else (second, first)
    values: dict[str, Any] = {
        name: older.parts(name)
        for name in FIELDS
        if name != "where" and not newer.shown(name) and older.shown(name)
    }
    if not newer.shown("where"):
        values["ways"] = older.ways
    kept = {"where" if name == "ways" else name for name in values}
    if kept and older.as_of != newer.as_of:
        values = {name: _dated(parts, older.as_of) for name, parts in values.items()}
        values["checked"] = tuple(dict.fromkeys((*newer.checked, *older.checked)))
    return replace(
        newer,
        id=first.id,
        aliases=tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        cases=first.cases or second.cases,
        neighbours=first.neighbours or second.neighbours,
        source_url=second.source_url or first.source_url,
        **values,
    )


def filled(own: Procedure, rows: Sequence[Procedure], whole: bool) -> Procedure:
    """Our record with the portal's word in each field of which it shows nothing itself.

    Args:
        own: our record.
        rows: the portal's rows that bear one of its codes.
        whole: they are all that it stands for; where they are not, or differ, each value is told
            with the name of its row.
    """
    if not rows or len(rows) > MAX_TOLD_APART:
        return own
    values: dict[str, Any] = {}
    taken = [n for n in FIELDS if not own.shown(n) and any(row.shown(n) for row in rows)]
    for name in taken:
        if name == "where":
            values["ways"] = _ways(rows, whole)
        else:
            values[name] = _told(name, rows, whole)
    if whole and len(rows) == 1:
        values["aliases"] = tuple(dict.fromkeys((*own.aliases, *rows[0].aliases)))
        values["source_url"] = own.source_url or rows[0].source_url
    if not taken:
        return replace(own, **values)
    sources = (check for row in rows for check in row.checked)
    return replace(
        own,
        codes=_codes(own, rows),
        memory=False,
        checked=_checks(own, sources),
        flags=tuple(dict.fromkeys((*own.flags, *_flags(values, rows)))),
        **values,
    )


def _told(name: FieldName, rows: Sequence[Procedure], whole: bool) -> tuple[Part, ...]:
    told = [(row, _dated(row.shown(name), row.as_of)) for row in rows]
    return _apart(told, (whole and len({parts for _, parts in told}) == 1) or name == "legal_basis")


def _apart(told: Sequence[tuple[Procedure, tuple[Part, ...]]], plain: bool) -> tuple[Part, ...]:
    """The parts of rows, with the row's name in front unless all rows say the same."""
    parts = (
        part if plain else replace(part, text=f"{row.name}: {part.text}")
        for row, parts in told
        for part in parts
    )
    return tuple(dict.fromkeys(parts))


def _ways(rows: Sequence[Procedure], whole: bool) -> tuple[tuple[Way, tuple[Part, ...]], ...]:
    found = []
    for way in WAYS:
        told = [(row, _dated(row.way(way), row.as_of)) for row in rows if row.way(way)]
        texts = {frozenset(re.split(r"[,()] ?", p.text)) for _, parts in told for p in parts}
        if told:  # "A, B" and "B, A" are one place
            same = whole and len(texts) == 1 and len(told) == len(rows)
            found.append((way, _apart(told[:1] if same else told, same)))
    return tuple(found)


def _dated(parts: Any, as_of: str) -> Any:
    """Parts (or ways of parts) that bear the month of their data."""
    return tuple(
        replace(part, as_of=part.as_of or as_of)
        if isinstance(part, Part)
        else (part[0], _dated(part[1], as_of))
        for part in parts
    )


def _codes(own: Procedure, rows: Sequence[Procedure]) -> tuple[Code, ...]:
    """Its codes; one that we only remembered is now the portal's word."""
    held = [row.codes[0] for row in rows if row.codes]
    texts = [code.text for code in held]
    kept = [c for c in own.codes if not any(c.text.startswith(text) for text in texts)]
    return own.codes if all(c.certainty == "verified" for c in own.codes) else (*held, *kept)


def _checks(own: Procedure, others: Iterable[Check]) -> tuple[Check, ...]:
    mine = () if own.memory else own.checked
    return tuple(dict.fromkeys((*mine, *others)))


def _flags(values: dict[str, Any], rows: Sequence[Procedure]) -> tuple[str, ...]:
    """The portal's own warnings, where what they warn of was taken."""
    if not {"decided_by", "ways"} & set(values):
        return ()
    return tuple(flag for row in rows for flag in row.flags)

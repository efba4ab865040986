"""Records of other kinds than documents, such as imported procedures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from knowledge.store.database import BATCH, Database

TABLES = sa.MetaData()
_RECORDS = sa.Table(
    "records",
    TABLES,
    sa.Column("kind", sa.String(40), primary_key=True),  # such as "portal-procedure"
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
)


class Records:
    """The records in one database."""

    def __init__(self, database: Database) -> None:
        database.create(TABLES)
        self._database = database

    def of_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        """Id -> payload of every record of this kind, by id."""
        chosen = (
            sa.select(_RECORDS.c.id, _RECORDS.c.payload)
            .where(_RECORDS.c.kind == kind)
            .order_by(_RECORDS.c.id)
        )
        with self._database.reading() as connection:
            return {row.id: dict(row.payload) for row in connection.execute(chosen)}

    def save(
        self, kind: str, rows: Mapping[str, Mapping[str, Any]], gone: Collection[str] = ()
    ) -> None:
        """Add or replace records of one kind and delete those `gone`, all of it or nothing."""
        values = [{"kind": kind, "id": i, "payload": dict(payload)} for i, payload in rows.items()]
        ids = list({**rows, **dict.fromkeys(gone)})
        with self._database.changing() as connection:
            for at in range(0, len(ids), BATCH):
                known = _RECORDS.c.id.in_(ids[at : at + BATCH])
                connection.execute(sa.delete(_RECORDS).where((_RECORDS.c.kind == kind) & known))
            if values:
                connection.execute(sa.insert(_RECORDS), values)

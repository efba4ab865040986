"""Vectors once computed, by embedder and text: what `retrieval.index.VectorCache` asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from knowledge.store.database import BATCH, Database

TABLES = sa.MetaData()
_VECTORS = sa.Table(
    "vectors",
    TABLES,
    sa.Column("fingerprint", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)


class Vectors:
    """The vectors in one database."""

    def __init__(self, database: Database) -> None:
        database.create(TABLES)
        self._database = database

    def vectors(self, fingerprint: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The vectors of `keys`, as float32 bytes; unknown keys are left out."""
        found: dict[str, bytes] = {}
        with self._database.reading() as connection:
            for at in range(0, len(keys), BATCH):
                part = list(keys[at : at + BATCH])
                where = (_VECTORS.c.fingerprint == fingerprint) & _VECTORS.c.key.in_(part)
                rows = connection.execute(sa.select(_VECTORS.c.key, _VECTORS.c.vector).where(where))
                found |= {key: bytes(vector) for key, vector in rows}
        return found

    def save_vectors(self, fingerprint: str, rows: Mapping[str, bytes]) -> None:
        """Keep vectors that `vectors` did not know."""
        values = [{"fingerprint": fingerprint, "key": k, "vector": v} for k, v in rows.items()]
        if not values:
            return
        with self._database.changing() as connection:
            connection.execute(self._database.insert_or_keep(_VECTORS), values)

"""What bears a name: the records by each of their names, folded."""

from __future__ import annotations

from knowledge.procedures.catalogue import Catalogue
from knowledge.text import fold


class Things:
    """The names of a catalogue's records, those of several left out."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._owners: dict[str, str] = {}
        for procedure in catalogue.all:
            for name in (procedure.name, *procedure.aliases):
                key = fold(name)
                same = self._owners.setdefault(key, procedure.id) == procedure.id
                self._owners[key] = procedure.id if same else ""

    def __call__(self, folded: str) -> str:
        """The id of the one record that bears a name; else empty."""
        return self._owners.get(folded, "")

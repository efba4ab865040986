"""The commune whose point in the installed data is nearest to a position."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from knowledge.places.models import Commune
from knowledge.places.units.catalogue import load_catalogue
from knowledge.places.units.installed import read_rows

POINTS_AS_OF: Final = "2025-10"  # month of the installed data
MAX_KM: Final = 30.0  # farther from every point is at sea or abroad
_EARTH_KM: Final = 6_371.0


@dataclass(frozen=True, slots=True)
class NearestCommune:
    """A commune and how far its point is; no boundary is known, so it is a guess."""

    commune: Commune
    km: float


def nearest_commune(latitude: float, longitude: float) -> NearestCommune | None:
    """The nearest commune, or None farther than `MAX_KM` from all of them.

    Args:
        latitude: degrees north, -90 to 90.
        longitude: degrees east, -180 to 180.

    Raises:
        PlaceDataError: the installed data cannot be read.
    """
    codes, points = _points()
    here = np.radians([latitude, longitude])
    half = np.sin((points - here) / 2) ** 2  # haversine
    chord = half[:, 0] + np.cos(points[:, 0]) * math.cos(here[0]) * half[:, 1]
    km = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    nearest = int(km.argmin())
    if km[nearest] > MAX_KM:
        return None
    return NearestCommune(load_catalogue().communes[codes[nearest]], float(km[nearest]))


@cache
def _points() -> tuple[tuple[str, ...], np.ndarray]:
    """Codes, and (n_communes, 2) latitude and longitude in radians."""
    known = load_catalogue().communes
    rows = read_rows(
        "SELECT wardCode, wardLat, wardLon FROM admin_units"
        " WHERE wardLat IS NOT NULL AND wardLon IS NOT NULL"
    )
    kept = [row for row in rows if row[0] in known]
    return tuple(row[0] for row in kept), np.radians([[row[1], row[2]] for row in kept])

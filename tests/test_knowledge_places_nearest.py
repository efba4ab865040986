"""The commune nearest to a position: a guess by points, never by boundaries."""

from __future__ import annotations

import pytest

from knowledge.places.nearest import MAX_KM, nearest_commune


@pytest.mark.parametrize(
    ("latitude", "longitude", "name", "province"),
    [
        (10.7769, 106.7009, "Phường Sài Gòn", "Thành phố Hồ Chí Minh"),
        (21.0285, 105.8542, "Phường Hoàn Kiếm", "Thành phố Hà Nội"),
        (8.6906, 106.6086, "Đặc khu Côn Đảo", "Thành phố Hồ Chí Minh"),
    ],
)
def test_known_places(latitude: float, longitude: float, name: str, province: str) -> None:
    found = nearest_commune(latitude, longitude)
    assert found
    assert (found.commune.name, found.commune.province.name) == (name, province)
    assert 0 <= found.km < 2


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(48.85, 2.35), (12.0, 112.5), (90, 0), (-90, 180), (0, -180)]
)
def test_far_from_every_commune(latitude: float, longitude: float) -> None:
    assert nearest_commune(latitude, longitude) is None


def test_the_distance_is_that_of_the_globe() -> None:
    here = nearest_commune(21.0285, 105.8542)
    north = nearest_commune(21.0285 + 0.001, 105.8542)
    assert here
    assert north
    assert abs(here.km - north.km) <= 0.112  # a thousandth of a degree is 111 m
    assert here.km < MAX_KM

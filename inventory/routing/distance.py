"""Kilometres between two points of the earth."""

from math import asin, cos, radians, sin, sqrt

from inventory.routing.facts import Point

EARTH_KM = 6371.0088  # mean radius, IUGG


def km(a: Point, b: Point) -> float:
    """Great-circle distance (haversine). Roads are longer; for choosing the nearest of some places it serves."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(h))

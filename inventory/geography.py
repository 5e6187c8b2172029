"""Where postal codes lie: looked up once per process and kept."""

from collections.abc import Collection

from inventory.routing.facts import Point
from oms.kernel.db import fetch

MOST_KEPT = 50_000
SHORTEST = 2
_kept: dict[tuple[str, str], Point | None] = {}

READ = """
SELECT p.country, p.code, p.latitude, p.longitude FROM inventory_postalpoint p
JOIN unnest(%s::text[], %s::text[]) AS w(country, code) ON (p.country, p.code) = (w.country, w.code)
"""


def points_at(codes: Collection[tuple[str, str]]) -> dict[tuple[str, str], Point | None]:
    """The point of each (country, postal code): its own, else that of the longest known beginning, else None."""
    asked = {code: normal(*code) for code in codes}
    if missing := {key for key in asked.values() if key not in _kept}:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        _kept.update(_read(missing))
    return {code: _kept.get(key) for code, key in asked.items()}


def point_at(country: str, postal_code: str) -> Point | None:
    """The point of one postal code; see `points_at`."""
    return points_at([(country, postal_code)])[country, postal_code]


def normal(country: str, postal_code: str) -> tuple[str, str]:
    """As the table has them: upper case, without spaces."""
    return country.strip().upper(), "".join(postal_code.split()).upper()[:10]


def forget(**kwargs: object) -> None:
    """Look everything up anew."""
    _kept.clear()


def _read(missing: Collection[tuple[str, str]]) -> dict[tuple[str, str], Point | None]:
    beginnings = {(country, code[:n]) for country, code in missing for n in range(SHORTEST, len(code) + 1)}
    columns = [[country for country, _ in beginnings], [code for _, code in beginnings]]
    found = {(country, code): (lat, lon) for country, code, lat, lon in fetch(READ, columns)} if beginnings else {}
    return {
        (country, code): next(
            (found[country, code[:n]] for n in range(len(code), SHORTEST - 1, -1) if (country, code[:n]) in found), None
        )
        for country, code in missing
    }

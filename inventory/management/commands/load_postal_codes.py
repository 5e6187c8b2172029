"""`manage.py load_postal_codes FILE --country IN`: where postal codes lie, from a CSV (also gzipped) such as GeoNames gives out."""

import csv
import gzip
from collections import defaultdict
from pathlib import Path
from statistics import median

from django.core.management.base import BaseCommand, CommandError

from inventory.geography import forget, normal
from inventory.models import PostalPoint

CODE = ("postal_code", "postcode", "zipcode", "pincode", "code")
LATITUDE, LONGITUDE = ("latitude", "lat"), ("longitude", "lng", "lon")
BOXES = {"IN": ((6.0, 38.0), (68.0, 98.0)), "AU": ((-56.0, -9.0), (72.0, 169.0))}  # with their islands


class Command(BaseCommand):
    help = "Load postal codes with latitude and longitude; a code with several rows gets the middle of them."

    def add_arguments(self, parser) -> None:
        parser.add_argument("file")
        parser.add_argument("--country", required=True, help="two letters, like IN or AU")

    def handle(self, *args, **options) -> None:
        country, path = options["country"].strip().upper(), Path(options["file"])
        if len(country) != 2 or not path.is_file():
            raise CommandError("Name a file that is there and a country of two letters.")
        found, left_out = read(path, country)
        rows = [
            PostalPoint(country=country, code=code, latitude=median(lat), longitude=median(lon))
            for code, (lat, lon) in found.items()
        ]
        PostalPoint.objects.bulk_create(
            rows, batch_size=5000, update_conflicts=True, unique_fields=["country", "code"],
            update_fields=["latitude", "longitude"],
        )  # fmt: skip
        forget()
        self.stdout.write(
            f"{country}: {len(rows)} postal codes loaded, {left_out} rows left out (no place in {country})"
        )


def read(path: Path, country: str) -> tuple[dict[str, tuple[list[float], list[float]]], int]:
    """Latitudes and longitudes by code, and how many rows had none that lies in the country."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file:
        sheet = csv.DictReader(file)
        names = [_column(sheet.fieldnames or [], wanted) for wanted in (CODE, LATITUDE, LONGITUDE)]
        found: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
        left_out = 0
        for row in sheet:
            code, *texts = (row[name] or "" for name in names)
            point = _point(texts, country)
            if point is None or not code.strip():
                left_out += 1
                continue
            lat, lon = found[normal(country, code)[1]]
            lat.append(point[0])
            lon.append(point[1])
    return found, left_out


def _column(names, wanted: tuple[str, ...]) -> str:
    column = next((n for n in names if n.strip().lower() in wanted), None)
    if column is None:
        raise CommandError(f"The file needs a column named one of: {', '.join(wanted)}.")
    return column


def _point(texts: list[str], country: str) -> tuple[float, float] | None:
    try:
        lat, lon = map(float, texts)
    except ValueError:
        return None
    (south, north), (west, east) = BOXES.get(country, ((-90.0, 90.0), (-180.0, 180.0)))
    return (lat, lon) if south <= lat <= north and west <= lon <= east else None

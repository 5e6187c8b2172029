"""What a fresh house knows of the map: the middle of each postal district of India and Australia.

`centroids.csv` holds medians that we computed per first two and three digits, rounded to 0.01 degree, from GeoNames postal
codes (CC BY 4.0, geonames.org) and, for India, data.gov.in's list as published by the project indian-pincode (MIT). Exact
codes come from a file of one's own: `manage.py load_postal_codes`.
"""

import csv
from pathlib import Path

from django.db import connection

CENTROIDS = Path(__file__).with_name("centroids.csv")


def seed() -> None:
    """Add what is missing; never changes what is there."""
    with CENTROIDS.open() as file:
        columns = list(zip(*list(csv.reader(file))[1:], strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_postalpoint (country, code, latitude, longitude) "
            "SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[], %s::float8[]) ON CONFLICT DO NOTHING",
            [list(column) for column in columns],
        )

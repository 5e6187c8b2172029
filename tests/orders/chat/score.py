"""How much of a sample was read right: one point for every line and every field that is there, or was read."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from orders.chat.read import read_message
from orders.chat.reading import Reading
from tests.orders.chat.catalogue import shop_catalogue

HERE = Path(__file__).parent
TODAY = date(2026, 3, 4)  # a Wednesday
FIELDS = ("customer_name", "phone", "email", "line1", "city", "state", "postal_code", "country", "payment", "paid",
          "reference", "wanted_on", "same_as_last")  # fmt: skip


def reading_of(sample: dict, **more) -> Reading:
    country = sample.get("shop") or sample.get("country") or ("AU" if sample["name"].startswith("au") else "IN")
    return read_message(sample["message"], more.get("catalogue") or shop_catalogue(), country, TODAY)


def flat(reading: Reading) -> dict:
    a, p = reading.address, reading.payment
    return {"customer_name": reading.customer_name, "phone": reading.phone, "email": reading.email, "line1": a.line1, "city": a.city,
            "state": a.state, "postal_code": a.postal_code, "country": a.country if not a.is_empty() else "", "payment": p.kind,
            "paid": p.is_paid, "reference": p.reference, "wanted_on": reading.wanted_on, "same_as_last": reading.same_as_last}  # fmt: skip


def samples(folder: str) -> list[dict]:
    return [tomllib.loads(p.read_text()) | {"name": p.stem} for p in sorted((HERE / folder).glob("*.toml"))]


def points(sample: dict) -> Iterator[tuple[str, bool, str]]:
    """(what, read right, the difference) for each line and each field that is expected or was read."""
    reading = reading_of(sample)
    read = flat(reading)
    for name in FIELDS:
        wanted, got = sample.get(name) or None, read[name] or None
        if wanted or got:
            yield "field", wanted == got, f"{name}: {got!r}, not {wanted!r}"
    left = [(line.sku, line.qty) for line in reading.lines]
    for line in sample.get("lines", []):
        pair = (line["sku"], line["qty"])
        if right := pair in left:
            left.remove(pair)
        yield "line", right, f"line {pair} missing"
    yield from (("line", False, f"line {pair} too many") for pair in left)


def share(folder: str) -> tuple[float, float, list[str]]:
    """Shares of lines and of fields read right in a folder of samples, and every fault."""
    right, seen, faults = {"line": 0, "field": 0}, {"line": 0, "field": 0}, []
    for sample in samples(folder):
        for kind, good, difference in points(sample):
            seen[kind] += 1
            right[kind] += good
            if not good:
                faults.append(f"{sample['name']}: {difference}")
    return right["line"] / seen["line"], right["field"] / seen["field"], faults

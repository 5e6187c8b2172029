"""The nearest of four warehouses for every Indian postal code, against a calculation that shares nothing with ours."""

import gzip
from math import cos, radians, sin

import pytest
from django.core.management import CommandError, call_command

from inventory.geography import forget, point_at, points_at
from inventory.models import Location, PostalPoint
from inventory.routebook import world
from inventory.routing.facts import Demand, Facts, Policy, Rule, Strategy
from inventory.routing.plan import plan_order
from oms.ops.pytest_services import REAL_DATA
from tests.orders.channels.real import raw

FOUR = {"pune": "411001", "delhi": "110001", "bengaluru": "560001", "kolkata": "700001"}
MUG = 1


@pytest.fixture
def four(db):
    for rank, (code, pin) in enumerate(FOUR.items()):
        Location.objects.create(code=code, name=code.title(), rank=rank, country="IN", postal_code=pin)
    return Location.objects.in_bulk(field_name="code")


@pytest.fixture
def pins(db) -> dict[str, tuple[float, float]]:
    """Every PIN code of the reference list with its place, loaded by the command."""
    path = REAL_DATA / "reference" / "postal" / "in_pincode_merged.csv.gz"
    if not path.exists():
        pytest.fail(f"The real data are not here: {path}")
    call_command("load_postal_codes", str(path), country="IN")
    return {r["pincode"]: (float(r["lat"]), float(r["lng"])) for r in raw(path, ",")}


def toward(lat: float, lon: float) -> tuple[float, float, float]:
    """The direction from the middle of the earth: the nearer two places, the greater the product of theirs."""
    a, b = radians(lat), radians(lon)
    return cos(a) * cos(b), cos(a) * sin(b), sin(a)


def nearest_by_direction(point: tuple[float, float], places: dict[str, tuple[float, float]]) -> str:
    mine = toward(*point)
    return max(places, key=lambda code: sum(x * y for x, y in zip(mine, toward(*places[code]), strict=True)))


def chosen(points: dict[str, tuple[float, float] | None]) -> dict[str, str]:
    """The place our engine sends a mug from, for each postal code."""
    known = world()
    places, stock = list(known.places.values()), {(MUG, pk): 9 for pk in known.places}
    policy = Policy((Rule(1, "Nearest", strategy=Strategy.NEAREST),))
    found = {}
    for pin, point in points.items():
        facts = Facts("web", "IN", postal_code=pin)
        plan = plan_order([Demand(1, MUG, 1)], places, stock, facts=facts, policy=policy, point=point, world=known)
        found[pin] = known.places[plan.places[0]].code
    return found


@pytest.mark.realdata
@pytest.mark.slow
def test_every_indian_postal_code_is_served_by_the_nearest_of_four(four, pins):
    india = {pin: at for pin, at in pins.items() if 6 <= at[0] <= 38 and 68 <= at[1] <= 98}
    warehouses = {code: pins[pin] for code, pin in FOUR.items()}
    ours = chosen({pin: point for (_, pin), point in points_at([("IN", p) for p in india]).items()})
    wrong = [pin for pin, at in india.items() if ours[pin] != nearest_by_direction(at, warehouses)]
    assert len(india) > 20_000
    assert set(ours.values()) == set(FOUR)
    assert wrong == []


@pytest.mark.realdata
@pytest.mark.slow
def test_the_districts_a_fresh_house_knows_are_right_for_nearly_all(four, pins):
    """Without a file of exact codes the nearest place is guessed by district: how often that is right is said here."""
    india = {pin: at for pin, at in pins.items() if 6 <= at[0] <= 38 and 68 <= at[1] <= 98}
    PostalPoint.objects.filter(country="IN", code__regex=".{4,}").delete()
    forget()
    warehouses = {code: point_at("IN", pin) for code, pin in FOUR.items()}
    assert all(warehouses.values())
    ours = chosen({pin: point for (_, pin), point in points_at([("IN", p) for p in india]).items()})
    exact = {code: pins[pin] for code, pin in FOUR.items()}
    right = sum(ours[pin] == nearest_by_direction(at, exact) for pin, at in india.items())
    assert right / len(india) > 0.95


def test_the_calculation_beside_it_would_notice_a_wrong_place():
    """Negative control: swapped latitude and longitude give other places."""
    warehouses = {"pune": (18.5, 73.9), "delhi": (28.6, 77.2), "bengaluru": (13.0, 77.6), "kolkata": (22.6, 88.4)}
    assert nearest_by_direction((19.1, 72.9), warehouses) == "pune"
    assert nearest_by_direction((72.9, 19.1), warehouses) != "pune"


def test_a_file_of_postal_codes_is_loaded_and_what_lies_elsewhere_is_left_out(db, tmp_path, capsys):
    path = tmp_path / "codes.csv"
    path.write_text(
        "zipcode,place,latitude,longitude\n3065,A,-37.80,144.97\n3065,B,-37.82,144.99\n3000,C,,\n9999,D,51.5,0.1\n"
    )
    call_command("load_postal_codes", str(path), country="au")
    assert "1 postal codes loaded, 2 rows left out" in capsys.readouterr().out
    assert point_at("AU", "3065") == pytest.approx((-37.81, 144.98))
    packed = tmp_path / "more.csv.gz"
    packed.write_bytes(gzip.compress(b"pincode,lat,lng\n3065,-37.70,144.90\n"))
    call_command("load_postal_codes", str(packed), country="AU")
    assert point_at("AU", " 3065 ") == (-37.70, 144.90), "a second file corrects the first"
    path.write_text("town,x,y\n")
    with pytest.raises(CommandError, match="needs a column"):
        call_command("load_postal_codes", str(path), country="AU")


def test_a_code_nobody_knows_lies_where_its_district_does_and_nonsense_nowhere(db):
    forget()
    assert point_at("IN", "411999") == point_at("IN", "411001") is not None
    assert point_at("IN", "xx") is None
    assert point_at("", "") is None

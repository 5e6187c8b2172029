"""People, places and things every test may ask for. Made through the real actions on real PostgreSQL and Redis."""

import gc
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

from inventory import routebook
from inventory.actions.adjust import receive_stock
from inventory.models import Location, Product
from oms.access.models import User
from oms.ops.services import is_embedded
from orders import stagebook
from orders.checking import rulebook
from orders.models import Channel
from tests import kept_schema
from tests.fresh import keep_scene, keep_seeds, may_restore, play
from tests.leaks import leaks, snapshot
from tests.nursery import Child, nursery

# Speed is measured in benchmarks/, never by the clock of a test: a busy machine is no fault.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
LONGEST_ID = 80


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, in their random order: begun last, one of them would run while the other process idles.

    Those that commit stay behind those that roll back, as pytest-django orders them: they empty the tables.
    """
    items.sort(key=lambda item: (_commits(item), item.get_closest_marker("slow") is None))


def pytest_make_parametrize_id(val: object) -> str | None:
    """A name of a test is handed to every process it starts, in its environment: a megabyte of x's would let none start."""
    if isinstance(val, str | bytes) and len(val) > LONGEST_ID:
        return f"{val[:20]!r}... of {len(val)}"
    return None


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector need not walk through it a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The embedded database is thrown away with its server; one on a server is dropped at the end."""
    return is_embedded()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings) -> None:
    if is_embedded():
        kept_schema.bring_back()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        if is_embedded():
            kept_schema.keep()
        if may_restore():
            keep_seeds()
            keep_scene(_stocked_shop)


@pytest.fixture(scope="session")
def _nursery(django_db_setup):
    with nursery() as bear:
        yield bear


@pytest.fixture
def bear(_nursery, transactional_db):
    """`bear("tests.some.worker", "mode")` starts a process on the test database; it is killed at the end at the latest."""
    born = []

    def one(*words: str) -> Child:
        born.append(_nursery(*words))
        return born[-1]

    yield one
    for child in born:
        child.end()


@pytest.fixture(autouse=True, scope="module")
def no_files_are_left_behind():
    """Those that belong to the rows of a fixture of the whole module, as the demo house."""
    files = stored_files()
    yield
    for file in stored_files() - files:
        file.unlink()


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch):
    for book in (routebook, rulebook, stagebook):  # kept for a second: what another test switched on is not on here
        book.forget()
    before, files = snapshot(), stored_files()
    yield
    for file in stored_files() - files:  # rows are rolled back, files are not; the folder is the run's own
        file.unlink()
    monkeypatch.undo()  # pytest-django asks for it earlier than this fixture, so it would end later
    if found := leaks(before, snapshot()):
        pytest.fail("This test leaves something behind for those after it:\n" + "\n".join(found), pytrace=False)


def stored_files() -> set[Path]:
    return {path for path in Path(django_settings.MEDIA_ROOT).glob("*/*/*") if path.is_file()}


def person(username: str, *roles: str, **fields) -> User:
    # An unusable password: tests sign in with force_login, and hashing is slow on purpose.
    user = User(username=username, display_name=username.title(), roles=list(roles), **fields)
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def patient_locks(monkeypatch):
    """Wait for an order as long as it takes: where the outcome of a race is the point, nobody may give up after 2 seconds."""
    monkeypatch.setattr("orders.locks.WAIT", 0)


@pytest.fixture
def read_once(monkeypatch):
    """Stages, checks and routes are read anew each second: not in the midst of counting statements."""
    for book in ("orders.checking.rulebook", "orders.stagebook", "inventory.routebook"):
        monkeypatch.setattr(f"{book}.FRESH_SECONDS", 3600)


@pytest.fixture
def ana(db) -> User:
    """Runs the order desk."""
    return person("ana", "sales")


@pytest.fixture
def bo(db) -> User:
    """Packs."""
    return person("bo", "warehouse")


@pytest.fixture
def fay(db) -> User:
    return person("fay", "finance")


@pytest.fixture
def cy(db) -> User:
    return person("cy", "support")


@pytest.fixture
def olga(db) -> User:
    return person("olga", "owner")


@pytest.fixture
def adam(db) -> User:
    return person("adam", "admin")


@pytest.fixture
def shop(db) -> Channel:
    """A website, two warehouses and three products: 10 mugs and 10 kettles in Pune, 5 mugs in Delhi, no lamps."""
    return make_shop()


def make_shop() -> Channel:
    """The shop as its actions make it: made once in a run, then put back row by row, which is fifteen times as fast."""
    if not play(_stocked_shop):
        _stocked_shop()
    return Channel.objects.get(code="web")


def _stocked_shop() -> None:
    Channel.objects.create(code="web", name="Website")
    for rank, (code, name) in enumerate((("pune", "Pune"), ("delhi", "Delhi"))):
        Location.objects.create(code=code, name=name, rank=rank, country="IN")
    for sku, name in (("MUG", "Blue mug"), ("KETTLE", "Enamel kettle"), ("LAMP", "Desk lamp")):
        Product.objects.create(sku=sku, name=name, price=100)
    for sku, code, qty in (("MUG", "pune", 10), ("KETTLE", "pune", 10), ("MUG", "delhi", 5)):
        receive_stock(sku, location=code, qty=qty, source=f"opening {code}", actor="system")

"""Reading a row again while another thread reads another one: the protection of states belongs to each row."""

import pytest
from django.db import DatabaseError, models

from oms.kernel.clock import now
from orders.actions.confirm import confirm_order
from orders.models import Order
from tests.stories import placed


class Interrupting(models.QuerySet):
    """Lets `meanwhile` happen in the middle of a reading, as another thread would."""

    meanwhile = staticmethod(lambda: None)

    def get(self, *args, **kwargs):
        found = super().get(*args, **kwargs)
        type(self).meanwhile()
        return found


@pytest.fixture
def two(shop, ana, monkeypatch):
    """A row that is behind the database, and another one that is read in the middle of an `Interrupting` reading."""
    mine, other = placed(("MUG", 1), paid="100.00"), placed(("MUG", 1))
    confirm_order(mine.number, actor=ana)
    monkeypatch.setattr(Interrupting, "meanwhile", staticmethod(other.refresh_from_db))
    return mine, other


def test_two_rows_read_again_at_once_are_both_read(two):
    mine, other = two
    mine.refresh_from_db(from_queryset=Interrupting(Order))
    assert (mine.status, other.status) == ("confirmed", "new")


def test_negative_control_as_the_library_does_it_one_of_them_fails(two, monkeypatch):
    mine, other = two
    monkeypatch.setattr(Interrupting, "meanwhile", staticmethod(lambda: as_the_library(other)))
    with pytest.raises(AttributeError, match="Direct status modification is not allowed"):
        as_the_library(mine, from_queryset=Interrupting(Order))


def as_the_library(order, **how) -> None:
    """What FSMModelMixin.refresh_from_db does: the field is one for all rows and all threads."""
    field = order._meta.get_field("status")
    field.protected = False
    try:
        models.Model.refresh_from_db(order, **how)
    finally:
        field.protected = True


def test_nobody_can_write_a_state_while_a_row_is_read_again(two, monkeypatch):
    mine, other = two

    def write() -> None:
        with pytest.raises(AttributeError):
            other.status = "cancelled"

    monkeypatch.setattr(Interrupting, "meanwhile", staticmethod(write))
    mine.refresh_from_db(from_queryset=Interrupting(Order))
    with pytest.raises(AttributeError):
        mine.status = "cancelled"


def test_a_part_read_again_keeps_the_state_it_had_and_a_deferred_one_is_loaded(two):
    mine, _ = two
    mine.refresh_from_db(fields=["email"])
    assert mine.status == "new"
    mine.refresh_from_db(fields=["status"])
    assert mine.status == "confirmed"
    assert Order.objects.defer("status").get(pk=mine.pk).status == "confirmed"


def test_a_reading_that_fails_leaves_the_row_as_it_was(two, monkeypatch):
    mine, _ = two

    def broken() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(Interrupting, "meanwhile", staticmethod(broken))
    with pytest.raises(DatabaseError):
        mine.refresh_from_db(from_queryset=Interrupting(Order))
    assert (mine.status, mine.get_deferred_fields()) == ("new", set())
    assert mine.placed_at <= now()

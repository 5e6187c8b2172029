"""Capture: what it stores, what it says, when it refuses."""

from decimal import Decimal

from django.utils import timezone

from inventory.models import Backorder
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.channels.draft import LineDraft, Past, PaymentDraft
from orders.models import Channel, Customer, Order
from tests.stories import Stock, again, draft, placed, said, stock_of


def test_an_order_is_placed_with_its_stock_its_answer_and_its_history(shop, ana):
    order = placed(("MUG", 2), ("KETTLE", 1), actor=ana)

    assert (order.stage, order.next_action, order.owner_team) == ("new", "confirm", "sales")
    assert order.due_at > now()
    assert stock_of("MUG") == Stock(on_hand=10, reserved=2)
    assert said(order) == ["orders.placed"]
    assert order.history.count() == 1
    assert order.history.get().history_user == ana
    assert order.total == Decimal(300)


def test_one_place_that_has_everything_is_preferred(shop):
    placed(("MUG", 4), ("KETTLE", 1))
    assert stock_of("MUG", "delhi").reserved == 0


def test_three_in_one_place_and_two_in_another_fill_a_line(shop):
    """cap22-04."""
    order = placed(("MUG", 14))
    assert (order.qty_reserved, order.qty_backordered) == (14, 0)
    assert (stock_of("MUG").reserved, stock_of("MUG", "delhi").reserved) == (10, 4)


def test_two_lines_of_one_sku_never_count_a_unit_twice(shop):
    order = placed(("KETTLE", 6), ("KETTLE", 6))
    assert (order.qty_reserved, order.qty_backordered) == (10, 2)
    assert stock_of("KETTLE").reserved == 10


def test_a_short_line_waits_in_the_queue_and_does_not_block_the_rest(shop):
    """cap22-21."""
    order = placed(("MUG", 1), ("LAMP", 3))
    assert (order.qty_reserved, order.qty_backordered) == (1, 3)
    assert Backorder.objects.get().qty == 3


def test_an_order_of_250_lines_reserves_every_line(shop):
    """cap22-17."""
    order = placed(*[("MUG", 1)] * 15, *[("LAMP", 1)] * 235)
    assert (order.line_count, order.qty_reserved, order.qty_backordered) == (250, 15, 235)


def test_an_unknown_sku_becomes_a_hold_or_a_placeholder_by_the_channels_policy(shop):
    held = placed(("NEW-1", 1))
    assert (held.stage, held.next_text) == ("on_hold", "Match the line with a product")
    Channel.objects.update(unknown_sku_policy="placeholder")
    made = placed(("NEW-2", 1))
    assert made.stage == "new"
    assert made.lines.get().product.is_placeholder


def test_the_same_buyer_is_found_again_by_mail(shop):
    placed(email="ZOYA@example.test")
    placed(email="zoya@example.test")
    assert Customer.objects.count() == 1


def test_a_new_buyer_is_kept_with_the_address_and_a_first_history_row_and_only_once(shop):
    first = placed(("MUG", 1))
    placed(("MUG", 1))
    buyer = Customer.objects.get()
    assert buyer == first.customer
    assert [a.line1 for a in buyer.addresses.all()] == [first.ship_to["line1"]]
    assert [(h.history_type, h.history_change_reason) for h in buyer.history.all()] == [("+", "First order")]


def test_a_bad_draft_is_refused_alone(shop):
    bad = draft(("MUG", 1), total=Decimal("1.00"))
    good = draft(("MUG", 1))
    results = capture_orders([bad, good], channel=shop, actor="system")
    assert [r.outcome for r in results] == ["refused", "created"]
    assert "not the sum of its parts" in results[0].refusals[0].message


def test_the_past_is_stored_without_touching_todays_stock(shop):
    line = LineDraft("MUG", "Mug", 3, Decimal(100))
    past = Past("completed", dispatched_at=timezone.now(), delivered_at=timezone.now())
    order = placed(lines=(line,), past=past, payments=(PaymentDraft("card", Decimal(300)),))
    assert (order.status, order.stage, order.payment_status) == ("completed", "delivered", "paid")
    assert (order.next_action, order.qty_delivered) == ("", 3)
    assert stock_of("MUG") == Stock(on_hand=10)


def test_a_batch_knows_what_it_has_seen(shop):
    first = draft(("MUG", 1))
    changed = draft(("MUG", 2), external_id=first.external_id)
    outcomes = [r.outcome for d in (first, first, changed) for r in capture_orders([d], channel=shop, actor="system")]
    assert outcomes == ["created", "unchanged", "changed"]
    assert Order.objects.count() == 1


def test_an_order_is_found_by_the_start_of_any_of_its_words(shop):
    order = placed(("MUG", 1))
    finds = (
        order.number,
        order.number[3:],
        "zoya",
        "98765",
        "9876543210",
        "+91-98765-43210",
        "mug zoya",
        order.external_id[:9],
    )
    for words in finds:
        assert list(Order.objects.search(words)) == [order], words
    assert not Order.objects.search("kettle").exists()
    for odd in ("'", "\\", "a'b", "%", "\x00", ":*", "&"):
        list(Order.objects.search(odd))
    assert again(order).version == order.version

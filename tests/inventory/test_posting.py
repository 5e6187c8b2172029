"""A stocktake with many differences is posted by a worker: its page says how far it is, and a dead worker costs nothing."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from inventory.actions.count import count_stock
from inventory.actions.stocktakes import post, posting
from inventory.actions.stocktakes.end import cancel_stocktake
from inventory.actions.stocktakes.finish import count_on, finish_counting
from inventory.actions.stocktakes.judge import leave_uncounted
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.post import post_stocktake
from inventory.actions.stocktakes.scan import count_units
from inventory.models import Location, Product, StockCount, StockLevel, StockMovement, Stocktake, StocktakePosting
from inventory.tasks import post_stocktakes
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from tests.conftest import make_shop, person
from tests.stories import stock_of
from tests.together import eventually


@pytest.fixture
def few(monkeypatch) -> None:
    """More than one difference is many."""
    monkeypatch.setattr(post, "AT_ONCE", 1)


def counted(actor, **units: int) -> str:
    """A stocktake in review, in which so many of each SKU were found."""
    number = open_stocktake("pune", scope="list", skus=list(units), actor=actor).number
    for sku, qty in units.items():
        count_units(number, code=sku, qty=qty, key=uuid.uuid4(), actor=actor)
    finish_counting(number, actor=actor)
    return number


def decide(client, number: str, how: str) -> str:
    return client.post(reverse("stocktakes:decision", args=[number]), {"how": how}, follow=True).content.decode()


def test_many_differences_are_posted_by_a_worker_and_the_page_says_how_far(shop, client, bo, few):
    client.force_login(bo)
    number = counted(bo, MUG=7, KETTLE=12, LAMP=0)
    page = decide(client, number, "post")
    assert "0 of 2 differences are through" in page and "Waiting for a worker" in page
    for way, says in (
        (lambda: post_stocktake(number, actor=bo), "being posted already"),
        (lambda: count_on(number, actor=bo), "Wait until that is through"),
        (lambda: cancel_stocktake(number, reason="No", actor=bo), "Wait until that is through"),
        (lambda: leave_uncounted(number, sku="MUG", actor=bo), "not in review"),
    ):
        with pytest.raises(Refused, match=says):
            way()
    assert stock_of("MUG").on_hand == 10
    live = client.get(reverse("stocktakes:detail", args=[number]), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in live and "<html" not in live.content.decode()
    assert post_stocktakes() == 1
    live = client.get(reverse("stocktakes:detail", args=[number]), headers={"HX-Request": "true"})
    assert live["HX-Refresh"] == "true"
    assert (Stocktake.objects.get().status, stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == ("posted", 7, 12)
    assert set(StockMovement.objects.filter(source__startswith=number).values_list("actor_user_id", flat=True)) == {
        bo.pk
    }
    assert "posts 2 differences" in client.get(reverse("stocktakes:detail", args=[number])).content.decode()
    assert not any(run_all().values())


def test_what_the_worker_cannot_post_comes_back_to_review_and_much_waits_for_a_second_person(shop, client, bo, few):
    Location.objects.filter(code="pune").update(count_limit=3)
    number = counted(bo, MUG=7, KETTLE=2)
    post_stocktake(number, actor=bo)
    count_stock("MUG", location="pune", counted=8, source="form", reason="Checked", actor=bo)
    post_stocktakes()
    stocktake = Stocktake.objects.get()
    assert (stocktake.status, stocktake.qty_settled, StockCount.objects.get().delta) == ("review", 1, -8)
    client.force_login(bo)
    page = client.get(reverse("stocktakes:detail", args=[number])).content.decode()
    assert "The books were corrected after it was counted" in page and "1 could not be posted" in page
    count_on(number, sku="MUG", actor=bo)
    count_units(number, code="MUG", qty=7, key=uuid.uuid4(), actor=bo)
    finish_counting(number, actor=bo)
    assert post_stocktake(number, actor=bo).posted == 1, "few are left: at once"
    assert stock_of("MUG").on_hand == 7


def test_a_fault_of_ours_says_so_and_the_rest_is_posted_again(shop, client, bo, few, monkeypatch):
    number = counted(bo, MUG=7, KETTLE=12)
    post_stocktake(number, actor=bo)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(posting, "end_posting", broken)
        assert post_stocktakes() == 1
    client.force_login(bo)
    page = client.get(reverse("stocktakes:detail", args=[number])).content.decode()
    assert "Posting broke off (ZeroDivisionError)" in page
    assert "2 SKUs corrected" in decide(client, number, "post")
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == (7, 12), "once"


def broken_off(bo, monkeypatch) -> str:
    """A stocktake of which a worker posted nothing: it broke off at the first line."""
    number = counted(bo, MUG=7, KETTLE=12)
    post_stocktake(number, actor=bo)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(posting, "post_lines", broken)
        assert post_stocktakes() == 1
    return number


def test_that_posting_broke_off_is_said_until_somebody_goes_on_with_the_rest(shop, client, bo, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(post, "AT_ONCE", 0)
        number = broken_off(bo, monkeypatch)
    client.force_login(bo)
    url, said = reverse("stocktakes:detail", args=[number]), "<p>Posting broke off"
    assert said in client.get(url).content.decode()
    count_stock("MUG", location="pune", counted=8, source="form", reason="Checked", actor=bo)
    assert post_stocktake(number, actor=bo).left == 1, "a part stays in review"
    assert said not in client.get(url).content.decode()


def test_that_posting_broke_off_goes_when_the_counting_goes_on_or_nothing_is_left_to_post(
    shop, client, bo, few, monkeypatch
):
    number = broken_off(bo, monkeypatch)
    client.force_login(bo)
    url, said = reverse("stocktakes:detail", args=[number]), "<p>Posting broke off"
    count_on(number, actor=bo)
    finish_counting(number, actor=bo)
    assert said not in client.get(url).content.decode()
    StocktakePosting.objects.update(error="Posting broke off")
    for sku in ("MUG", "KETTLE"):
        assert said in client.get(url).content.decode()
        leave_uncounted(number, sku=sku, actor=bo)
    assert said not in client.get(url).content.decode()


def test_whoever_posts_by_hand_stops_where_a_worker_was_asked_meanwhile(shop, bo, olga):
    number = counted(bo, MUG=7, KETTLE=12, LAMP=1)
    by_hand = post.post_lines(number, post.open_differences(number), actor=bo, move=post.BY_HAND)
    next(by_hand)
    assert post_stocktake(number, actor=olga, at_once=0) is None
    for step in (lambda: next(by_hand), lambda: post.end_posting(number, actor=bo, move=post.BY_HAND)):
        with pytest.raises(Refused, match="being posted already; that goes on by itself"):
            step()
    assert Stocktake.objects.get().status == "posting", "the worker's to end"
    assert post_stocktakes() == 1
    assert (Stocktake.objects.get().status, StocktakePosting.objects.get().error) == ("posted", "")
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand, stock_of("LAMP").on_hand) == (7, 12, 1)


SKUS = [f"BOX-{n}" for n in range(6)]


@pytest.fixture
def struck(few, bear):
    """Kill workers before so many of their writes, one after the other; returns the stocktake, its last worker through."""

    def strike(mode: str, *writes: int) -> Stocktake:
        make_shop()
        bo = person("bo", "warehouse")
        Product.objects.bulk_create(Product(sku=sku, name="Box", price=1) for sku in SKUS)
        number = counted(bo, **dict.fromkeys(SKUS, 3))
        post_stocktake(number, actor=bo)
        for at in writes:
            child = bear("tests.inventory.poster", mode, str(at))
            assert child.stdout.readline() == "stopped\n"
            child.end()
            # Not waiting out the silence: this is what a minute and a half later looks like.
            StocktakePosting.objects.update(seen_at=now() - timedelta(minutes=10))
        eventually(lambda: posting.run_due() == 1, "the killed worker's session gone")
        return Stocktake.objects.get()

    return strike


def boxes() -> list[int]:
    return [level.on_hand for level in StockLevel.objects.filter(product__sku__in=SKUS).order_by("product__sku")]


@pytest.mark.django_db(transaction=True)
def test_killed_workers_leave_nothing_half_posted_and_nothing_twice(struck):
    stocktake = struck("as it is", 2, 6, 8, 15)
    assert (stocktake.status, stocktake.qty_settled, boxes()) == ("posted", 6, [3] * 6)
    assert StockMovement.objects.filter(source__startswith=stocktake.number).count() == 6
    assert not any(run_all().values())


@pytest.mark.django_db(transaction=True)
def test_negative_control_a_difference_kept_before_its_line_is_found_half_posted(struck):
    stocktake = struck("in pieces", 6)
    assert (stocktake.status, stocktake.qty_settled) == ("review", 5)
    assert "corrected there after" in stocktake.lines.get(outcome="").refusal

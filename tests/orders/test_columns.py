"""Columns of the orders list: chosen per person, kept in saved views, followed by the file."""

import csv
import io

import pytest

from orders.actions.saved_views import save_view
from orders.columns import COLUMNS, USUAL, columns_of
from orders.models import ListColumns
from orders.templatetags.order_rows import CELLS
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db
MONEY = ("Currency", "Total", "Book currency", "Exchange rate", "Rate of", "Total in book currency")


def heads(page: str) -> list[str]:
    table = page.partition("<thead")[2].partition("</thead>")[0]
    found = [part.partition("</th>")[0] for part in table.split("<th ")[3:]]
    return [part.partition(">")[2].replace("</a>", "").split("<svg")[0].split(">")[-1].strip() for part in found]


def exported(client, query: str = "") -> list[str]:
    answer = client.get(f"/orders/?view=all&export=csv{query}")
    text = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    return next(csv.reader(io.StringIO(text)))


def chosen(client, *keys: str, **places: str):
    return client.post("/orders/columns/", {"column": keys, "press": "save"} | places)


def test_every_column_has_its_cell():
    assert set(COLUMNS) == set(CELLS)


def test_chosen_columns_stand_in_their_order_on_the_page_and_in_the_file(shop, ana, cy):
    placed(("MUG", 1))
    page = signed_in(ana)
    assert len(heads(page.get("/orders/?view=all").content.decode())) == len(USUAL)
    chosen(page, "total", "phone", "due", **{"place-due": "1", "place-phone": "2", "place-total": "3"})
    assert heads(page.get("/orders/?view=all").content.decode()) == ["Due", "Phone", "Total"]
    assert "+91 98765 43210" in page.get("/orders/?view=all").content.decode()
    assert exported(page) == ["Order", "Due", "Phone", *MONEY]
    assert len(heads(signed_in(cy).get("/orders/?view=all").content.decode())) == len(USUAL)


def test_without_a_choice_the_file_is_the_usual_one(shop, ana):
    assert len(exported(signed_in(ana))) == 18


def test_a_button_moves_one_column_and_keeps_nothing_yet(shop, ana):
    page = signed_in(ana)
    shown = page.post("/orders/columns/", {"column": ["total", "due"], "press": "up:due"}).content.decode()
    assert shown.index('value="due"') < shown.index('value="total"')
    assert not ListColumns.objects.exists()


def test_no_column_at_all_is_refused_on_the_form(shop, ana):
    assert "Tick at least one column." in chosen(signed_in(ana)).content.decode()
    assert not ListColumns.objects.exists()


def test_back_to_the_usual_ones_forgets_the_choice(shop, ana):
    page = signed_in(ana)
    chosen(page, "total")
    page.post("/orders/columns/", {"column": ["total"], "press": "usual"})
    assert columns_of(ana) == USUAL
    assert not ListColumns.objects.exists()


def test_a_saved_view_keeps_columns_sort_and_row_height_for_everybody_who_opens_it(shop, ana, cy):
    placed(("MUG", 1))
    view = save_view("Cash", query="view=all&sort=total&cols=total,held&density=compact", is_shared=True, actor=ana)
    page = signed_in(cy).get(f"/orders/?view=my-{view.pk}").content.decode()
    assert heads(page) == ["Total", "Holds"]
    assert 'id="density-compact" checked' in page
    assert exported(signed_in(cy), f"&view=my-{view.pk}")[0] == "Order"


def test_save_this_view_takes_the_columns_on_screen_along(shop, ana):
    page = signed_in(ana)
    chosen(page, "total", "due", **{"place-total": "1", "place-due": "2"})
    assert "cols=total,due" in page.get("/orders/?view=all").content.decode()


@pytest.mark.parametrize("asked", ["nothing,here", ",", "<script>", "total,total,nope"])
def test_columns_nobody_knows_are_left_out(shop, ana, asked):
    placed(("MUG", 1))
    page = signed_in(ana).get("/orders/", {"view": "all", "cols": asked}).content.decode()
    assert heads(page) == (["Total"] if "total" in asked else [COLUMNS[key].title for key in USUAL])

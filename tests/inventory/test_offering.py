"""Wherever a SKU is typed, products are offered by their names."""

import pytest
from django.urls import reverse

from inventory.models import Product

ASKED = {"HX-Request": "true", "HX-Trigger-Name": "sku_2"}


@pytest.fixture
def floor(shop, client, bo):
    client.force_login(bo)
    return client


def offered(client, text: str) -> str:
    return client.get("/stock/offer/", {"sku_2": text}, headers=ASKED).content.decode()


def test_by_the_beginning_of_a_sku_a_barcode_or_words_of_a_name(floor):
    Product.objects.filter(sku="MUG").update(barcode="8901234567890")
    for text in ("kett", "enamel", "kettle ena"):
        assert '<option value="KETTLE">Enamel kettle</option>' in offered(floor, text)
    assert 'value="MUG"' in offered(floor, "8901234567890")
    Product.objects.filter(sku="KETTLE").update(is_active=False)
    for text in ("kett", "", "  ", "\x00"):
        assert "option" not in offered(floor, text)


def test_it_is_a_part_of_a_page_and_no_page(floor):
    assert floor.get("/stock/offer/?sku_2=kett").url == "/stock/"


def test_every_form_with_lines_of_products_offers_them(floor):
    card = reverse("inventory:components", args=[Product.objects.get(sku="LAMP").pk])
    for url in ("/purchases/new/", "/transfers/new/", "/assemblies/new/", card):
        page = floor.get(url).content.decode()
        assert 'hx-get="/stock/offer/"' in page, url
        assert page.count('id="known-products"') == 1, url

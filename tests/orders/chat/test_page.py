"""The page that takes a message: what it shows, how it leads to an order, what it learns, what it refuses."""

import html
import re

import pytest

from inventory.models import Product
from orders.chat.known import read_for
from orders.models import Channel, ChatAlias, Customer, Order
from orders.views.paste import prefill
from tests.conftest import person
from tests.orders.desk import desk, signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db
MESSAGE = "2 blue mug aur 1 tea pot\nAsha Rao\n12 Example Road, Mumbai 400001\n98765 43210\nCOD"


@pytest.fixture
def counter(shop) -> Channel:
    desk()
    return Channel.objects.create(code="wa", name="WhatsApp", kind="whatsapp")


def pasted(client, text=MESSAGE, channel="wa"):
    return client.post("/orders/paste/", {"text": text, "channel": channel})


def offered(page: str) -> dict[str, str]:
    """What a browser would send on "Use this": the hidden fields, the quantities and the first choice of each select."""
    form = page[page.index('action="/orders/new/"') :].split("</form>")[0]
    pairs = re.findall(r'<input[^>]*?\bname="([^"]+)"[^>]*?\bvalue="([^"]*)"', form, re.S)
    pairs += re.findall(r'<select[^>]*name="([^"]+)"[^>]*>\s*<option value="([^"]*)"', form)
    return {k: html.unescape(v) for k, v in pairs if k not in ("csrfmiddlewaretoken", "teach_all")}


def filled(page: str) -> dict[str, str]:
    """The fields of the new-order page as a browser would send them."""
    form = page[page.index('id="new-order"') :].split("</form>")[0]
    tags = [
        (re.search(r'\bname="([^"]+)"', t), re.search(r'\bvalue="([^"]*)"', t))
        for t in re.findall(r"<input[^>]*>", form)
    ]
    pairs = [(name[1], value[1] if value else "") for name, value in tags if name]
    pairs += [(n, v) for n, v in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.S)]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        pairs.append((name, chosen[1] if chosen else ""))
    skip = ("csrfmiddlewaretoken", "go", "find_product", "find_customer")
    return {k: html.unescape(v) for k, v in pairs if k not in skip and not k.startswith("bill")}


def test_whatsapp_is_chosen_and_each_line_shows_words_product_and_confidence(counter, ana):
    client = signed_in(ana)
    assert '<option value="wa" selected' in client.get("/orders/paste/").content.decode()
    page = pasted(client).content.decode()
    assert "“2 blue mug”" in page and "Blue mug (MUG)" in page and ">Sure" in page
    assert "Which product is “tea pot”?" in html.unescape(page)
    assert "+919876543210" in page and "Cash on delivery" in page
    assert Order.objects.count() == 0


def test_use_this_fills_the_form_and_saving_makes_the_order_with_the_message_as_its_note(counter, ana):
    client = signed_in(ana)
    fields = offered(
        pasted(client, "2 blue mug\nAsha Rao\n12 Example Road, Mumbai 400001\n98765 43210\nCOD").content.decode()
    )
    form = client.post("/orders/new/", fields).content.decode()
    assert Order.objects.count() == 0
    client.post("/orders/new/", filled(form) | {"save": "1"})
    order = Order.objects.get()
    assert (order.channel.code, order.payment_terms, order.customer_name) == ("wa", "cod", "Asha Rao")
    assert (order.ship_to["line1"], order.ship_to["city"], order.ship_to["state"]) == (
        "12 Example Road",
        "Mumbai",
        "Maharashtra",
    )
    assert [(line.sku, line.qty_ordered) for line in order.lines.all()] == [("MUG", 2)]
    assert order.customer_note.startswith("2 blue mug") and order.customer_note.endswith("COD")
    assert not ChatAlias.objects.exists()


def test_a_corrected_line_teaches_the_words_for_that_customer_alone(counter, ana):
    client = signed_in(ana)
    form = client.post("/orders/new/", offered(pasted(client).content.decode())).content.decode()
    client.post("/orders/new/", filled(form) | {"line-1-sku": "KETTLE", "save": "1"})
    assert [(a.words, a.product.sku, a.customer.phone, a.taught_by) for a in ChatAlias.objects.all()] == [
        ("tea pot", "KETTLE", "+919876543210", "Ana")
    ]
    again = pasted(client, "3 tea pots 98765 43210").content.decode()
    assert "Enamel kettle (KETTLE)" in again and "learned" in again
    other = pasted(client, "3 tea pots 98765 43211").content.decode()
    assert "Enamel kettle (KETTLE)" not in other


def test_what_is_ticked_for_everybody_is_learned_for_everybody_and_the_last_teacher_is_right(counter, ana):
    client = signed_in(ana)
    for sku in ("KETTLE", "LAMP"):
        fields = offered(pasted(client).content.decode()) | {"teach_all": "on", "line-1-sku": ""}
        form = client.post("/orders/new/", fields).content.decode()
        client.post("/orders/new/", filled(form) | {"line-1-sku": sku, "save": "1"})
    assert [(a.words, a.product.sku, a.customer) for a in ChatAlias.objects.all()] == [("tea pot", "LAMP", None)]
    assert "Desk lamp (LAMP)" in pasted(client, "1 tea pot").content.decode()


def test_adding_a_product_fills_the_line_whose_words_wait_for_it(counter, ana):
    client = signed_in(ana)
    form = filled(client.post("/orders/new/", offered(pasted(client).content.decode())).content.decode())
    page = filled(client.post("/orders/new/", form | {"add_sku": "LAMP"}).content.decode())
    assert (page["line-1-sku"], page["line-1-qty"], page["line-1-words"]) == ("LAMP", "1", "tea pot")
    assert "line-2-sku" not in page


def test_the_last_order_comes_as_the_message_changes_it(counter, ana):
    placed(("MUG", 3), ("KETTLE", 2), ("LAMP", 1))
    text = "same as last time please but kettle 6 karo, lamp mat bhejna. 9876543210"
    read = read_for(text, "IN", ana).reading
    assert [(line.sku, line.qty) for line in read.lines] == [("MUG", 3), ("KETTLE", 6)]
    read = read_for("same as last time but make it 5 mugs. 9876543210", "IN", ana).reading
    assert [(line.sku, line.qty) for line in read.lines] == [("MUG", 5), ("KETTLE", 2), ("LAMP", 1)]
    read = read_for("same as last time and 4 mugs. 9876543210", "IN", ana).reading
    assert sorted((line.sku, line.qty) for line in read.lines) == [("KETTLE", 2), ("LAMP", 1), ("MUG", 4)]


def test_same_as_last_time_brings_the_last_order_and_the_known_address(counter, ana):
    client = signed_in(ana)
    text = "3 blue mug\nAsha Rao\n12 Example Road, Mumbai 400001\n98765 43210"
    form = filled(client.post("/orders/new/", offered(pasted(client, text).content.decode())).content.decode())
    client.post("/orders/new/", form | {"save": "1"})
    fields = offered(pasted(client, "same as last time please. 9876543210").content.decode())
    assert (fields["line-0-sku"], fields["line-0-qty"]) == ("MUG", "3")
    assert (fields["contact-customer_name"], fields["ship-line1"]) == ("Asha Rao", "12 Example Road")
    stranger = pasted(client, "same as last time please. 9876500000").content.decode()
    assert "no earlier order" in stranger


def test_a_person_of_another_channel_learns_nothing_of_the_customer(counter, ana):
    client = signed_in(ana)
    form = filled(
        client.post(
            "/orders/new/", offered(pasted(client, MESSAGE.replace("1 tea pot", "1 desk lamp")).content.decode())
        ).content.decode()
    )
    client.post("/orders/new/", form | {"save": "1"})
    assert Customer.objects.count() == 1
    mia = person("mia", "sales", channel_codes=["desk"])
    page = pasted(signed_in(mia), "same as last time 9876543210", channel="desk").content.decode()
    assert "Asha" not in page and "12 Example Road" not in page
    assert signed_in(mia).get("/orders/paste/").content.decode().count("<option") == 1


@pytest.mark.parametrize(
    "text, sentence",
    [("", "Paste a message first."), ("   ", "Paste a message first."), ("a" * 1_000_000, "a message has at most 4,000"),
     ("2 mugs\x00", "Remove the invisible character"), ("x\n" * 3000, "Paste the part that orders")],
)  # fmt: skip
def test_what_cannot_be_a_message_is_refused_with_a_sentence(counter, ana, text, sentence):
    answer = pasted(signed_in(ana), text)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and "\x00" not in page
    assert len(page) < 60_000


def test_an_unknown_channel_and_markup_are_only_text(counter, ana):
    client = signed_in(ana)
    assert pasted(client, channel="nowhere").status_code == 422
    page = pasted(client, "2 <script>alert(1)</script> mugs <b>blue</b>").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page and "<b>blue" not in page


def test_products_no_longer_sold_are_not_offered(counter, ana):
    Product.objects.filter(sku="MUG").update(is_active=False)
    assert "Blue mug (MUG)" not in pasted(signed_in(ana)).content.decode()


def test_the_packer_may_not_paste(counter, bo):
    assert signed_in(bo).get("/orders/paste/").status_code == 403
    assert pasted(signed_in(bo)).status_code == 403


def test_where_two_products_fit_alike_nothing_is_chosen_for_the_person(counter, ana):
    Product.objects.create(sku="MUG-R", name="Red mug", price=100)
    page = pasted(signed_in(ana), "2 mugs").content.decode()
    assert offered(page)["line-0-sku"] == "" and "Choose one" in page
    assert offered(pasted(signed_in(ana), "2 red mugs").content.decode())["line-0-sku"] == "MUG-R"


def test_a_customer_with_an_e_mail_is_known_by_the_phone_of_the_message(counter):
    placed(("MUG", 1), customer_name="Zoya P", email="zoya@example.test", phone="+91 98765-43210")
    Customer.objects.update(phone="+91 98765-43210")
    known = read_for("2 blue mugs 98765 43210", "IN", person("bea", "sales"))
    assert known.customer == Customer.objects.get()
    assert prefill(known, counter, "")["known_customer"] == str(known.customer.pk)
    assert read_for("2 blue mugs 98765 43211", "IN", person("cea", "sales")).customer is None

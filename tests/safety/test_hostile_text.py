"""Text stays text: on every page, in exports and in mails."""

import csv
import io
from itertools import product

import pytest
from django.core import mail
from django.urls import reverse

from notifications.models import MailboxMessage
from orders.models import Order
from payments.models import Payment
from returns.models import Return
from tests.access.test_urls import ARGUMENTS, addresses
from tests.access.url_table import KEY, TABLE
from tests.flows.conftest import signed_in
from tests.safety.hostile import ESCAPED, FORMULA, MARKUP, NASTY, SKU, TEMPLATE, TONGUES, haunted

# These must have been seen with the text on them; every other page that opens is looked at too.
SHOW_IT = {
    "orders:list", "orders:detail", "payments:list", "payments:payment", "payments:refunds",
    "payments:refund", "payments:record", "payments:refund-new", "returns:list", "returns:detail", "returns:new",
    "notifications:mail", "notifications:detail", "customers:detail", "customers:past", "customers:address", "customers:contact",
    "fulfilment:work", "fulfilment:shipment",
}  # fmt: skip


@pytest.fixture
def house(shop, ana, bo, fay, cy, settings):
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    made = haunted(shop, ana, bo, fay, cy)
    from tests.safety.hostile import arguments

    deliver_everything()
    return made | {"pk": [*arguments()["pk"], made["pk"][-1]]}


def deliver_everything() -> None:
    from notifications.actions.send import send_due_messages
    from oms.events.relay import deliver_due

    while deliver_due() or send_due_messages():
        pass


def pages(client, made):
    """(address name, url, text) of every GET page that opens with one of the house's arguments."""
    wanted = dict(addresses())
    for name, (method, who) in TABLE.items():
        if method != "GET" or who == KEY or name == "admin:index":
            continue
        names = wanted.get(name, [])
        for values in product(*(made.get(arg, [ARGUMENTS.get(arg)]) for arg in names)):
            url = reverse(name, kwargs=dict(zip(names, values, strict=True)))
            for query in ("",) if names else ("", "?view=all"):
                answer = client.get(url + query)
                assert answer.status_code < 500, url
                if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                    yield name, url + query, answer.content.decode()


def test_no_page_lets_markup_through(house, olga, adam):
    olga.roles = [*olga.roles, *adam.roles]
    olga.save()
    shown = set()
    for name, url, text in pages(signed_in(olga), house):
        assert MARKUP not in text, url
        assert "<b>=cmd" not in text, url
        if ESCAPED in text:
            shown.add(name)
    assert SHOW_IT - shown == set()


def test_the_admin_site_lets_no_markup_through(house, adam):
    client = signed_in(adam)
    adam.is_staff = adam.is_superuser = True
    adam.save()
    links = [line.split('"')[0] for line in client.get("/admin/").content.decode().split('href="')[1:]]
    for url in sorted({link for link in links if link.startswith("/admin/") and "/add/" not in link}):
        answer = client.get(url)
        assert MARKUP not in answer.content.decode(errors="replace"), url


def test_every_letter_arrives_as_it_was_written(house, olga):
    order = Order.objects.latest("pk")
    assert (order.customer_name, order.ship_to["name"]) == (f"{FORMULA} {NASTY}", NASTY)
    page = signed_in(olga).get(order.get_absolute_url()).content.decode()
    for letters in (TONGUES, "{{7*7}}"):
        assert letters in page
    assert "49" not in NASTY  # what a template engine would have made of it


def test_an_export_never_holds_a_formula(house, olga):
    for name in ("orders:list", "payments:list", "payments:refunds", "returns:list"):
        answer = signed_in(olga).get(reverse(name), {"export": "csv", "view": "all"})
        assert "csv" in answer["Content-Type"], name
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        assert f"'{FORMULA} {NASTY}" in cells, name
        assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "@", "＝")], name


def test_a_mail_is_plain_text_and_reads_no_value_as_a_template(house):
    bodies = [m.body for m in MailboxMessage.objects.all()]
    assert bodies
    assert all(TEMPLATE in body and NASTY in body for body in bodies)
    assert all("\n" not in m.subject for m in MailboxMessage.objects.all())


def test_a_real_mail_has_no_html_part_and_no_forged_header(shop, ana, settings):
    from orders.actions.confirm import confirm_order
    from tests.stories import placed

    order = placed(("MUG", 1), customer_name="Zoya\r\nBcc: thief@example.test", paid="100.00")
    confirm_order(order.number, actor=ana)
    deliver_everything()
    (sent,) = mail.outbox
    assert (getattr(sent, "alternatives", []), sent.content_subtype) == ([], "plain")
    assert "Bcc" not in sent.message()
    assert sent.recipients() == ["zoya@example.test"]


NUL_POSTS = {
    "orders:notes": ({"text": "a\0b"}, "sales"),
    "orders:holds": ({"reason": "address", "detail": "a\0b"}, "sales"),
    "orders:cancellation": ({"reason": "a\0b", "note": "a\0b"}, "sales"),
    "orders:remainder": ({"reason": "a\0b", "qty_1": "1"}, "support"),
    "orders:assignment": ({"username": "a\0b"}, "sales"),
    "orders:reopening": ({"note": "a\0b"}, "finance"),
    "payments:record": ({"method": "cash", "amount": "1", "note": "a\0b", "reference": "a\0b"}, "finance"),
    "payments:refund-new": ({"amount": "1", "reason": "a\0b"}, "finance"),
    "payments:ending": ({"answer": "void", "reason": "a\0b"}, "finance"),
    "payments:dispute": ({"reason": "a\0b"}, "finance"),
    "payments:verification": ({"answer": "reject", "reason": "a\0b"}, "finance"),
    "payments:receipt": ({"reference": "a\0b", "amount": "a\0b"}, "finance"),
    "payments:refund-decision": ({"answer": "decline", "reason": "a\0b"}, "finance"),
    "payments:refund-sending": ({"reference": "a\0b"}, "finance"),
    "payments:refund-outcome": ({"reason": "a\0b"}, "finance"),
    "returns:new": ({"type": "return", "reason": "a\0b", "note": "a\0b"}, "support"),
    "returns:decision": ({"answer": "decline", "note": "a\0b"}, "support"),
    "returns:transit": ({"carrier": "a\0b", "tracking_number": "a\0b"}, "support"),
    "returns:cancellation": ({"reason": "a\0b"}, "support"),
    "returns:quarantine": ({"disposition": "a\0b", "inspection": "1"}, "warehouse"),
    "fulfilment:steps": ({"step": "take", "code": "a\0b"}, "warehouse"),
    "fulfilment:shipment-moves": ({"move": "lose", "reason": "a\0b"}, "warehouse"),
}


def test_a_nul_in_a_form_is_answered_in_words(house, ana, bo, fay, cy):
    browsers = {
        team: signed_in(who)
        for team, who in zip(("sales", "warehouse", "finance", "support"), (ana, bo, fay, cy), strict=True)
    }
    for name, (data, team) in NUL_POSTS.items():
        (arg,) = dict(addresses())[name]
        for number in house[arg]:
            assert browsers[team].post(reverse(name, args=[number]), data).status_code < 500, (name, number)


def test_searching_for_it_is_harmless(house, olga):
    client = signed_in(olga)
    names = ("orders:list", "orders:search", "search", "payments:list", "payments:refunds", "returns:list")
    texts = ("a\0b", MARKUP, FORMULA, "%", "\\", "'; DROP TABLE orders_order; --", "x" * 5000)
    for name, text in product(names, texts):
        answer = client.get(reverse(name), {"q": text, "view": "all", "search": text, "after": text})
        assert answer.status_code < 500, (name, text)
        assert MARKUP not in answer.content.decode(), (name, text)
    assert (Order.objects.count(), Return.objects.count(), Payment.objects.exists()) == (2, 1, True)


def test_negative_control_a_page_that_trusts_the_text_is_seen(house, olga, monkeypatch):
    """With escaping switched off the sweep finds the markup."""
    monkeypatch.setattr("django.template.base.conditional_escape", str)
    order = Order.objects.latest("pk")
    assert MARKUP in signed_in(olga).get(order.get_absolute_url()).content.decode()
    assert order.lines.get().sku == SKU

"""A house in which every text people can write tries to be more than text."""

from dataclasses import replace
from decimal import Decimal

from fulfilment.models import FulfilmentOrder, Shipment
from inventory.actions.adjust import receive_stock
from inventory.models import Product
from notifications.models import MailboxMessage, OutgoingMessage
from orders.actions.confirm import confirm_order
from orders.actions.customer_keep import add_card
from orders.actions.hold import hold_order
from orders.actions.note import add_note
from orders.actions.release import release_order
from orders.channels.draft import PaymentDraft
from orders.customers.cards import ADDRESS, CONTACT
from payments.actions.dispute import open_dispute
from payments.actions.record import record_payment
from payments.actions.refund import request_refund
from payments.models import Payment, Refund
from returns.actions.request import request_return
from returns.models import Return
from tests.flows.steps import delivered
from tests.stories import HOME, placed

MARKUP = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
TEMPLATE = "{{7*7}}{{ contact_email }}{% now 'Y' %}"
FORMULA = "=cmd|'/C calc'!A0"
TONGUES = "\u202eعربى\u202c 🫖 शुभ"
NASTY = f"{MARKUP}{TEMPLATE} {TONGUES}"
SKU = f"<b>{FORMULA[:8]}\"'"
NUMBERED = (Payment, Refund, Return, Shipment, FulfilmentOrder)


def haunted(shop, ana, bo, fay, cy) -> dict[str, list]:
    """One order on hold, one delivered with a return, a refund and a dispute; arguments of addresses by their name."""
    Product.objects.create(sku=SKU, name=NASTY, price=100)
    receive_stock(SKU, location="pune", qty=9, source=FORMULA, actor="system")
    said = {
        "customer_name": f"{FORMULA} {NASTY}", "company": NASTY, "note": NASTY, "email": "zoya@example.test",
        "ship_to": replace(HOME, name=NASTY, line1=NASTY, line2=FORMULA), "external_name": NASTY, "customer_po": NASTY,
    }  # fmt: skip
    held = placed((SKU, 1), **said)
    hold_order(held.number, reason="address", detail=NASTY, actor=cy)
    done = placed((SKU, 2), payments=(PaymentDraft("card", Decimal(200), "captured", NASTY[:120]),), **said)
    add_note(done.number, text=NASTY, actor=ana)
    confirm_order(done.number, actor=ana)
    release_order(done.number, actor=ana)
    delivered(done, bo)
    record_payment(done.number, method="cash", amount=Decimal(5), reference=FORMULA, note=NASTY, actor=fay)
    request_refund(done.number, amount=Decimal(5), reason=NASTY, actor=cy)
    open_dispute(done.payments.get(amount=200).number, reason=NASTY, actor=fay)
    card = {"label": NASTY[:60], "name": NASTY, "part": NASTY[:60], "email": "", "phone": FORMULA}
    address = vars(replace(HOME, name=NASTY, line1=NASTY, line2=SKU)) | card | dict.fromkeys(ADDRESS.usual, False)
    cards = [
        add_card(ADDRESS, done.customer_id, address, actor=ana),
        add_card(CONTACT, done.customer_id, card, actor=ana),
    ]
    request_return(done.number, quantities={done.lines.get().pk: 1}, reason="damaged", note=NASTY, actor=cy)
    made = arguments(done, held)
    return made | {"pk": [*made["pk"], done.customer_id], "card_pk": [card.pk for card in cards]}


def arguments(*orders) -> dict[str, list]:
    numbers = [o.number for o in orders]
    numbers += [n for model in NUMBERED for n in model.objects.values_list("number", flat=True)]
    pks = [m.objects.values_list("pk", flat=True) for m in (MailboxMessage, OutgoingMessage)]
    return {"number": numbers, "order_number": numbers, "pk": sorted({pk for some in pks for pk in some} | {1})}

"""Goods that a supplier had sent come back: to us into quarantine, or to the supplier without touching our stock."""

import pytest

from fulfilment.actions.parcel import deliver
from fulfilment.actions.supplier.ship import supplier_ships
from inventory.models import Location, StockMovement
from oms.kernel.errors import Refused
from returns.actions.decide import approve_return
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from returns.actions.request import request_return
from tests.fulfilment.dropping import offered, released, told
from tests.fulfilment.steps import sick
from tests.stories import again, stock_of

pytestmark = pytest.mark.django_db


def test_it_goes_back_to_the_supplier_or_into_our_quarantine(shop, client, ana, bo):
    offered("LAMP")
    offered("KETTLE", code="zen", when="own_first")
    order = released(("LAMP", 2))
    deliver(supplier_ships(told(order).number, carrier="own", tracking_number="T-1", actor=bo).number, actor=bo)
    line, movements = order.lines.get(), StockMovement.objects.count()

    def arrives(location: str):
        rma = request_return(order.number, quantities={line.pk: 1}, reason="damaged", actor=ana)
        approve_return(rma.number, actor=ana)
        return receive_return(rma.number, quantities={rma.lines.get().pk: 1}, location=location, actor=bo)

    with pytest.raises(Refused, match="Zen sent nothing"):
        arrives(Location.objects.get(supplier__code="zen").code)
    rma = order.returns.get()
    client.force_login(bo)
    assert "Acme, who had sent it" in client.get(f"/returns/{rma.number}/").content.decode()
    entry = rma.lines.get()
    receive_return(rma.number, quantities={entry.pk: 1}, location="acme", actor=bo)
    assert "back at Acme" in client.get(f"/returns/{rma.number}/").content.decode()
    with pytest.raises(Refused, match="choose return to vendor"):
        inspect_return(rma.number, findings=[Finding(entry.pk, 1, "as_new", "restock")], actor=bo)
    inspect_return(rma.number, findings=[Finding(entry.pk, 1, "damaged", "return_to_vendor")], actor=bo)
    assert again(order).qty_returned == 1
    assert StockMovement.objects.count() == movements

    ours = arrives("pune")
    assert (stock_of("LAMP").on_hand, stock_of("LAMP").quarantined) == (1, 1)
    inspect_return(ours.number, findings=[Finding(ours.lines.get().pk, 1, "as_new", "restock")], actor=bo)
    assert (stock_of("LAMP").on_hand, stock_of("LAMP").quarantined) == (1, 0)
    assert sick() == {}

"""The panel of a lost parcel, on its own page and on the order's."""

from typing import Any

from django import template
from django.template import Context

from fulfilment.models import Shipment
from orders.policies import may_move

register = template.Library()


@register.inclusion_tag("fulfilment/_loss.html", takes_context=True)
def loss_panel(context: Context, shipment: Shipment, where: str = "parcel") -> dict[str, Any]:
    """What the customer gets and what the carrier owes for a lost parcel; `where`: parcel or order, the page it stands on."""
    user, loss = context["request"].user, shipment.claim
    track = None if user.can("fulfilment.track") else "Your role looks at parcels; ask Support."
    answer, claim = may_move(user, "shipment", "answer_loss"), may_move(user, "shipment", "claim")
    return {
        "loss": loss, "shipment": shipment, "order": shipment.order, "where": where,
        "csrf_token": context.get("csrf_token"),
        "why_no_answer": track or (answer.message if answer else ""), "why_no_claim": track or (claim.message if claim else ""),
    }  # fmt: skip

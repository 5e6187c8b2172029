"""What a fresh house starts with: words, owners, clocks, reasons and views. Never overwrites what an admin changed."""

from django.db import transaction

from oms.access.roles import Team
from orders.checking.registry import CHECKS
from orders.models import (
    BookCurrency,
    CancelReason,
    CheckRule,
    FraudSignal,
    HoldReason,
    MovePolicy,
    RetentionRule,
    Stage,
)
from orders.policies import DEFAULTS

H = 60
STAGES = (
    # key, label, customer wording, tone, owner team, target minutes
    ("draft", "Draft", "", "rest", Team.SALES, None),
    ("new", "New", "We have your order", "", Team.SALES, 4 * H),
    ("on_hold", "On hold", "We are checking your order", "late", "", 8 * H),
    ("payment_pending", "Payment pending", "We are waiting for your payment", "wait", Team.FINANCE, 24 * H),
    ("confirmed", "Confirmed", "Your order is confirmed", "", Team.WAREHOUSE, 4 * H),
    ("awaiting_stock", "Awaiting stock", "We are waiting for stock", "wait", Team.PURCHASING, 48 * H),
    ("ready_to_pack", "Ready to pack", "We are preparing your order", "", Team.WAREHOUSE, 4 * H),
    ("packing", "Packing", "We are packing your order", "", Team.WAREHOUSE, 2 * H),
    ("packed", "Packed", "Your order is packed", "", Team.WAREHOUSE, 4 * H),
    ("partly_dispatched", "Partly dispatched", "Part of your order is on its way", "wait", Team.WAREHOUSE, 24 * H),
    ("dispatched", "Dispatched", "Your order is on its way", "", Team.WAREHOUSE, 7 * 24 * H),
    ("partly_delivered", "Partly delivered", "Part of your order has arrived", "", Team.WAREHOUSE, 3 * 24 * H),
    (
        "returning_to_origin",
        "Returning to origin",
        "Your parcel is coming back to us",
        "late",
        Team.WAREHOUSE,
        7 * 24 * H,
    ),
    ("delivered", "Delivered", "Your order has arrived", "done", Team.FINANCE, 7 * 24 * H),
    ("return_in_progress", "Return in progress", "Your return is being handled", "wait", Team.SUPPORT, 3 * 24 * H),
    ("returned", "Returned", "Your return is settled", "rest", Team.FINANCE, 2 * 24 * H),
    ("lost", "Lost", "Your parcel was lost and we are putting it right", "late", Team.SUPPORT, 24 * H),
    ("cancelled", "Cancelled", "Your order is cancelled", "rest", Team.FINANCE, 2 * 24 * H),
    ("closed", "Closed", "Your order is complete", "rest", Team.FINANCE, 2 * 24 * H),
)
HOLD_REASONS = (
    ("address", "Address problem", "Get a complete address", Team.SUPPORT),
    ("customer_request", "Customer asked to wait", "Ask the customer for a date", Team.SUPPORT),
    ("payment_problem", "Payment problem", "Settle the payment with the customer", Team.FINANCE),
    ("credit", "Credit hold", "Settle what is owed, or allow it", Team.FINANCE),
    ("unknown_sku", "Unknown SKU", "Match the line with a product", Team.SALES),
    ("fraud_check", "Fraud check", "Check the buyer and the payment", Team.FINANCE),
    ("stock_check", "Stock in doubt", "Count the shelf", Team.WAREHOUSE),
    ("source_changed", "Changed at the source", "Compare with the channel and decide", Team.SALES),
    ("other", "Other", "Read the note and decide", Team.SUPPORT),
)
CANCEL_REASONS = (
    ("customer_changed_mind", "Customer changed their mind"),
    ("duplicate", "Duplicate order"),
    ("out_of_stock", "Out of stock"),
    ("payment_failed", "Payment never came"),
    ("undeliverable", "Cannot deliver there"),
    ("fraud", "Fraud"),
    ("other", "Other"),
)
FRAUD_SIGNALS = (
    # key, label, score, from how many on
    ("blocked", "On the blocked list", 100, 1),
    ("phone_often", "Orders with one phone", 30, 4),
    ("email_often", "Orders with one e-mail", 30, 4),
    ("address_often", "Orders to one address", 20, 4),
    ("bill_elsewhere", "Billed to another state or country", 25, 1),
    ("unusual_amount", "Many times what the customer usually spends", 30, 5),
)


@transaction.atomic
def seed() -> None:
    """Add what is missing; lists that admins own (reasons) are only filled while they are empty."""
    RetentionRule.objects.get_or_create(pk=1)
    for position, (key, label, customer, tone, team, sla) in enumerate(STAGES):
        defaults = {
            "label": label,
            "customer_label": customer,
            "tone": tone,
            "owner_team": team,
            "sla_minutes": sla,
            "position": position,
        }
        Stage.objects.get_or_create(key=key, defaults=defaults)
    for (machine, move), (roles, reason) in DEFAULTS.items():
        MovePolicy.objects.get_or_create(
            machine=machine, move=move, defaults={"roles": list(roles), "reason_required": reason}
        )
    for key, label, step, team in HOLD_REASONS if not HoldReason.objects.exists() else ():
        HoldReason.objects.create(key=key, label=label, clear_step=step, owner_team=team)
    if not BookCurrency.objects.exists():
        BookCurrency.objects.create()
    _seed_checks()
    for key, label in CANCEL_REASONS if not CancelReason.objects.exists() else ():
        CancelReason.objects.create(key=key, label=label)


def _seed_checks() -> None:
    """A row per check that has none yet, with the reason its holds carry."""
    known = set(CheckRule.objects.values_list("key", flat=True))
    for position, c in enumerate(CHECKS.values()):
        if c.key in known:
            continue
        reason, _ = HoldReason.objects.get_or_create(
            key=c.reason, defaults={"label": c.reason_label, "clear_step": c.clear_step, "owner_team": c.team}
        )
        CheckRule.objects.create(
            key=c.key, label=c.label, is_on=c.is_on, reason=reason, owner_team=c.team, decide_within_hours=c.hours,
            window_hours=c.window_hours, max_orders=c.max_orders, limit_score=c.limit_score, position=position,
        )  # fmt: skip
    for position, (key, label, score, at_least) in enumerate(FRAUD_SIGNALS):
        defaults = {"label": label, "score": score, "at_least": at_least, "position": position}
        FraudSignal.objects.get_or_create(key=key, defaults=defaults)

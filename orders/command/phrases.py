"""The words that narrow the orders list: fixed ones, the stages as admins call them, and the channels."""

from oms.access.roles import Team
from oms.kernel.clock import business_date
from orders.command.parse import Query
from orders.models import Channel
from orders.stagebook import stages

FIXED: dict[str, Query] = {
    "late": {"late": "on"}, "overdue": {"late": "on"}, "delayed": {"delayed": "on"}, "held": {"hold": "on"},
    "on hold": {"hold": "on"}, "blocked": {"hold": "on"}, "mine": {"mine": "on"}, "my": {"mine": "on"},
    "open": {"open": "on"}, "cod": {"payment_status": "cod"}, "paid": {"payment_status": "paid"},
    "unpaid": {"payment_status": "unpaid"}, "verifying": {"payment_status": "verification_pending"},
    "refunded": {"payment_status": "refunded"}, "short": {"blocker": "stock"}, "cancelled": {"cancelled": "on"},
    "returned": {"returned": "on"}, "to confirm": {"next_action": "confirm"}, "to release": {"next_action": "release"},
    "to pick": {"next_action": "pick"}, "to pack": {"next_action": "pack"}, "to dispatch": {"next_action": "dispatch"},
}  # fmt: skip


def phrases() -> dict[str, Query]:
    """Every phrase with the filter of the list it stands for; the admins' own words win."""
    today = business_date().isoformat()
    found = {"today": {"placed_from": today, "placed_to": today}}
    found |= {team.label.lower(): {"owner_team": team.value} for team in Team}
    found |= {name.lower(): {"channel": code} for code, name in Channel.objects.values_list("code", "name")}
    found |= FIXED
    return found | {info.label.lower(): {"stage": info.key} for info in stages().values()}

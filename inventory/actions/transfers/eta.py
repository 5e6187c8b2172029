"""Change the day a transfer arrives: what customers were promised hangs on it."""

from datetime import date
from typing import Any

from django.db import transaction

from inventory.actions._supply import say_changed
from inventory.locks import lock_transfer
from inventory.models import Transfer
from inventory.states import COMING
from oms.kernel.errors import Refused


@transaction.atomic
def set_arrival(number: str, *, eta: date | None, actor: Any, reason: str = "") -> Transfer:
    """Expect `number` on the day `eta`. The day it already has changes nothing. Refuses what is not on the road."""
    transfer = lock_transfer(number)
    if transfer.status not in COMING:
        raise Refused(
            "nothing_coming", f"{number} is {transfer.get_status_display().lower()}: nothing of it is coming."
        )
    if eta is None:
        raise Refused("eta_missing", "Enter the day it is expected.")
    was = transfer.eta
    if eta != was:
        transfer.eta = eta
        transfer.save(update_fields=["eta"])
        say_changed(
            transfer, "inventory.transfer_eta", actor=actor, reason=reason.strip()[:200], was=was.isoformat(),
            eta=eta.isoformat(),
        )  # fmt: skip
    return transfer

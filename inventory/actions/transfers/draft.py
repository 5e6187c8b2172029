"""Write a transfer: what, how many, from where to where, by which day. Nothing leaves before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from inventory.actions._supply import machine, say_changed
from inventory.locks import lock_transfer
from inventory.models import Location, Product, Transfer, TransferLine
from inventory.states import TransferStatus
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.numbers import next_number

MOST = 1_000_000


@dataclass(frozen=True)
class Load:
    """A line wanted: units of a SKU."""

    sku: str
    qty: int


@transaction.atomic
def draft_transfer(
    *, source: str, location: str, lines: Sequence[Load], eta: date, actor: Any, note: str = ""
) -> Transfer:
    """Start a draft from `source` to `location` (codes), expected there on `eta`. Refuses unknown SKUs, naming each."""
    here, there = _places(source, location)
    wanted = _checked(lines)
    transfer = Transfer.objects.create(
        number=next_number("inventory_transfer_seq", "TR"), source=here, location=there, eta=eta, note=note.strip()[:500],
        created_at=now(), status_since=now(), created_by=as_actor(actor).name, qty_lines=len(wanted),
    )  # fmt: skip
    _write(transfer, wanted)
    publish_move(
        "inventory.transfer_drafted", subject=transfer.number, actor=actor, machine=machine(transfer), move="create",
        source="", target=TransferStatus.DRAFT, here=here.name, there=there.name, units=sum(w.qty for _, w in wanted),
    )  # fmt: skip
    return transfer


@transaction.atomic
def edit_transfer(
    number: str,
    *,
    source: str,
    location: str,
    lines: Sequence[Load],
    eta: date,
    actor: Any,
    version: int,
    note: str = "",
) -> Transfer:
    """Replace a draft by what `lines` say. Refuses when somebody changed it since `version`, and once it has left."""
    transfer = lock_transfer(number)
    if transfer.status != TransferStatus.DRAFT:
        raise Refused(
            "not_a_draft", f"{number} is {transfer.get_status_display().lower()}; only its day can change now."
        )
    if transfer.version != version:
        raise Refused("changed_meanwhile", f"Somebody changed {number} while you were typing. Open it again.")
    here, there = _places(source, location)
    wanted = _checked(lines)
    transfer.lines.all().delete()
    _write(transfer, wanted)
    transfer.source, transfer.location, transfer.eta = here, there, eta
    transfer.note, transfer.qty_lines = note.strip()[:500], len(wanted)
    transfer.save(update_fields=["source", "location", "eta", "note", "qty_lines"])
    say_changed(transfer, "inventory.transfer_edited", actor=actor, units=sum(w.qty for _, w in wanted))
    return transfer


def _places(source: str, location: str) -> tuple[Location, Location]:
    known = {place.code: place for place in Location.objects.ours().filter(code__in=[source, location])}
    here, there = known.get(source), known.get(location)
    if here is None:
        raise Refused("source_unknown", "Choose the location the goods leave.")
    if there is None or not there.is_active:
        raise Refused("location_unknown", "Choose the location where the goods arrive.")
    if here == there:
        raise Refused("same_place", "Choose two different places.")
    return here, there


def _checked(lines: Sequence[Load]) -> list[tuple[Product, Load]]:
    """The products of `lines`; raises Refused with every line that cannot stand."""
    known = {p.sku: p for p in Product.objects.filter(sku__in=[w.sku for w in lines])}
    wrong, found = [], []
    for wish in lines:
        product = known.get(wish.sku)
        if product is None:
            wrong.append(Refusal("sku_unknown", f"There is no SKU {wish.sku[:80]}."))
        elif not 0 < wish.qty <= MOST:
            wrong.append(Refusal("qty_not_positive", f"{wish.sku}: enter how many units, 1 to {MOST:,}."))
        else:
            found.append((product, wish))
    if wrong:
        raise Refused.because(wrong)
    return found


def _write(transfer: Transfer, wanted: Sequence[tuple[Product, Load]]) -> None:
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, position=n, product=product, qty=w.qty)
        for n, (product, w) in enumerate(wanted, 1)
    )

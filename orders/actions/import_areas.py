"""Take delivery areas over from a file: all of it or nothing."""

from typing import Any

from django.db import transaction

from inventory.models import Location
from oms.events.publish import publish
from oms.kernel.errors import Refusal, Refused
from orders.models import Channel, DeliveryArea
from orders.zones.read import read_areas

SHOWN = 20


@transaction.atomic
def import_areas(text: str, *, actor: Any) -> int:
    """Replace the areas of every channel and location the file names by its rows; return how many there are now.

    Those the file does not name keep theirs. Refuses with the rows that are wrong, and then changes nothing.
    """
    channels = dict(Channel.objects.values_list("code", "pk"))
    locations = dict(Location.objects.ours().values_list("code", "pk"))
    areas, wrong = read_areas(text, channels=channels, locations=locations)
    if wrong:
        more = [Refusal("more", f"And {len(wrong) - SHOWN} more rows.")] if len(wrong) > SHOWN else []
        raise Refused.because([*(Refusal("row_wrong", str(w), {"row": w.row}) for w in wrong[:SHOWN]), *more])
    DeliveryArea.objects.filter(channel__code__in={a.channel for a in areas if a.channel}).delete()
    DeliveryArea.objects.filter(location__code__in={a.location for a in areas if a.location}).delete()
    DeliveryArea.objects.bulk_create(
        [
            DeliveryArea(
                name=a.name, channel_id=channels.get(a.channel), location_id=locations.get(a.location), country=a.country,
                first_code=a.first, last_code=a.last,
            )
            for a in areas
        ],
        batch_size=1000,
    )  # fmt: skip
    publish("delivery.areas_imported", subject="delivery-areas", actor=actor, rows=len(areas))
    return len(areas)

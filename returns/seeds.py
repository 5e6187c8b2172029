"""The return reasons a fresh house starts with; a list that admins own is only filled while it is empty."""

from returns.models import ReturnReason

REASONS = (
    # key, label, our fault or the courier's
    ("changed_mind", "Changed their mind", False),
    ("wrong_size", "Does not fit", False),
    ("not_as_described", "Not as described", True),
    ("wrong_item", "Wrong item sent", True),
    ("damaged", "Arrived damaged", True),
    ("defective", "Does not work", True),
    ("missing_parts", "Parts missing or short", True),
    ("late", "Arrived too late", True),
    ("never_arrived", "Never arrived", True),
    ("not_accepted", "Could not be delivered", False),
    ("other", "Other", False),
)
RTO_REASON = "not_accepted"


def seed() -> None:
    """Fill the list of return reasons when it is empty."""
    if ReturnReason.objects.exists():
        return
    for position, (key, label, ours) in enumerate(REASONS):
        ReturnReason.objects.create(key=key, label=label, is_our_fault=ours, position=position * 10)

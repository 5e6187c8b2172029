"""Keep an order that is being typed, and throw it away. Two people on one never overwrite each other silently."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.kernel.errors import Refused
from orders.models import Channel, Entry

LEFT_OUT = frozenset({"csrfmiddlewaretoken", "key", "seen", "draft", "save", "go", "find_customer", "find_product", "search",
                      "add_line", "remove_line", "add_sku", "use_customer", "update", "add_place", "remove_place",
                      "use_place", "split_line", "repeat", "deliver_to", "bill_to", "use_contact", "proposed_country",
                      "forget_customer"})  # fmt: skip
MAX_FIELDS, MAX_TEXT = 2_000, 200_000
SKU = re.compile(r"line-\d{1,6}-sku")


@transaction.atomic
def keep_entry(key: str, typed: Mapping[str, str], *, seen: int, actor: User) -> Entry:
    """Keep the form as it stands under its key. `seen` is the version it was opened at, 0 for a new one.

    Refuses with the code "changed_meanwhile" when somebody kept another one since, and what is too long to keep.
    """
    values = content_of(typed)
    if len(values) > MAX_FIELDS or sum(map(len, values.values())) > MAX_TEXT:
        raise Refused("too_long", "This is too long to be kept as a draft; place it, or shorten it.")
    rows = {
        "typed": values, "channel": Channel.objects.filter(code=values.get("terms-channel", "")).first(),
        "title": (values.get("contact-customer_name") or values.get("contact-phone") or values.get("contact-email", ""))[:160],
        "line_count": sum(1 for name, value in values.items() if SKU.fullmatch(name) and value.strip()), "changed_by": actor,
    }  # fmt: skip
    entry, made = Entry.objects.select_for_update(of=("self",)).get_or_create(
        key=key, defaults=rows | {"author": actor}
    )
    if made:
        return entry
    require_seen(entry, seen, values)
    for name, value in rows.items():
        setattr(entry, name, value)
    entry.version += 1
    entry.save(update_fields=[*rows, "version", "updated_at"])
    return entry


@transaction.atomic
def discard_entry(key: str, *, seen: int, actor: Any) -> None:
    """Throw a draft away. Refuses when it is gone, or somebody has changed it since."""
    entry = Entry.objects.visible_to(actor).select_for_update(of=("self",)).filter(key=key).first()
    if entry is None:
        raise Refused("draft_gone", "That draft is gone already: placed, or thrown away.")
    require_seen(entry, seen)
    entry.delete()


def require_seen(entry: Entry, seen: int, values: Mapping[str, str] | None = None) -> None:
    """Refuse an older sight of the draft, unless what it says is what is kept anyway."""
    if entry.version != seen and (values is None or values != entry.typed):
        raise Refused("changed_meanwhile", f"{entry.changed_by.display_name} changed this draft meanwhile.")


def content_of(typed: Mapping[str, str]) -> dict[str, str]:
    """What of a form is worth keeping: its fields, not its buttons."""
    return {name: value.replace("\x00", "") for name, value in typed.items() if name not in LEFT_OUT and value.strip()}


def differences(kept: Mapping[str, str], mine: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(what, as it is kept, as it is typed here) for every field that differs, in the words of the form."""
    names = sorted(kept.keys() | mine.keys())
    return [(label(n), kept.get(n, ""), mine.get(n, "")) for n in names if kept.get(n, "") != mine.get(n, "")]


def label(name: str) -> str:
    """ "line-0-qty" is "Line 1 qty", "ship-postal_code" "Ship postal code"."""
    if found := re.fullmatch(r"line-(\d{1,6})-(\w+)", name):
        return f"Line {int(found[1]) + 1} {found[2].replace('_', ' ')}"
    return name.replace("contact-", "").replace("terms-", "").replace("-", " ").replace("_", " ").capitalize()

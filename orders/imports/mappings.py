"""Matched columns, kept per source: the channel and the columns a file has."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from oms.kernel.errors import Refused
from orders.channels.matching import checked, signature
from orders.imports.rules import require_files, require_idle
from orders.models import ImportBatch, ImportMapping


def remembered(channel_code: str, columns: Iterable[str]) -> dict[str, Any] | None:
    """The matching people chose for such a file of this channel, with its name; None when there was none yet."""
    known = ImportMapping.objects.filter(channel_code=channel_code, signature=signature(columns)).first()
    return {**known.matching, "name": known.name} if known else None


def named_mapping(name: str, channel_code: str) -> dict[str, Any]:
    """The matching called `name` of a channel. Refused with the names there are."""
    known = {m.name: m.matching for m in ImportMapping.objects.filter(channel_code=channel_code)}
    if name not in known:
        names = ", ".join(f"“{n}”" for n in known) or "none yet"
        raise Refused("mapping_unknown", f"{channel_code} has no column match called “{name}”. There is {names}.")
    return {**known[name], "name": name}


@transaction.atomic
def match_columns(
    number: str, columns: Mapping[str, str], *, name: str, dates: str, currency: str, tax_included: bool, actor: Any
) -> ImportBatch:  # fmt: skip
    """Read the batch with these columns from now on, and keep them for the next file of this source.

    Refuses columns the file has not, a match without what every order needs, a batch whose orders are in already, and one
    whose files are kept no longer.
    """
    batch = ImportBatch.objects.select_for_update().get(number=number)
    require_idle(batch)
    require_files(batch)
    if batch.is_mending or batch.imported.exists():
        raise Refused(
            "import_done", f"{number} is imported; other columns would make other orders. Upload the file again."
        )
    there = batch.preview.get("columns", [])
    if gone := [column for column in columns if column not in there]:
        raise Refused("column_missing", f"The file has no column “{gone[0]}”.")
    chosen = checked(columns, dates=dates, currency=currency.strip().upper(), tax_included=tax_included)
    name = name.strip()[:80] or batch.file_names[:80]
    mark = signature(there)
    if ImportMapping.objects.filter(channel_code=batch.channel_code, name=name).exclude(signature=mark).exists():
        raise Refused(
            "mapping_named", f"Another match of this channel is called “{name}”. Give this one a name of its own."
        )
    ImportMapping.objects.update_or_create(
        channel_code=batch.channel_code,
        signature=mark,
        defaults={"name": name, "matching": chosen, "created_by": actor},
    )
    batch.matching, batch.format_key = {**chosen, "name": name}, "csv"
    batch.save(update_fields=["matching", "format_key"])
    return batch

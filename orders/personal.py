"""What is left of the personal data in the tables of orders (oms.kernel.personal)."""

from typing import Any

from oms.kernel.clock import now
from oms.kernel.personal import ERASED, beside, deleted, left_of, place, said

NOBODY = "0" * 64


def _removed(at: Any) -> Any:
    return at or now()


# A number of theirs for tax stays with the amounts it was used for.
left_of(
    "orders.Customer", "Customer", name=ERASED, company="", email="", phone="", match_key="", crm_url="", note=said
)  # fmt: skip
deleted("orders.CustomerAddress", "Addresses")
deleted("orders.CustomerContact", "Contacts")
# Of those the past is kept by rows of their own: that there was one, who changed it and when.
left_of("orders.CustomerContact", name=said, email="", phone="")
deleted("orders.CustomersApart", "Customers told apart")
left_of("orders.CustomersApart", why=said)
left_of(
    "orders.CustomerAddress", name=said, phone="", label="", line1=ERASED, line2="", city="", postal_code=""
)  # fmt: skip


def _extra(found: Any) -> Any:
    return {key: value for key, value in found.items() if key != "customer_ref"} if isinstance(found, dict) else found


left_of(
    "orders.Order", "Orders", customer_name=said, email="", phone="", ship_to=place, bill_to=place, ship_city="",
    customer_note=said, extra=_extra,
)  # fmt: skip
left_of("orders.OrderAddress", "Further addresses of orders", address=place)
left_of("orders.OrderLine", "Lines of orders", note=said)
left_of("orders.Note", "Notes", text=said)
left_of("orders.Hold", "Holds", detail=said, clear_note=said, said=said)
left_of(
    "orders.Attachment", "Attached files", name=said, sha256=NOBODY, removed_at=_removed,
    removed_by=lambda who: who or ERASED, removed_reason=lambda why: why or "Personal data is erased",
)  # fmt: skip
left_of("orders.Amendment", "Changes of orders", message=said)
left_of("orders.AmendmentChange", address=place)
left_of("orders.RecurringOrder", "Recurring orders", ship_to=place, bill_to=place, note=said)
left_of("orders.BlanketOrder", "Blanket orders", ship_to=place, note=said)
beside("orders.Entry", "Orders begun", "typed", "title")
beside("orders.ImportFile", "Uploaded files", "content")
beside("orders.ImportBatch", "Imports", "preview")
beside("orders.ImportRow", "Rows to fix", "cells", "value", "reason", "suggestion")
beside("orders.ImportFix", "Rows put right", "before", "after")
beside("orders.BulkRun", "Bulk actions", "results", "asked", "steps")
beside("orders.SavedView", "Saved views", "query", "name")

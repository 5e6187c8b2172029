"""Places that a file names by a code alone, such as a chain's store 0131: their addresses are the buyer's, labelled with it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Q

from orders.capture.customers import match_key
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, ReadResult, RowReject
from orders.models import Customer, CustomerAddress

PARTS = ("line1", "line2", "city", "state", "postal_code", "country", "phone")
Key = tuple[str, str]  # whose (match key, or name in small letters), label in small letters


def with_stores(result: ReadResult, country: str) -> ReadResult:
    """`result` with those addresses put in; an order with a code nobody knows is refused, all its codes named at once.

    `country`: whose way of writing phone numbers finds the buyer. Nothing is asked unless some line names such a place.
    """
    asked = [d for d in result.drafts if any(map(_is_code, d.lines))]
    if not asked:
        return result
    book = _book(asked, country)
    drafts, rejects = [], list(result.rejects)
    for draft in result.drafts:
        lines = [_placed(line, draft, book, country) if _is_code(line) else line for line in draft.lines]
        unknown = dict.fromkeys(line.ship_to.name for line in lines if line.ship_to and _is_code(line))
        if unknown:
            rejects.append(_refused(draft, unknown))
        else:
            drafts.append(replace(draft, lines=tuple(lines)))
    return ReadResult(drafts, rejects, result.rows)


def _is_code(line: LineDraft) -> bool:
    return line.ship_to is not None and line.ship_to.is_empty() and bool(line.ship_to.name)


def _book(drafts: Iterable[OrderDraft], country: str) -> dict[Key, AddressDraft]:
    """The addresses of the drafts' buyers by whose and which; a buyer is found as capture finds them, else by name."""
    keys = {key for d in drafts if (key := match_key(d, country))}
    keyed = Customer.objects.keyed(keys)
    whose = Q(customer__in={customer.pk for customer in keyed.values()})
    for name in {d.company or d.customer_name for d in drafts} - {""}:
        whose |= Q(customer__company__iexact=name) | Q(customer__name__iexact=name)
    codes = {line.ship_to.name for d in drafts for line in d.lines if line.ship_to and _is_code(line)}
    book: dict[Key, AddressDraft] = {}
    for row in (
        CustomerAddress.objects.in_use()
        .filter(whose, label__in=codes)
        .select_related("customer")
        .order_by("-updated_at")
    ):
        place = AddressDraft(name=row.name or row.customer.company or row.customer.name, company=row.customer.company,
                             **{part: getattr(row, part) for part in PARTS})  # fmt: skip
        led_here = [key for key, customer in keyed.items() if customer.pk == row.customer_id]
        for owner in (*led_here, row.customer.company.lower(), row.customer.name.lower()):
            if owner:
                book.setdefault((owner, row.label), place)
    return book


def _placed(line: LineDraft, draft: OrderDraft, book: dict[Key, AddressDraft], country: str) -> LineDraft:
    assert line.ship_to is not None
    owners = (match_key(draft, country), (draft.company or draft.customer_name).lower())
    place = next((book[owner, line.ship_to.name] for owner in owners if (owner, line.ship_to.name) in book), None)
    return replace(line, ship_to=place) if place else line


def _refused(draft: OrderDraft, codes: Sequence[str] | dict[str, None]) -> RowReject:
    named, more = ", ".join(list(codes)[:10]), f" and {len(codes) - 10} more" if len(codes) > 10 else ""
    buyer = draft.company or draft.customer_name or "the customer"
    one = len(codes) == 1
    reason = (
        f"Nobody knows where {'store' if one else 'stores'} {named}{more} {'is' if one else 'are'}: the file has no address "
        f"for {'it' if one else 'them'}. Give {buyer} an address labelled so (on their page under Customers), and check again."
    )
    row = draft.source_rows[0] if draft.source_rows else 0
    return RowReject(row, "", reason, draft.external_id[:120], "", draft.source_file)

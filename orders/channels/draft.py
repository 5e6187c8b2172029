"""The one shape every way in produces: a foreign order, read and checked, before anything is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from oms.kernel.money import quantize

ZERO = Decimal(0)


@dataclass(frozen=True)
class AddressDraft:
    """A postal address as the source gave it. `country` is ISO 3166 alpha-2, upper case; empty strings where unknown."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    phone: str = ""

    def is_empty(self) -> bool:
        return not any((self.line1, self.city, self.state, self.postal_code, self.country))


@dataclass(frozen=True)
class LineDraft:
    """One line. Money in the order's currency; `discount` and `tax` are this line's own frozen shares.

    Line total = qty * unit_price - discount (+ tax when the order's prices exclude tax).
    `qty` 0 is legal only together with `qty_cancelled` (marketplaces report cancelled lines as 0).
    """

    sku: str
    name: str
    qty: int
    unit_price: Decimal
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_rate: Decimal | None = None
    external_id: str = ""
    qty_cancelled: int = 0
    qty_dispatched: int = 0
    qty_delivered: int = 0
    fulfilled_by_channel: bool = False
    note: str = ""
    # Where this line goes when not to the order's address. Not in repr: source_hash adds it where there is one.
    ship_to: AddressDraft | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PaymentDraft:
    """One tender the source reports. `state`: pending, verification_pending, authorized, captured, voided, failed, cod_due."""

    method: str  # card, upi, bank, cash, cod, voucher, wallet, boleto, marketplace, other
    amount: Decimal
    state: str = "captured"
    reference: str = ""
    at: datetime | None = None
    refunded: Decimal = ZERO


@dataclass(frozen=True)
class Past:
    """What already happened at the source to an order that is not open work here any more, all moments UTC-aware.

    An order with a Past is stored in its final state and never touches today's stock.
    `outcome`: processing (partly dispatched or in transit), completed (delivered), closed, cancelled.
    """

    outcome: str
    reason: str = ""  # for cancelled and closed: why, in a sentence
    confirmed_at: datetime | None = None
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    promised_at: datetime | None = None
    carrier: str = ""
    tracking_number: str = ""


@dataclass(frozen=True)
class OrderDraft:
    """A foreign order, complete and consistent: `computed_total()` equals `total` to the minor unit, or the reader refuses.

    `external_id` is the source's stable identity of the order, unique within the channel. `placed_at` is timezone-aware.
    `source_rows` are the 1-based file rows (header = row 1) it came from, for messages to people.
    """

    external_id: str
    placed_at: datetime
    currency: str  # ISO 4217
    lines: tuple[LineDraft, ...]
    external_name: str = ""  # what the source shows people: "#1042"
    customer_name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    ship_to: AddressDraft = AddressDraft()
    bill_to: AddressDraft = AddressDraft()
    tax_included: bool = True  # unit prices and shipping already contain the tax
    shipping: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    adjustment: Decimal = ZERO  # what the source added or took off beyond lines and shipping, with its sign
    adjustment_note: str = ""
    total: Decimal | None = None  # the total the source states; None where it states none
    payment_terms: str = "prepaid"  # prepaid, cod, credit
    payments: tuple[PaymentDraft, ...] = ()
    customer_po: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    shipping_method: str = ""
    promised_at: datetime | None = None
    past: Past | None = None
    # The match key of a buyer whom somebody chose: goes before e-mail and phone. Not in repr: it is who, not what.
    buyer_key: str = field(default="", repr=False)
    # A number of Priority where the source chose one, None: rules say. Not in repr: source_hash adds it where there is one.
    priority: int | None = field(default=None, repr=False)
    # Not in repr: the order is the same when a newer export has it further down.
    source_rows: tuple[int, ...] = field(default=(), repr=False)
    source_file: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()  # what a person should look at: "refunded 12.00 is more than the total 10.00"
    extra: dict = field(default_factory=dict, hash=False)  # source facts worth keeping, JSON-ready, small

    def line_total(self, line: LineDraft) -> Decimal:
        """What the line comes to before it is rounded."""
        return line.qty * line.unit_price - line.discount + (ZERO if self.tax_included else line.tax)

    def stored_line(self, line: LineDraft) -> Decimal:
        """What the line comes to as it is stored: its own discount and tax in whole coins, and rounded once."""
        tax = ZERO if self.tax_included else self.coins(line.tax)
        return self.coins(line.qty * line.unit_price - self.coins(line.discount) + tax)

    def computed_total(self) -> Decimal:
        """Sum of the parts as they are stored: lines, shipping, tax where prices exclude it, adjustment."""
        tax_on_shipping = ZERO if self.tax_included else self.coins(self.shipping_tax)
        lines = sum((self.stored_line(x) for x in self.lines), ZERO)
        return lines + self.coins(self.shipping) + tax_on_shipping + self.coins(self.adjustment)

    def exact_total(self) -> Decimal:
        """The same with nothing rounded."""
        tax_on_shipping = ZERO if self.tax_included else self.shipping_tax
        return sum((self.line_total(x) for x in self.lines), ZERO) + self.shipping + tax_on_shipping + self.adjustment

    def rounding(self) -> Decimal:
        """What a source that rounds once, over the whole order, charged more (or less) than the rounded lines sum to."""
        if self.total is None or self.total == (computed := self.computed_total()):
            return ZERO
        exact = self.exact_total()
        return self.coins(exact) - computed if self.total in (exact, self.coins(exact)) else ZERO

    def booked_total(self) -> Decimal:
        """What the order comes to: the sum of its stored parts, the source's rounding among them."""
        return self.computed_total() + self.rounding()

    def coins(self, amount: Decimal) -> Decimal:
        """`amount` in whole coins of the order's currency."""
        return quantize(amount, self.currency)


@dataclass(frozen=True)
class RowReject:
    """Why a part of the input was refused: `row` 1-based (header = 1; 0 = the whole file), column name or "", a sentence.

    `value` is the start of what the cell holds, `file` the name of the file where several were read. `kind` says what
    the cell should be (date, amount, count, currency, country, sku, choice, email), `suggestion` what it probably is.
    """

    row: int
    column: str
    reason: str
    external_id: str = ""
    value: str = ""
    file: str = ""
    kind: str = ""
    suggestion: str = ""
    cells: dict[str, str] = field(default_factory=dict, repr=False, hash=False)  # the whole row, column by column


@dataclass(frozen=True)
class ReadResult:
    """What a reader made of a file: drafts in file order, refused parts, rows seen (without header)."""

    drafts: list[OrderDraft]
    rejects: list[RowReject]
    rows: int

    @classmethod
    def together(cls, results: "Sequence[ReadResult]") -> "ReadResult":
        """Of several files read one by one."""
        return cls(
            [d for r in results for d in r.drafts],
            [x for r in results for x in r.rejects],
            sum(r.rows for r in results),
        )

"""What a line costs after a change: its own frozen price, its own share of discount and tax, to the smallest coin."""

from dataclasses import dataclass
from decimal import Decimal

from oms.kernel.money import quantize

ZERO = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """The frozen money of one line: `unit_price` each; `discount`, `tax` and `total` of all its `qty` units."""

    qty: int
    unit_price: Decimal
    discount: Decimal
    tax: Decimal
    tax_rate: Decimal | None = None

    @property
    def net(self) -> Decimal:
        return self.qty * self.unit_price - self.discount

    def total(self, *, tax_included: bool, currency: str) -> Decimal:
        return quantize(self.net + (ZERO if tax_included else self.tax), currency)

    @property
    def tax_share(self) -> Decimal:
        """Tax per unit of net money; what was charged says more than a rate that was rounded."""
        if self.net:
            return self.tax / self.net
        return self.tax_rate or ZERO


def changed(
    old: Terms, *, currency: str, qty: int | None = None, unit_price: Decimal | None = None, discount: Decimal | None = None
) -> Terms:  # fmt: skip
    """`old` with another number of units, price or discount. More units get the line's own price and discount share."""
    units = old.qty if qty is None else qty
    price = old.unit_price if unit_price is None else unit_price
    if discount is None:
        discount = quantize(old.discount * units / old.qty, currency) if old.qty else old.discount
    kept = Terms(units, price, discount, ZERO, old.tax_rate)
    return Terms(units, price, discount, quantize(kept.net * old.tax_share, currency), old.tax_rate)


def new_terms(qty: int, unit_price: Decimal, discount: Decimal, tax_share: Decimal, currency: str) -> Terms:
    """An added line, taxed like the others of its order."""
    plain = Terms(qty, unit_price, discount, ZERO)
    return Terms(qty, unit_price, discount, quantize(plain.net * tax_share, currency))


def tax_of_fee(fee: Decimal, old_fee: Decimal, old_tax: Decimal, currency: str) -> Decimal:
    """The tax of another shipping charge at the rate of the old one; a free delivery says no rate."""
    return quantize(fee * old_tax / old_fee, currency) if old_fee else ZERO


def cancelled_part(total: Decimal, cancelled: int, ordered: int, currency: str) -> Decimal:
    """How much of a line's `total` its cancelled units are; the parts of a whole line sum to its total exactly."""
    return quantize(total * cancelled / ordered, currency) if ordered else ZERO

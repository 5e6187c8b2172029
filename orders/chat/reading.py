"""What was read out of a message: every value beside the words it came from."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

SURE, LIKELY = 0.85, 0.6


@dataclass(frozen=True)
class Candidate:
    """A product the words may mean; `why` is sku, barcode, alias or name."""

    sku: str
    name: str
    score: float
    why: str = "name"


@dataclass(frozen=True)
class ReadLine:
    """One wanted thing. `sku` is empty when no product is near; `candidates` are the others, best first."""

    words: str
    phrase: str
    qty: int
    sku: str = ""
    name: str = ""
    confidence: float = 0.0
    why: str = ""
    qty_said: bool = True
    price: Decimal | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def level(self) -> str:
        if not self.sku:
            return "none"
        return "sure" if self.confidence >= SURE else "likely" if self.confidence >= LIKELY else "unsure"


@dataclass(frozen=True)
class Change:
    """A change of something wanted before. `said`: words of the product meant; `qty`: units meant, of a drop those taken
    off (0: all). `line` is the wish it is when nothing said before is meant."""

    kind: str
    said: frozenset[str]
    sku: str
    qty: int
    words: str
    line: ReadLine | None = None


@dataclass(frozen=True)
class ReadAddress:
    line1: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""

    def is_empty(self) -> bool:
        return not (self.line1 or self.city or self.postal_code)


@dataclass(frozen=True)
class PaymentHint:
    """`kind` is cod, upi, bank, card, paid (already, no matter how) or credit; empty when nothing was said."""

    kind: str = ""
    is_paid: bool = False
    reference: str = ""

    @property
    def terms(self) -> str:
        """The order's payment terms."""
        return {"cod": "cod", "credit": "credit"}.get(self.kind, "prepaid")


@dataclass(frozen=True)
class Reading:
    lines: tuple[ReadLine, ...] = ()
    customer_name: str = ""
    phone: str = ""
    email: str = ""
    address: ReadAddress = field(default_factory=ReadAddress)
    payment: PaymentHint = field(default_factory=PaymentHint)
    wanted_on: date | None = None
    same_as_last: bool = False
    others: tuple[str, ...] = ()  # people of an export whose lines were left out
    elsewhere: tuple[ReadAddress, ...] = ()  # further addresses of the message
    changes: tuple[Change, ...] = ()  # of what was wanted last time
    questions: tuple[str, ...] = ()

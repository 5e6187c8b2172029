"""What people take in hand: one product of a line of work. A kit is several of them, an item is one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fulfilment.models import FulfilmentOrderLine, LoosePart
from inventory.kits import recipes
from inventory.models import Product


@dataclass
class Piece:
    """`each` units of a product go into one unit of the line; `loose` are those counted beyond whole units."""

    row: FulfilmentOrderLine
    product: Product
    each: int = 1
    loose: Mapping[str, int] = field(default_factory=dict)
    in_kit: bool = False

    @property
    def asked(self) -> int:
        return self.row.qty * self.each

    @property
    def picked(self) -> int:
        return self.row.qty_picked * self.each + self.loose.get("picked", 0)

    @property
    def to_pack(self) -> int:
        """Units on the table."""
        return self.row.qty_picked * self.each

    @property
    def packed(self) -> int:
        return self.row.qty_packed * self.each + self.loose.get("packed", 0)

    @property
    def name(self) -> str:
        return self.product.name if self.in_kit else self.row.line.name

    @property
    def kit(self) -> str:
        """The name of the kit it goes into, if any."""
        return self.row.line.name if self.in_kit else ""


def pieces(rows: Iterable[FulfilmentOrderLine]) -> list[Piece]:
    """The products of `rows` (with line and product joined), those of a kit by the recipe it was sold with."""
    work = list(rows)
    parts = recipes({row.line_id: row.product_id for row in work})
    if not parts:
        return [Piece(row, row.product) for row in work]
    products = Product.objects.in_bulk({product for each in parts.values() for product, _ in each})
    loose = {
        (x.row_id, x.product_id): {"picked": x.picked, "packed": x.packed}
        for x in LoosePart.objects.filter(row__in=work)
    }
    found = []
    for row in work:
        if row.line_id not in parts:
            found.append(Piece(row, row.product))
        for product, each in parts.get(row.line_id, ()):
            found.append(Piece(row, products[product], each, loose.get((row.pk, product), {}), in_kit=True))
    return found


def is_for(piece: Piece, code: str) -> bool:
    """Whether a scanned or typed `code` means this product: its barcode, or its SKU in any case."""
    text = code.strip()
    return bool(text) and (text.casefold() == piece.product.sku.casefold() or text == piece.product.barcode)


def known(code: str) -> Product | None:
    """The product `code` means, on this work or not: by its SKU in any case, or its barcode."""
    text = code.strip()
    return Product.objects.filter(sku__iexact=text).first() or Product.objects.filter(barcode=text).first()


def matching(found: Sequence[Piece], code: str) -> list[Piece]:
    return [piece for piece in found if is_for(piece, code)]

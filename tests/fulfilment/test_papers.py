"""Packing slip and pick list say what the parcel holds, in any script the typeface has, on as many pages as needed."""

import re

import pytest
from reportlab.graphics.barcode.code128 import Code128

from fulfilment.documents.facts import barcode_path, slip_of
from fulfilment.documents.pick_list import pick_list_pdf
from fulfilment.documents.slip import slip_pdf
from inventory.actions.adjust import receive_stock
from inventory.models import Product
from orders.channels.draft import AddressDraft
from tests.fulfilment.pdftext import pages
from tests.fulfilment.steps import on_road, packed, released, work_of

NAME = "<b>आशा & Søn</b> €5 ₹9"
HERE = AddressDraft(name=NAME, line1="12 <i>Main</i> & Co", city="Pune", state="MH", postal_code="411001", country="IN")


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_slip_prints_names_in_their_script_and_markup_as_text(shop, bo):
    fo = packed(released(bo, ("MUG", 2), ship_to=HERE, customer_name=NAME, note="Ring <twice>\nनमस"), bo)
    (said,) = pages(slip_pdf(slip_of(fo)))
    for words in (NAME, "12 <i>Main</i> & Co", "Ring <twice>", "नमस", fo.order.number, fo.number, "Page 1 of 1", "MUG"):
        assert flat(words) in flat(said), words


INDIC = AddressDraft(
    name="प्रिया (கோவை) Rao", line1="12<அண்ணா சாலை>", city="சென்னை", state="తెలుగు", postal_code="600002", country="IN"
)  # fmt: skip


def test_the_slip_joins_and_moves_the_letters_of_indian_scripts(shop, bo):
    """Read back in drawn order: a vowel sign stored after its consonant stands before it, joined letters are a sign of their own."""
    fo = packed(released(bo, ("MUG", 2), ship_to=INDIC, note="किताब"), bo)
    pdf = slip_pdf(slip_of(fo))
    (said,) = pages(pdf)
    assert "\u0915\u093f" not in said and re.search("[\ue000-\uf8ff]\u0915\u0924\u093e\u092c", said)  # kitab
    assert "\u092a\u094d\u0930" in INDIC.name and "\u092a\u094d\u0930" not in said  # pra of Priya is one sign
    assert "\u0bc6\u0b9a" in said and "\u0b9a\u0bc6" not in said  # ce of Chennai
    for words in ("Rao", "12", "600002", "<"):
        assert words in said
    faces = {name.decode() for name in re.findall(rb"/BaseFont /[A-Z+0-9]*?(oms-[a-z-]+|FiraGO[A-Za-z-]*)", pdf)}
    assert {"oms-sans-tamil", "oms-sans-bold-tamil", "oms-sans-telugu", "oms-sans-bold-devanagari"} <= faces


def test_a_letter_that_no_face_has_breaks_nothing(shop, bo):
    fo = work_of(released(bo, note="東京 சென்னை東京 \u0b9a\u200d\u25cc \u0bff"))
    assert slip_pdf(slip_of(fo)).startswith(b"%PDF")


def test_a_control_character_or_a_lone_surrogate_never_breaks_a_document(shop, bo):
    fo = work_of(released(bo, note="bell \x07 and tab \t end"))
    assert "bell" in pages(slip_pdf(slip_of(fo)))[0]


def test_a_long_order_runs_over_pages_and_repeats_its_heads(shop, bo):
    skus = [f"LONG-{i:03}" for i in range(90)]
    for sku in skus:
        Product.objects.create(sku=sku, name=f"Thing {sku}", price=1)
        receive_stock(sku, location="pune", qty=1, source=f"o {sku}", actor="system")
    fo = work_of(released(bo, *[(sku, 1) for sku in skus]))
    for paper in (slip_pdf(slip_of(fo)), pick_list_pdf(fo)):
        found = pages(paper)
        assert len(found) > 2
        assert all("SKU" in page and f"of {len(found)}" in page for page in found)
        assert all(sku in " ".join(found) for sku in skus)


def test_the_slip_of_a_second_parcel_says_so_and_names_the_carrier(shop, bo):
    shipment = on_road(released(bo), bo, tracking="TRK-77")
    facts = slip_of(shipment.fulfilment_order)
    assert (facts.which, facts.of, facts.tracking, facts.here) == (1, 1, "TRK-77", 2)
    assert "TRK-77" in pages(slip_pdf(facts))[0]


def test_the_pick_list_says_what_to_take_from_where(shop, bo):
    fo = work_of(released(bo, ("MUG", 7)))
    (said,) = pages(pick_list_pdf(fo))
    for words in ("Pick list", "Pune", fo.number, "MUG", "7", "7 units in 1 line"):
        assert flat(words) in flat(said), words


@pytest.mark.parametrize("value", ["FO-10001", "SHP-1", "A" * 30])
def test_the_barcode_of_the_page_has_the_bars_of_code_128(value):
    width, path = barcode_path(value)
    code = Code128(value, barWidth=1, quiet=False)
    assert width == round(code.width) + 20
    assert path.count("M") == sum(1 for mark in code.decomposed if mark.isupper())

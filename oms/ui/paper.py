"""What every A4 document shares: text as text, tables, the page frame and its count."""

import io
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from oms.ui.faces import BOLD, SANS, in_faces, needs_shaping
from oms.ui.faces import load_fonts as load_fonts  # documents take it from here

MARGIN = 14 * mm
WIDTH = A4[0] - 2 * MARGIN
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f￾￿]")


def text(value: Any, size: float = 9, *, bold: bool = False, align: int = 0) -> Paragraph:
    """A paragraph of exactly `value`: markup in it is printed, never obeyed. Line ends stay line ends."""
    shown, font = _CONTROL.sub("", str(value)), BOLD if bold else SANS
    look = ParagraphStyle(
        f"{font}-{size}-{align}", fontName=font, fontSize=size, leading=size * 1.35, alignment=align,
        shaping=int(needs_shaping(shown)),
    )  # fmt: skip
    return Paragraph(in_faces(shown, font).replace("\n", "<br/>"), look)


def barcode(value: str) -> Code128:
    """Code 128 of `value`, 11 mm high."""
    return Code128(value, barHeight=11 * mm, barWidth=0.3 * mm, quiet=True)


def lines_table(
    heads: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float], numeric: set[int]
) -> Table:
    """Lines under heads that repeat on every page; columns in `numeric` are set to the right."""
    cells = [[text(h, 8, bold=True, align=2 if i in numeric else 0) for i, h in enumerate(heads)]]
    for row in rows:
        cells.append(
            [c if isinstance(c, Flowable) else text(c, align=2 if i in numeric else 0) for i, c in enumerate(row)]
        )
    table = Table(cells, colWidths=[w * WIDTH for w in widths], repeatRows=1)
    ruled = [("LINEBELOW", (0, 0), (-1, 0), 1, "#000000"), ("LINEBELOW", (0, 1), (-1, -1), 0.4, "#d9d9d6")]
    pads = [("LEFTPADDING", (0, 0), (0, -1), 0), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    table.setStyle(TableStyle([*ruled, *pads]))
    return table


def columns(cells: Sequence[Any], widths: Sequence[float]) -> Table:
    """Blocks side by side, top aligned, without lines."""
    table = Table([list(cells)], colWidths=[w * WIDTH for w in widths])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]))
    return table


class _Counted(Canvas):
    """A canvas that knows how many pages there are before it writes the foot of the first."""

    def __init__(self, *args: Any, foot: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.foot, self.kept = foot, []

    def showPage(self) -> None:  # noqa: N802  reportlab's name
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self.kept, 1):
            self.__dict__.update(page)
            self.setFont(SANS, 8)
            self.drawString(MARGIN, 8 * mm, self.foot)
            self.drawRightString(A4[0] - MARGIN, 8 * mm, f"Page {number} of {len(self.kept)}")
            super().showPage()
        super().save()


def render(story: list[Flowable], *, title: str) -> bytes:
    """The finished PDF."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=16 * mm,
        title=title, author="OMS", lang="en",
    )  # fmt: skip
    document.build(story, canvasmaker=partial(_Counted, foot=title))
    return out.getvalue()

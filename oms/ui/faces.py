"""The typefaces of printed documents, and which of them writes a letter.

FiraGO (of pymupdf-fonts) writes Latin, Greek, Cyrillic, Thai and the currency signs. The scripts of India and its neighbours
come from Noto Sans (of manimgx-fonts), each loaded when a document first needs it, and HarfBuzz joins and moves their
letters. What neither has (Chinese, Japanese, Korean) prints as boxes; the HTML slip prints it with the machine's own fonts.
"""

import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from xml.sax.saxutils import escape

import manimgx_fonts
import pymupdf_fonts
import uharfbuzz
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SANS, BOLD = "oms-sans", "oms-sans-bold"
WEIGHTS = {SANS: 400, BOLD: 700}
NOTO = {
    "Armenian": (0x0530, 0x058F), "Devanagari": (0x0900, 0x097F), "Bengali": (0x0980, 0x09FF), "Gurmukhi": (0x0A00, 0x0A7F),
    "Gujarati": (0x0A80, 0x0AFF), "Oriya": (0x0B00, 0x0B7F), "Tamil": (0x0B80, 0x0BFF), "Telugu": (0x0C00, 0x0C7F),
    "Kannada": (0x0C80, 0x0CFF), "Malayalam": (0x0D00, 0x0D7F), "Sinhala": (0x0D80, 0x0DFF), "Lao": (0x0E80, 0x0EFF),
    "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF), "Ethiopic": (0x1200, 0x137F), "Khmer": (0x1780, 0x17FF),
}  # fmt: skip
_FOREIGN = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in NOTO.values()) + "]")
GAP = "\u2009"  # the narrowest space at which reportlab begins a new word


@cache
def load_fonts() -> None:
    """Register the two main faces, once per process."""
    for name, face in ((SANS, "figo"), (BOLD, "figbo")):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO(pymupdf_fonts.myfont(face))))


def needs_shaping(words: str) -> bool:
    """Whether letters of `words` may have to be joined or moved before they can be drawn."""
    return _FOREIGN.search(words) is not None


def in_faces(words: str, font: str) -> str:
    """`words` as reportlab's markup, escaped; what `font` cannot write is given to the face that can."""
    return "".join(
        _in_faces(part, font) if _FOREIGN.search(part) else escape(part) for part in re.split(r"(\s+)", words)
    )


def _in_faces(word: str, font: str) -> str:
    """One word with letters of other faces. reportlab shapes a word with the face it begins with: each face is its own word."""
    stretches = groupby(_faces(word, font), key=itemgetter(0))
    return GAP.join(f'<font name="{face}">{escape("".join(c for _, c in run))}</font>' for face, run in stretches)


def _faces(word: str, font: str) -> Iterator[tuple[str, str]]:
    """(face, letter) for each letter; digits and stops stay with the letters beside them when their face has them."""
    faces = [_noto(script, font) if (script := _script(letter)) else "" for letter in word]
    order = [*range(len(word)), *reversed(range(len(word)))]  # from the letter before, then from the one after
    for at, beside in zip(order, [0, *order], strict=False):
        if not faces[at] and faces[beside] and ord(word[at]) in pdfmetrics.getFont(faces[beside]).face.charToGlyph:
            faces[at] = faces[beside]
    return ((face or font, letter) for face, letter in zip(faces, word, strict=True))


def _script(letter: str) -> str:
    return next((script for script, (first, last) in NOTO.items() if first <= ord(letter) <= last), "")


@cache
def _noto(script: str, font: str) -> str:
    """Register the Noto face of `script` in the weight of `font`; return its name. The files hold every weight at once."""
    file = Path(manimgx_fonts.__file__).parent / f"NotoSans{script}[wght].ttf"
    face, wanted = uharfbuzz.Face(file.read_bytes()), uharfbuzz.SubsetInput()
    wanted.keep_everything()
    wanted.pin_axis_location(face, "wght", WEIGHTS[font])
    name = f"{font}-{script.lower()}"
    font_of_script = TTFont(name, io.BytesIO(uharfbuzz.subset(face, wanted).blob.data))
    font_of_script.face.name = name.encode()  # both weights bear one name, and a document would mix their letters up
    pdfmetrics.registerFont(font_of_script)
    return name

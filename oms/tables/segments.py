"""X12 interchanges as rows: one segment a row, its elements as columns named the way trading partners name them (PO104).

Separators are read from the ISA segment, which has a fixed length (ASC X12.5): the element separator is its 4th character,
the component separator its 105th, the segment terminator its 106th.
"""

import re
from collections.abc import Iterator

from oms.kernel.errors import Refused

ISA_LENGTH = 106
TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")


def is_x12(raw: bytes) -> bool:
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:4]
    return start[:3] == b"ISA" and len(start) == 4 and not start[3:4].isalnum() and start[3:4] not in b" _,;\t"


def segment_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(segment number from 1, {"segment": "PO1", "PO101": "1", ...}). Refuses an interchange cut short or not X12."""
    text = text.lstrip()
    if len(text) < ISA_LENGTH:
        raise Refused("file_broken", f"{name} breaks off inside its ISA segment. Ask the sender for it again.")
    element, end = text[3], text[ISA_LENGTH - 1]
    if len(text[:ISA_LENGTH].split(element)) != 17 or end.isalnum():
        raise Refused("file_broken", f"{name}: the ISA segment does not have its 16 elements of fixed length.")
    for number, segment in enumerate(filter(None, (part.strip() for part in text.split(end))), start=1):
        tag, *elements = segment.split(element)
        if not TAG.fullmatch(tag):
            raise Refused("file_broken", f"{name}: segment {number} begins with “{tag[:10]}”, which is no X12 segment.")
        yield number, {"segment": tag} | {f"{tag}{at:02}": value.strip() for at, value in enumerate(elements, start=1)}

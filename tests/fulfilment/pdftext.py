"""Read the words of a PDF made by reportlab back, page by page, through the fonts' own ToUnicode tables."""

import base64
import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.S)
TEXT = rb"\((?:\\.|[^\\()])*\)"
# Chosen face; or text, in one piece or in pieces with the distances between them.
SHOWN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|(" + TEXT + rb") Tj|\[((?:" + TEXT + rb"|[-\d. ])*)\] TJ", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    objects = {int(n): body for n, body in OBJECT.findall(pdf)}
    fonts = dict(_fonts(objects))
    return [_words(_stream(objects[int(n)]), fonts) for n in _contents(objects)]


def _contents(objects):
    kids = next(b for b in objects.values() if b"/Kids" in b)
    for page in re.findall(rb"(\d+) 0 R", re.search(rb"/Kids \[(.*?)\]", kids, re.S)[1]):
        yield re.search(rb"/Contents (\d+) 0 R", objects[int(page)])[1]


def _stream(body: bytes) -> bytes:
    data = body[body.index(b"stream") + 6 : body.rindex(b"endstream")].strip(b"\r\n")
    if b"ASCII85" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompress(data) if b"Flate" in body else data


def _fonts(objects):
    for body in objects.values():
        name = re.search(rb"/Name /(F\d+(?:\+\d+)?)", body)
        table = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if name and table:
            yield name[1], _table(_stream(objects[int(table[1])]))


def _table(cmap: bytes) -> dict[int, str]:
    found = {}
    cmap = cmap[cmap.index(b"endcodespacerange") :]
    for start, _, values in re.findall(rb"<(\w+)> <(\w+)> \[(.*?)\]", cmap, re.S):
        for i, value in enumerate(re.findall(rb"<(\w+)>", values)):
            found[int(start, 16) + i] = bytes.fromhex(value.decode()).decode("utf-16-be")
    for code, value in re.findall(rb"^<(\w+)> <(\w+)>\s*$", cmap, re.M):
        found[int(code, 16)] = bytes.fromhex(value.decode()).decode("utf-16-be")
    return found


def _words(content: bytes, fonts) -> str:
    said, table = [], {}
    for font, whole, pieces in SHOWN.findall(content):
        if font:
            table = fonts.get(font, {})
        else:
            texts = re.findall(TEXT, whole or pieces, re.S)
            said.append("".join(table.get(code, chr(code)) for text in texts for code in _unescaped(text[1:-1])))
    return " ".join(said)


def _unescaped(text: bytes) -> bytes:
    def plain(match):
        escaped = match[1]
        return bytes([int(escaped, 8)]) if escaped.isdigit() else ESCAPES.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.S)

"""The new part of an e-mail: without the quoted message below it."""

import re

INTRO = re.compile(r"^(On .{5,200} wrote:|-{2,} ?Original Message ?-{2,}|_{10,}|From: .+)$", re.IGNORECASE)


def fresh_part(text: str) -> str:
    """The text above the first quoted block; the whole text when nothing stands above it."""
    kept: list[str] = []
    for line in text.replace("\x00", "").replace("\r\n", "\n").split("\n"):
        if INTRO.match(line.strip()) or line.startswith(">"):
            break
        kept.append(line.rstrip())
    return "\n".join(kept).strip() or text.strip()

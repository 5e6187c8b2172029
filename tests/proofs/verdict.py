"""What a proof says: one line per promise, and whether it holds."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Verdict:
    """`promise` in a few words, and what was `found`."""

    proof: str
    promise: str
    found: str
    holds: bool

    def line(self) -> str:
        return f"{'holds' if self.holds else 'FAILS':<6} {self.proof:<10} {self.promise:<66} {self.found}"


def write(verdicts: list[Verdict], path: Path) -> None:
    path.write_text(json.dumps([asdict(v) for v in verdicts]))


def read(path: Path) -> list[Verdict]:
    """Those written there; none when the proof ended before it could say anything."""
    return [Verdict(**row) for row in json.loads(path.read_text())] if path.exists() else []


def say(line: str) -> None:
    print(line, flush=True)

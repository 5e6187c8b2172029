"""Where the real exports are. They are not part of the project: tests that need them carry the marker `realdata`."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from oms.ops.pytest_services import REAL_DATA as DATA

OLIST = DATA / "olist_10k"


def export(name: str) -> Path:
    return _present(DATA / "exports" / name)


def olist() -> Path:
    return _present(OLIST)


def raw(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """The file as Python's csv module reads it, without a line of ours."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def _present(path: Path) -> Path:
    if not path.exists():
        pytest.fail(f"The real data are not here: {path}")
    return path

"""`make prove`, or `python -m tests.proofs [NAME ...]`: each proof in a process and on services of its own; 1 when one fails."""

import argparse
import datetime
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from benchmarks.scratch import services
from tests.proofs import suite, verdict
from tests.proofs.verdict import Verdict, say

# Rushes on a house of their own, and which of the options each takes.
RUSHES: dict[str, Callable[[argparse.Namespace], dict]] = {
    "oversell": lambda asked: {"attempts": asked.attempts, "seeds": asked.seeds},
    "rollbacks": lambda asked: {"rounds": asked.rounds, "seeds": asked.seeds},
    "crossing": lambda asked: {"minutes": asked.minutes, "seeds": asked.seeds},
}
NAMES = (*RUSHES, *suite.PROOFS)


def main() -> int:
    asked = _asked()
    if asked.report:  # Django belongs to one database: a rush has a process to itself
        with services() as var:
            found = import_module(f"tests.proofs.{asked.names[0]}").prove(var, **RUSHES[asked.names[0]](asked))
        verdict.write(found, asked.report)
        return 0
    found = []
    for name in asked.names or NAMES:
        say(f"\n{name}: {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC")
        found += suite.prove(name, asked) if name in suite.PROOFS else _apart(name)
    say("")
    for one in found:
        say(one.line())
    return int(not all(one.holds for one in found))


def _apart(name: str) -> list[Verdict]:
    """The verdicts of a rush, or one that it ended before it had any."""
    with tempfile.TemporaryDirectory(prefix="oms-proofs-") as folder:
        report = Path(folder, "verdicts.json")
        options = [word for word in sys.argv[1:] if word not in NAMES]
        command = [sys.executable, "-m", "tests.proofs", name, *options, "--report", str(report)]
        code = subprocess.run(command, check=False).returncode
        return verdict.read(report) or [Verdict(name, "runs to its end", f"ended with {code}", holds=False)]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.proofs", description="What we promise, proven at full size.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to prove: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of what is left to chance (1 2 3)")
    parser.add_argument("--attempts", type=int, default=100_000, help="oversell: attempts per seed (100000)")
    parser.add_argument("--rounds", type=int, default=20, help="rollbacks: how often per seed (20)")
    parser.add_argument("--minutes", type=float, default=10, help="crossing: how long (10)")
    parser.add_argument("--orders", type=int, default=10_000, help="import: orders in the file (10000)")
    parser.add_argument(
        "--examples", type=int, default=60, help="stock, desk: histories of up to 50 steps per seed (60)"
    )
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(NAMES)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks [capture] [files] [pages] [routing] [hot] [--seconds 10] [--rounds 1]`."""

import argparse
import subprocess
import sys

from benchmarks import capture, files, hot, pages, routing
from benchmarks.scratch import services

ALL = {
    "capture": capture.measure,
    "files": files.measure,
    "pages": pages.measure,
    "routing": routing.measure,
    "hot": hot.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed, each figure beside its ceiling.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(ALL)} (default: all)")
    parser.add_argument("--seconds", type=float, default=10, help="length of each timed run")
    parser.add_argument("--rounds", type=int, default=1, help="how often the whole is measured")
    parser.add_argument("--dir", help="where the scratch database lies (default: the system's temp folder)")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(ALL):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(ALL)}")
    if len(asked.names) != 1:  # Django belongs to one database: each part has a process and services of its own
        options = [
            "--seconds",
            str(asked.seconds),
            "--rounds",
            str(asked.rounds),
            *(["--dir", asked.dir] if asked.dir else []),
        ]
        codes = [
            subprocess.run([sys.executable, "-m", "benchmarks", name, *options]).returncode
            for name in asked.names or ALL
        ]
        raise SystemExit(max(codes))
    with services(asked.dir) as var:
        ALL[asked.names[0]](var, asked.seconds, asked.rounds)


if __name__ == "__main__":
    main()

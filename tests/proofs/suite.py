"""Proofs that are tests of the suite, run at full size: pytest starts services of its own for each."""

import os
import re
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass

from oms.ops.services import BASE
from tests.proofs.verdict import Verdict


@dataclass(frozen=True)
class Larger:
    """What is promised, by which tests, at which size. `per_seed`: once for each, in a database that is new again: a long
    run of histories in one transaction, none of them kept, makes it slower and slower."""

    promise: str
    tests: tuple[str, ...]
    size: Callable[[Namespace], dict[str, str]] = lambda asked: {}
    per_seed: bool = False


PROOFS = {
    "import": Larger(
        "an import killed at each tenth loses nothing and doubles nothing",
        ("tests/orders/imports/test_killed.py",),
        lambda asked: {"OMS_KILL_ORDERS": str(asked.orders)},
    ),
    "stock": Larger(
        "any sequence of stock verbs keeps the books",
        ("tests/inventory/test_machine.py",),
        lambda asked: {"OMS_EXAMPLES": str(asked.examples)},
        per_seed=True,
    ),
    "desk": Larger(
        "any sequence of steps of the desk keeps the books",
        ("tests/orders/test_desk_machine.py",),
        lambda asked: {"OMS_EXAMPLES": str(asked.examples)},
        per_seed=True,
    ),
    "paste": Larger(
        "pasted messages are read as well as we say",
        ("tests/orders/chat/test_reading.py", "-k", "samples or score", "-s"),
    ),
    "controls": Larger(
        "without their protection the rushes oversell and cross",
        ("tests/concurrency/test_last_units.py", "tests/concurrency/test_oversell.py"),
    ),
}


def prove(name: str, asked: Namespace) -> list[Verdict]:
    """Run the tests of a proof at the size asked for; what they print goes to our own output."""
    proof = PROOFS[name]
    if not proof.per_seed:
        return [_run(name, proof.promise, proof, asked, asked.seeds[0])]
    return [_run(name, f"seed {seed}: {proof.promise}", proof, asked, seed) for seed in asked.seeds]


def _run(name: str, promise: str, proof: Larger, asked: Namespace, seed: int) -> Verdict:
    command = [sys.executable, "-m", "pytest", f"--hypothesis-seed={seed}", "-p", "no:randomly", *proof.tests]
    done = subprocess.Popen(command, cwd=BASE, env=os.environ | proof.size(asked), stdout=subprocess.PIPE, text=True)
    told = []
    for line in done.stdout or ():
        print(line, end="", flush=True)
        if re.search(r"\d (passed|failed|error)|messages, lines", line):
            told.append(line.strip("= \n"))
    return Verdict(name, promise, "; ".join(told) or "no test ran", done.wait() == 0)

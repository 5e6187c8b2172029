"""Proofs that are tests of the suite, run at full size: pytest starts services of its own for each."""

import os
import re
import subprocess
import sys
from argparse import Namespace

from oms.ops.services import BASE
from tests.proofs.verdict import Verdict

# Name: (what is promised, the size asked for, the tests). Each of them has its control beside it.
PROOFS = {
    "import": (
        "an import killed at each tenth loses nothing and doubles nothing",
        lambda asked: {"OMS_KILL_ORDERS": str(asked.orders)},
        ["tests/orders/imports/test_killed.py"],
    ),
    "stock": (
        "any sequence of stock verbs keeps the books",
        lambda asked: {"OMS_EXAMPLES": str(asked.examples)},
        ["tests/inventory/test_machine.py"],
    ),
    "desk": (
        "any sequence of steps of the order desk keeps the books",
        lambda asked: {"OMS_EXAMPLES": str(asked.examples)},
        ["tests/orders/test_desk_machine.py"],
    ),
    "paste": (
        "pasted messages are read as well as we say",
        lambda asked: {},
        ["tests/orders/chat/test_reading.py", "-k", "samples or score", "-s"],
    ),
    "controls": (
        "without their protection the rushes oversell and cross",
        lambda asked: {},
        ["tests/concurrency/test_last_units.py", "tests/concurrency/test_oversell.py"],
    ),
}


def prove(name: str, asked: Namespace) -> list[Verdict]:
    """Run the tests of a proof at the size asked for; what they print goes to our own output."""
    promise, size, tests = PROOFS[name]
    command = [sys.executable, "-m", "pytest", f"--hypothesis-seed={asked.seeds[0]}", "-p", "no:randomly", *tests]
    done = subprocess.Popen(command, cwd=BASE, env=os.environ | size(asked), stdout=subprocess.PIPE, text=True)
    told = []
    for line in done.stdout or ():
        print(line, end="", flush=True)
        if re.search(r"\d (passed|failed|error)|messages, lines", line):
            told.append(line.strip("= \n"))
    return [Verdict(name, promise, "; ".join(told) or "no test ran", done.wait() == 0)]

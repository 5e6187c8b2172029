"""Loaded by schemathesis: what it cannot know from the document, so that well-formed requests reach the rules behind it.

Every second one names a thing that exists, else all would end at a 404. Each that writes has an Idempotency-Key of its own:
the tool's own would be the same few for different bodies, which we refuse on purpose.
"""

import itertools
import json
import os
import re
from pathlib import Path
from typing import Any

import schemathesis

KNOWN = json.loads(Path(os.environ["FUZZ_KNOWN"]).read_text())
# What JSON schema has no word for: the decimals of a binary number, and the first and last of days.
UNSAYABLE = r"decimal places|digits in total|digits before the decimal point|than or equal to \d{4}-\d\d-\d\d"
STARTED = os.getpid()
turn = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    at = next(turn)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = f"fuzz-{at}-{STARTED}"
    names = KNOWN.get(case.path.split("/")[3], [])
    name = next((n for n in ("number", "code", "sku") if n in (case.path_parameters or {})), None)
    if name and names and at % 2:
        case.path_parameters[name] = names[at // 2 % len(names)]


@schemathesis.check
def refused_by_a_rule_of_the_house(context: Any, response: Any, case: Any) -> None:
    """A request that the document allows may be refused by a rule with a name and a sentence, never as malformed."""
    if response.status_code != 422 or not (case.meta and case.meta.generation.mode.is_positive):
        return
    said = response.json()
    if not said["type"].startswith("urn:oms:problem:") or not said["detail"]:
        raise AssertionError("refused without saying why")
    if said["type"] == "urn:oms:problem:invalid":
        wrong = [e for e in said.get("errors", []) if not re.search(UNSAYABLE, e["detail"])]
        if not wrong and said.get("errors"):
            return
        where = "; ".join(f"{e['in']} {e['pointer']}: {e['detail']}" for e in wrong)
        raise AssertionError(f"the document allows what the schema refuses: {where}")

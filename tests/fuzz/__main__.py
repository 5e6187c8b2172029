"""`make fuzz`: start the house in a folder of its own, fuzz its API from its own document, stop everything; 1 on a finding.

FUZZ_EXAMPLES requests per operation and phase (default 25), FUZZ_SEED, FUZZ_PYTHON (of the environment with schemathesis).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from oms.ops.embedded import ServiceError
from oms.ops.services import BASE
from oms.ops.supervisor import Child, Stopped, commands, prepare, raise_stopped, say, stop_all, wait_for_web

HERE = Path(__file__).parent
KNOWN = 40  # of each kind of thing, that the requests name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_house(var: Path) -> str:
    """Let a key into the house that may do everything an API key can, and tell the requests what there is; the key."""
    import django

    django.setup()
    from tests.fuzz.house import known, whole_key

    (var / "known.json").write_text(json.dumps(known(KNOWN)))
    return whole_key()


def fuzz(url: str, key: str, var: Path) -> int:
    """Ask every operation; schemathesis' own exit code. Its report is printed as one line per operation."""
    tool = Path(os.environ.get("FUZZ_PYTHON", BASE / ".venv-fuzz/bin/python"))
    report = var / "report.ndjson"
    command = [
        tool.with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run", f"{url}api/v1/openapi.json",
        "--header", f"Authorization: Bearer {key}", "--max-examples", os.environ.get("FUZZ_EXAMPLES", "25"),
        "--seed", os.environ.get("FUZZ_SEED", "20260401"), "--report", "ndjson", "--report-ndjson-path", report,
    ]  # fmt: skip
    env = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "FUZZ_KNOWN": str(var / "known.json"),
        "PYTHONPATH": str(BASE),
    }
    code = subprocess.run([str(part) for part in command], cwd=BASE, env=env, check=False).returncode
    for line in told(report):
        say(line)
    return code


def told(report: Path) -> list[str]:
    """One line per operation: how often it was asked, what it answered, and whether anything was found."""
    asked: dict[str, Counter] = {}
    failed = set()
    for line in report.read_text().splitlines():
        scenario = json.loads(line).get("ScenarioFinished")
        if not scenario or scenario["phase"] == "stateful":
            continue
        label = scenario["recorder"]["label"]
        answers = asked.setdefault(label, Counter())
        for made in scenario["recorder"].get("interactions", {}).values():
            answers[(made["response"] or {}).get("status_code", "none")] += 1
        if scenario["status"] not in ("success", "skip"):
            failed.add(label)
    return [
        f"{'FOUND' if label in failed else 'ok':<6} {label:<56} {sum(answers.values()):>5}  "
        + " ".join(f"{status}:{n}" for status, n in sorted(answers.items(), key=str))
        for label, answers in sorted(asked.items(), key=lambda row: row[0].split()[::-1])
    ]


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "oms.settings"
    var = Path(tempfile.mkdtemp(prefix="oms-fuzz-"))
    os.environ["OMS_VAR"] = str(var)
    children: list[Child] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, raise_stopped)
    try:
        prepare(empty=False)
        port = free_port()
        children.append(Child("web", commands(port, reload=False)["web"]))
        url = f"http://127.0.0.1:{port}/"
        wait_for_web(url, children)
        return fuzz(url, open_house(var), var)
    except Stopped:
        return 130
    except ServiceError as error:
        say(str(error))
        return 1
    finally:
        stop_all(children)
        if not os.environ.get("FUZZ_KEEP"):
            shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

"""`manage.py doctor`: is everything true that must be? Ends 1 and names the rows when something is not."""

import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from oms.ops.audit import mail_findings, record_audit
from oms.ops.doctor.registry import CHECKS, run_all

SHOWN = 20


class Command(BaseCommand):
    help = "Check every rule that must always hold; read-only. Exit code 1 when a row breaks one."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument(
            "--record", action="store_true", help="keep the run and tell the admins, as the nightly one is"
        )
        parser.add_argument("checks", nargs="*", help="codes of single checks")

    def handle(self, *args, **options) -> None:
        if unknown := set(options["checks"]) - set(CHECKS):
            raise CommandError(f"No check {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}.")
        if options["record"]:
            self._record(options["checks"])
        found = run_all(options["checks"])
        if options["json"]:
            self.stdout.write(json.dumps({code: [asdict(f) for f in rows] for code, rows in found.items()}))
        else:
            self._say(found)
        if any(found.values()):
            raise SystemExit(1)

    def _record(self, checks: list[str]) -> None:
        if checks:
            raise CommandError("Only the whole audit is recorded: name no checks.")
        if record_audit(actor="manage.py doctor") is None:
            raise CommandError("An audit is being recorded at this moment.")
        mail_findings()

    def _say(self, found: dict) -> None:
        for code, rows in found.items():
            self.stdout.write(f"{'FAIL' if rows else 'ok':<5}{code:<28}{CHECKS[code].title}")
            for row in rows[:SHOWN]:
                self.stdout.write(f"       {row.subject}: {row.detail}")
            if len(rows) > SHOWN:
                self.stdout.write(f"       and {len(rows) - SHOWN} more")
